/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_client.h. */
#include "control/osc_client.h"

#include "control/loop.h"
#include "control/osc_codec.h"
#include "control/osc_dial.h"
#include "control/osc_framing.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGES_MAX 16
#define CONNECT_MS   3000
#define AGAIN_MS     300  /* to a daemon that was there before: it is near, or gone */
#define SEND_MS      2000 /* a daemon that takes nothing for so long hangs */

struct gs_osc_client {
    enum gs_osc_wire wire;
    int fd;
    char where[288];
    struct sockaddr_storage address; /* of the daemon */
    socklen_t address_length;
    uint32_t question;
    bool refused;
    bool ended;               /* a stream: to be opened again */
    struct gs_osc_framing in; /* a stream's packets; a datagram uses its room */
};

static enum gs_status refuse(const struct gs_osc_client *client, struct gs_error *error)
{
    return gs_fail(error, GS_E_IO, client->where, "nobody listens there: is gainstaged running?");
}

static enum gs_status find(const char *host, uint16_t port, enum gs_osc_wire wire, struct addrinfo **list,
                           struct gs_error *error)
{
    struct addrinfo hints = { .ai_socktype = wire == GS_OSC_TCP ? SOCK_STREAM : SOCK_DGRAM };
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    int result = getaddrinfo(host, service, &hints, list);
    return result ? gs_fail(error, GS_E_IO, host, "cannot find this host: %s", gai_strerror(result)) : GS_OK;
}

static void dial_first(struct gs_osc_client *client, const struct addrinfo *list)
{
    client->fd = -1;
    for (; list && client->fd < 0; list = list->ai_next) {
        memcpy(&client->address, list->ai_addr, list->ai_addrlen);
        client->address_length = list->ai_addrlen;
        client->fd = gs_osc_dial(list->ai_socktype, list->ai_addr, list->ai_addrlen, CONNECT_MS);
    }
}

enum gs_status gs_osc_client_open(enum gs_osc_wire wire, const char *host, uint16_t port,
                                  struct gs_osc_client **opened, struct gs_error *error)
{
    struct addrinfo *list;
    enum gs_status status = find(host, port, wire, &list, error);
    if (status) {
        return status;
    }
    struct gs_osc_client *client = calloc(1, sizeof *client);
    if (!client) {
        freeaddrinfo(list);
        return gs_fail(error, GS_E_MEMORY, "", "out of memory");
    }
    client->wire = wire;
    snprintf(client->where, sizeof client->where, "%.255s:%u", host, port);
    gs_osc_framing_init(&client->in, GS_OSC_FRAMES_SIZED);
    dial_first(client, list);
    freeaddrinfo(list);
    if (client->fd < 0) {
        status = errno == ECONNREFUSED
                     ? refuse(client, error)
                     : gs_fail(error, GS_E_IO, client->where, "cannot reach it: %s", strerror(errno));
        free(client);
        return status;
    }
    *opened = client;
    return GS_OK;
}

void gs_osc_client_close(struct gs_osc_client *client)
{
    if (client) {
        close(client->fd);
        free(client);
    }
}

int gs_osc_client_fd(const struct gs_osc_client *client)
{
    return client->fd;
}

const char *gs_osc_client_where(const struct gs_osc_client *client)
{
    return client->where;
}

/* ---- a stream's life ---- */

/* A stream that has ended would be ready for ever: something that never is takes its place. */
static void end(struct gs_osc_client *client)
{
    int idle = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    client->ended = client->refused = true;
    if (idle >= 0) {
        dup3(idle, client->fd, O_CLOEXEC);
        close(idle);
    }
}

static void begin_again(struct gs_osc_client *client)
{
    int fd = gs_osc_dial(SOCK_STREAM, (struct sockaddr *)&client->address, client->address_length, AGAIN_MS);
    if (fd >= 0) {
        dup3(fd, client->fd, O_CLOEXEC);
        close(fd);
        client->ended = client->refused = false;
        gs_osc_framing_init(&client->in, GS_OSC_FRAMES_SIZED);
    }
}

/* ---- out ---- */

static void send_framed(struct gs_osc_client *client, const unsigned char *data, size_t size)
{
    static unsigned char frame[GS_OSC_FRAME_MAX];
    size_t length = gs_osc_frame(GS_OSC_FRAMES_SIZED, data, size, frame), at = 0;
    struct pollfd ready = { .fd = client->fd, .events = POLLOUT };
    while (at < length && !client->ended) {
        ssize_t sent = send(client->fd, frame + at, length - at, MSG_NOSIGNAL);
        at += sent > 0 ? (size_t)sent : 0;
        if (sent < 0 && (errno != EAGAIN || poll(&ready, 1, SEND_MS) <= 0)) {
            end(client);
        }
    }
}

static void send_packet(void *context, const unsigned char *data, size_t size)
{
    struct gs_osc_client *client = context;
    if (client->wire == GS_OSC_TCP) {
        send_framed(client, data, size);
    } else if (send(client->fd, data, size, 0) < 0 && errno == ECONNREFUSED) {
        client->refused = true;
    }
}

enum gs_status gs_osc_client_send(struct gs_osc_client *client, const struct gs_message *messages, size_t n,
                                  struct gs_error *error)
{
    struct gs_osc_packer packer = { .send = send_packet, .context = client, .limit = GS_OSC_SEND_LIMIT };
    client->refused = false;
    if (client->ended) {
        begin_again(client);
        client->refused = client->ended;
    }
    for (size_t i = 0; i < n; i++) {
        gs_osc_pack(&packer, &messages[i]);
    }
    gs_osc_pack_flush(&packer);
    if (client->refused) {
        return refuse(client, error);
    }
    return GS_OK;
}

struct receiving {
    void (*visit)(void *context, const struct gs_message *message);
    void *context;
};

static void take_message(void *context, const unsigned char *data, size_t size)
{
    const struct receiving *receiving = context;
    struct gs_osc_taken taken;
    if (gs_osc_take(&taken, data, size)) {
        receiving->visit(receiving->context, &taken.message);
    }
    gs_osc_drop(&taken);
}

static unsigned take_packet(struct gs_osc_client *client, size_t size, struct receiving *receiving)
{
    if (gs_osc_packet_fault(client->in.packet, size)) {
        return 0;
    }
    gs_osc_packet_each(client->in.packet, size, take_message, receiving);
    return 1;
}

static unsigned take_datagrams(struct gs_osc_client *client, struct receiving *receiving)
{
    unsigned packets = 0;
    for (;;) {
        ssize_t size = recv(client->fd, client->in.packet, sizeof client->in.packet, 0);
        if (size < 0) {
            client->refused = client->refused || errno == ECONNREFUSED;
            return packets;
        }
        packets += take_packet(client, (size_t)size, receiving);
    }
}

static unsigned take_stream(struct gs_osc_client *client, struct receiving *receiving)
{
    unsigned packets = 0;
    unsigned char bytes[4096];
    while (!client->ended) {
        ssize_t size = recv(client->fd, bytes, sizeof bytes, 0);
        if (size < 0 && errno == EAGAIN) {
            break;
        }
        for (size_t at = 0; size > 0 && at < (size_t)size && !client->in.fault;) {
            at += gs_osc_framing_take(&client->in, bytes + at, (size_t)size - at);
            packets += client->in.whole ? take_packet(client, client->in.used, receiving) : 0;
        }
        if (size <= 0 || client->in.fault) {
            end(client);
        }
    }
    return packets;
}

unsigned gs_osc_client_receive(struct gs_osc_client *client, int wait_ms,
                               void (*visit)(void *context, const struct gs_message *message), void *context)
{
    struct pollfd ready = { .fd = client->fd, .events = POLLIN };
    struct receiving receiving = { visit, context };
    if (poll(&ready, 1, wait_ms) <= 0) {
        return 0;
    }
    return client->wire == GS_OSC_TCP ? take_stream(client, &receiving) : take_datagrams(client, &receiving);
}

struct asking {
    struct receiving answer;
    uint32_t question;
    bool done;
};

static void take_answer(void *context, const struct gs_message *message)
{
    struct asking *asking = context;
    if (strcmp(message->address, "/pong") == 0) {
        asking->done = asking->done || (message->n_atoms == 1 && message->atoms[0].tag == 'i' &&
                                        (uint32_t)message->atoms[0].integer == asking->question);
    } else if (!asking->done && strcmp(message->address, "/set_reply_port") != 0) {
        asking->answer.visit(asking->answer.context, message);
    }
}

enum gs_status gs_osc_client_ask(struct gs_osc_client *client, const struct gs_message *messages, size_t n,
                                 int wait_ms, void (*visit)(void *context, const struct gs_message *message),
                                 void *context, struct gs_error *error)
{
    /* Another program of this host may have sent answers elsewhere: ours are wanted here. */
    struct gs_atom here = gs_atom_int(0), question = gs_atom_int((int32_t)(++client->question & 0x7fffffff));
    struct gs_message whole[MESSAGES_MAX + 2] = { { "/set_reply_port", &here, 1 } };
    if (n > MESSAGES_MAX) {
        return gs_fail(error, GS_E_LIMIT, client->where, "more than %d messages at once", MESSAGES_MAX);
    }
    for (size_t i = 0; i < n; i++) {
        whole[i + 1] = messages[i];
    }
    whole[n + 1] = (struct gs_message){ "/ping", &question, 1 };
    struct asking asking = { { visit, context }, (uint32_t)question.integer, false };
    enum gs_status status = gs_osc_client_send(client, whole, n + 2, error);
    uint64_t end_ns = gs_loop_now() + (uint64_t)wait_ms * 1000000u;
    while (!status && !asking.done) {
        uint64_t now_ns = gs_loop_now();
        int left_ms = now_ns < end_ns ? (int)((end_ns - now_ns + 999999u) / 1000000u) : 0;
        gs_osc_client_receive(client, left_ms, take_answer, &asking);
        if (client->refused) {
            return refuse(client, error);
        }
        if (left_ms == 0 && !asking.done) {
            return gs_fail(error, GS_E_IO, client->where, "no answer within %d ms", wait_ms);
        }
    }
    return status;
}
