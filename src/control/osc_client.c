/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_client.h. */
#include "control/osc_client.h"

#include "control/loop.h"
#include "control/osc_codec.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGES_MAX 16

struct gs_osc_client {
    int fd;
    char where[288];
    uint32_t question;
    bool refused;
    _Alignas(8) unsigned char packet[GS_OSC_PACKET_MAX];
};

static int connect_first(const struct addrinfo *list)
{
    for (; list; list = list->ai_next) {
        int fd = socket(list->ai_family, list->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            continue;
        }
        int room = 1 << 20;
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        if (connect(fd, list->ai_addr, list->ai_addrlen) == 0) {
            return fd;
        }
        close(fd);
    }
    return -1;
}

enum gs_status gs_osc_client_open(const char *host, uint16_t port, struct gs_osc_client **opened,
                                  struct gs_error *error)
{
    struct addrinfo *list, hints = { .ai_socktype = SOCK_DGRAM };
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    int result = getaddrinfo(host, service, &hints, &list);
    if (result) {
        return gs_fail(error, GS_E_IO, host, "cannot find this host: %s", gai_strerror(result));
    }
    struct gs_osc_client *client = calloc(1, sizeof *client);
    if (!client) {
        freeaddrinfo(list);
        return gs_fail(error, GS_E_MEMORY, "", "out of memory");
    }
    snprintf(client->where, sizeof client->where, "%.255s:%u", host, port);
    client->fd = connect_first(list);
    freeaddrinfo(list);
    if (client->fd < 0) {
        enum gs_status status =
            gs_fail(error, GS_E_IO, client->where, "cannot reach it: %s", strerror(errno));
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

static void send_packet(void *context, const unsigned char *data, size_t size)
{
    struct gs_osc_client *client = context;
    if (send(client->fd, data, size, 0) < 0 && errno == ECONNREFUSED) {
        client->refused = true;
    }
}

enum gs_status gs_osc_client_send(struct gs_osc_client *client, const struct gs_message *messages, size_t n,
                                  struct gs_error *error)
{
    struct gs_osc_packer packer = { .send = send_packet, .context = client, .limit = GS_OSC_SEND_LIMIT };
    client->refused = false;
    for (size_t i = 0; i < n; i++) {
        gs_osc_pack(&packer, &messages[i]);
    }
    gs_osc_pack_flush(&packer);
    if (client->refused) {
        return gs_fail(error, GS_E_IO, client->where, "nobody listens there: is gainstaged running?");
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

unsigned gs_osc_client_receive(struct gs_osc_client *client, int wait_ms,
                               void (*visit)(void *context, const struct gs_message *message), void *context)
{
    struct pollfd ready = { .fd = client->fd, .events = POLLIN };
    struct receiving receiving = { visit, context };
    unsigned packets = 0;
    if (poll(&ready, 1, wait_ms) <= 0) {
        return 0;
    }
    for (;;) {
        ssize_t size = recv(client->fd, client->packet, sizeof client->packet, 0);
        if (size < 0) {
            client->refused = client->refused || errno == ECONNREFUSED;
            return packets;
        }
        if (!gs_osc_packet_fault(client->packet, (size_t)size)) {
            packets++;
            gs_osc_packet_each(client->packet, (size_t)size, take_message, &receiving);
        }
    }
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
            return gs_fail(error, GS_E_IO, client->where, "nobody listens there: is gainstaged running?");
        }
        if (left_ms == 0 && !asking.done) {
            return gs_fail(error, GS_E_IO, client->where, "no answer within %d ms", wait_ms);
        }
    }
    return status;
}
