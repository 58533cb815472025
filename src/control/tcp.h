/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One TCP port for two protocols: whoever connects is told by its first byte, before anybody answers. HTTP
 * begins with a capital letter; a stream of OSC begins with the size of its first packet, SLIP's END, a slash or
 * '#', and a size that begins like a letter would be a gigabyte. [control] */
#ifndef CONTROL_TCP_H
#define CONTROL_TCP_H

#include "control/loop.h"
#include "control/osc_allow.h"

#include <sys/socket.h>

struct gs_tcp;

/* A connection that has said what it is; nothing has been read from it yet. The descriptor is non-blocking, out of
 * the loop, and the taker's from now on. */
typedef void gs_tcp_taker(void *context, int fd, const struct sockaddr_storage *from);

struct gs_tcp_setup {
    struct gs_loop *loop; /* not owned */
    const char *bind;     /* IPv4 or IPv6 literal; NULL: 127.0.0.1 */
    uint16_t port;        /* 0: any free one */
    const struct gs_osc_allow
        *allow;         /* who may connect beside this machine; NULL or empty: whoever can. Not owned */
    gs_tcp_taker *http; /* NULL: such connections are closed */
    void *http_context;
    gs_tcp_taker *stream; /* of OSC; NULL: such connections are closed */
    void *stream_context;
    void (*note)(void *context, const char *text); /* a line for the log: who is refused; or NULL */
    void *note_context;
};

/* GS_E_USAGE: no literal address; GS_E_IO: it cannot be bound (another program has the port). */
enum gs_status gs_tcp_create(const struct gs_tcp_setup *setup, struct gs_tcp **tcp, struct gs_error *error);
/* Closes the port and whoever has not said what it is; connections that were handed on are not touched. */
void gs_tcp_destroy(struct gs_tcp *tcp);
uint16_t gs_tcp_port(const struct gs_tcp *tcp);
/* Whether gs_tcp_create() would get this port now. `bind` NULL: 127.0.0.1. */
bool gs_tcp_is_free(const char *bind, uint16_t port);

#endif
