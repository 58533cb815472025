/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See tcp.h. Who has not said a byte yet costs one place of a fixed number; the place that has waited longest is
 * given to whoever comes when all are taken, so that silent connections keep nobody out. */
#include "control/tcp.h"

#include "control/osc_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG        64
#define WAITING        64
#define ACCEPTS_A_WAKE 16
#define SILENCE_NS     UINT64_C(5000000000) /* then it may come again when it has something to say */
#define BREATH_NS      UINT64_C(100000000)  /* out of descriptors: not a busy loop */

#define TOLD          64 /* addresses that the log has heard of */
#define TELL_AGAIN_NS UINT64_C(1000000000)

/* Connected, and silent so far. */
struct waiting {
    struct gs_tcp *tcp;
    int fd; /* -1: free */
    uint64_t since_ns;
    struct sockaddr_storage from;
};

struct gs_tcp {
    struct gs_tcp_setup setup;
    int fd;
    bool resting; /* no accept until the next tick */
    struct waiting waiting[WAITING];
    struct gs_endpoint told[TOLD]; /* refused ones; the one told of longest ago makes room */
    unsigned n_told;               /* so far */
    uint64_t told_ns;
};

static int release(struct waiting *waiting)
{
    int fd = waiting->fd;
    gs_loop_remove(waiting->tcp->setup.loop, fd);
    waiting->fd = -1;
    return fd;
}

static void said_something(void *context, short revents)
{
    struct waiting *waiting = context;
    const struct gs_tcp_setup *setup = &waiting->tcp->setup;
    unsigned char first;
    (void)revents;
    ssize_t got = recv(waiting->fd, &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    int fd = release(waiting);
    bool http = got == 1 && first >= 'A' && first <= 'Z';
    if (got == 1 && http && setup->http) {
        setup->http(setup->http_context, fd, &waiting->from);
    } else if (got == 1 && !http && setup->stream) {
        setup->stream(setup->stream_context, fd, &waiting->from);
    } else {
        close(fd);
    }
}

/* Who has waited longest; NULL: nobody waits. */
static struct waiting *longest(struct gs_tcp *tcp)
{
    struct waiting *oldest = NULL;
    for (unsigned i = 0; i < WAITING; i++) {
        struct waiting *waiting = &tcp->waiting[i];
        if (waiting->fd >= 0 && (!oldest || waiting->since_ns < oldest->since_ns)) {
            oldest = waiting;
        }
    }
    return oldest;
}

static struct waiting *place(struct gs_tcp *tcp)
{
    for (unsigned i = 0; i < WAITING; i++) {
        if (tcp->waiting[i].fd < 0) {
            return &tcp->waiting[i];
        }
    }
    struct waiting *oldest = longest(tcp);
    close(release(oldest));
    return oldest;
}

static void rest(struct gs_tcp *tcp)
{
    gs_loop_watch(tcp->setup.loop, tcp->fd, 0);
    tcp->resting = true;
    gs_loop_set_timer(tcp->setup.loop, tcp, gs_loop_now() + BREATH_NS);
}

/* Out of descriptors or memory, with somebody at the door: who has waited longest makes room here too. */
static bool make_room(struct gs_tcp *tcp)
{
    struct waiting *oldest = longest(tcp);
    if (oldest) {
        close(release(oldest));
    } else {
        rest(tcp);
    }
    return oldest;
}

static bool is_told(const struct gs_tcp *tcp, const struct gs_endpoint *there)
{
    for (unsigned i = 0; i < tcp->n_told && i < TOLD; i++) {
        if (gs_endpoint_same_ip(&tcp->told[i], there)) {
            return true;
        }
    }
    return false;
}

/* Once an address and a line a second: who may not speak shall not fill the log instead. */
static void tell_refused(struct gs_tcp *tcp, const struct sockaddr_storage *from)
{
    char line[192], where[64];
    struct gs_endpoint there = { 0 };
    uint64_t now_ns = gs_loop_now();
    gs_osc_endpoint(from, &there);
    if (!tcp->setup.note || is_told(tcp, &there) || (tcp->told_ns && now_ns - tcp->told_ns < TELL_AGAIN_NS)) {
        return;
    }
    tcp->told[tcp->n_told++ % TOLD] = there;
    tcp->told_ns = now_ns;
    snprintf(line, sizeof line, "TCP from %s is refused: no network that may speak",
             gs_endpoint_text(&there, where, sizeof where));
    tcp->setup.note(tcp->setup.note_context, line);
}

/* This machine always: the kernel lets nobody outside speak with its address. */
static bool may_connect(const struct gs_tcp *tcp, int fd, const struct sockaddr_storage *from)
{
    struct gs_endpoint there = { 0 }, here = { 0 };
    struct sockaddr_storage own = { 0 };
    socklen_t length = sizeof own;
    if (!tcp->setup.allow || !tcp->setup.allow->n) {
        return true;
    }
    gs_osc_endpoint(from, &there);
    if (getsockname(fd, (struct sockaddr *)&own, &length) == 0) {
        gs_osc_endpoint(&own, &here);
    }
    return memcmp(there.ip, here.ip, sizeof here.ip) == 0 || gs_osc_allow_has(tcp->setup.allow, there.ip);
}

/* False when nobody is there any more. */
static bool take_one(struct gs_tcp *tcp)
{
    struct sockaddr_storage from = { 0 };
    socklen_t length = sizeof from;
    int on = 1, fd = accept4(tcp->fd, (struct sockaddr *)&from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)) {
        return make_room(tcp);
    }
    if (fd < 0) {
        return errno == EINTR || errno == ECONNABORTED;
    }
    if (!may_connect(tcp, fd, &from)) {
        tell_refused(tcp, &from);
        close(fd);
        return true;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct waiting *waiting = place(tcp);
    *waiting = (struct waiting){ .tcp = tcp, .fd = fd, .since_ns = gs_loop_now(), .from = from };
    if (gs_loop_add(tcp->setup.loop, fd, POLLIN, said_something, waiting)) {
        waiting->fd = -1;
        close(fd);
        return true;
    }
    gs_loop_set_timer(tcp->setup.loop, tcp, waiting->since_ns + BREATH_NS); /* finds the next one due */
    return true;
}

static void somebody_came(void *context, short revents)
{
    (void)revents;
    for (unsigned i = 0; i < ACCEPTS_A_WAKE && take_one(context); i++) {
    }
}

static uint64_t close_the_silent(void *context, uint64_t now_ns)
{
    struct gs_tcp *tcp = context;
    uint64_t next_ns = UINT64_MAX;
    if (tcp->resting) {
        tcp->resting = false;
        gs_loop_watch(tcp->setup.loop, tcp->fd, POLLIN);
    }
    for (unsigned i = 0; i < WAITING; i++) {
        struct waiting *waiting = &tcp->waiting[i];
        if (waiting->fd >= 0 && waiting->since_ns + SILENCE_NS <= now_ns) {
            close(release(waiting));
        } else if (waiting->fd >= 0 && waiting->since_ns + SILENCE_NS < next_ns) {
            next_ns = waiting->since_ns + SILENCE_NS;
        }
    }
    return next_ns;
}

static enum gs_status listen_at(struct gs_tcp *tcp, struct gs_error *error)
{
    const char *where = tcp->setup.bind ? tcp->setup.bind : "127.0.0.1";
    struct sockaddr_storage address;
    socklen_t length;
    int on = 1, off = 0;
    enum gs_status status = gs_osc_literal(where, tcp->setup.port, &address, &length, error);
    if (status) {
        return status;
    }
    tcp->fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (tcp->fd < 0) {
        return gs_fail(error, GS_E_IO, "", "cannot open a TCP socket: %s", strerror(errno));
    }
    /* A daemon that is started again need not wait for the connections of the one before. */
    setsockopt(tcp->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.ss_family == AF_INET6) {
        setsockopt(tcp->fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
    if (bind(tcp->fd, (const struct sockaddr *)&address, length) < 0 || listen(tcp->fd, BACKLOG) < 0) {
        return gs_fail(error, GS_E_IO, where, "cannot listen on TCP port %u: %s", tcp->setup.port,
                       strerror(errno));
    }
    return GS_OK;
}

bool gs_tcp_is_free(const char *bind, uint16_t port)
{
    struct gs_tcp tcp = { .setup = { .bind = bind, .port = port }, .fd = -1 };
    struct gs_error error;
    bool is_free = listen_at(&tcp, &error) == GS_OK;
    if (tcp.fd >= 0) {
        close(tcp.fd);
    }
    return is_free;
}

enum gs_status gs_tcp_create(const struct gs_tcp_setup *setup, struct gs_tcp **created,
                             struct gs_error *error)
{
    struct gs_tcp *tcp = calloc(1, sizeof *tcp);
    if (!tcp) {
        return gs_fail(error, GS_E_MEMORY, "", "out of memory");
    }
    tcp->setup = *setup;
    tcp->fd = -1;
    for (unsigned i = 0; i < WAITING; i++) {
        tcp->waiting[i].fd = -1;
    }
    enum gs_status status = listen_at(tcp, error);
    if (!status && (gs_loop_add(setup->loop, tcp->fd, POLLIN, somebody_came, tcp) ||
                    gs_loop_add_timer(setup->loop, UINT64_MAX, close_the_silent, tcp))) {
        status = gs_fail(error, GS_E_MEMORY, "", "out of memory");
    }
    if (status) {
        gs_tcp_destroy(tcp);
        return status;
    }
    *created = tcp;
    return GS_OK;
}

void gs_tcp_destroy(struct gs_tcp *tcp)
{
    if (!tcp) {
        return;
    }
    gs_loop_remove_timer(tcp->setup.loop, tcp);
    for (unsigned i = 0; i < WAITING; i++) {
        if (tcp->waiting[i].fd >= 0) {
            close(release(&tcp->waiting[i]));
        }
    }
    if (tcp->fd >= 0) {
        gs_loop_remove(tcp->setup.loop, tcp->fd);
        close(tcp->fd);
    }
    free(tcp);
}

uint16_t gs_tcp_port(const struct gs_tcp *tcp)
{
    return gs_osc_bound_port(tcp->fd);
}
