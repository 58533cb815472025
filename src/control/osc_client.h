/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The other end: a program that talks to a daemon over OSC, on this machine or another, by datagrams or by a stream.
 * One socket that knows its daemon, so that a daemon that is not there shows at once. */
#ifndef CONTROL_OSC_CLIENT_H
#define CONTROL_OSC_CLIENT_H

#include "gainstage/status.h"
#include "session/message.h"

struct gs_osc_client;

enum gs_osc_wire {
    GS_OSC_UDP,
    GS_OSC_TCP /* a stream that has ended is opened again by the next sending; the descriptor stays the same */
};

/* `host` is a name or a literal address. GS_E_IO: it cannot be found or reached. */
enum gs_status gs_osc_client_open(enum gs_osc_wire wire, const char *host, uint16_t port,
                                  struct gs_osc_client **client, struct gs_error *error);
void gs_osc_client_close(struct gs_osc_client *client);
int gs_osc_client_fd(const struct gs_osc_client *client);
const char *gs_osc_client_where(const struct gs_osc_client *client); /* "127.0.0.1:7770" */

/* Many messages go as one bundle. GS_E_IO: nobody listens there. */
enum gs_status gs_osc_client_send(struct gs_osc_client *client, const struct gs_message *messages, size_t n,
                                  struct gs_error *error);

/* Waits at most `wait_ms` (0: looks only) and calls `visit` for each message of every packet that is there. Returns
 * the number of packets; a refused connection counts as none. */
unsigned gs_osc_client_receive(struct gs_osc_client *client, int wait_ms,
                               void (*visit)(void *context, const struct gs_message *message), void *context);

/* Sends, with a question behind it whose answer comes last, and calls `visit` for all that comes before that answer.
 * GS_E_IO: no answer in `wait_ms`; `error` says so. */
enum gs_status gs_osc_client_ask(struct gs_osc_client *client, const struct gs_message *messages, size_t n,
                                 int wait_ms, void (*visit)(void *context, const struct gs_message *message),
                                 void *context, struct gs_error *error);

#endif
