/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OSC over UDP: one socket that listens and answers, a guard that says who may speak and how much (osc_guard.h), a
 * walker that checks packets before anything looks inside, and the session behind it. [control] */
#ifndef CONTROL_OSC_H
#define CONTROL_OSC_H

#include "control/loop.h"
#include "control/osc_allow.h"
#include "control/osc_peer.h"
#include "session/session.h"

#define GS_OSC_PORT 7770

struct gs_osc;

struct gs_osc_setup {
    struct gs_loop *loop;             /* not owned */
    struct gs_session *session;       /* not owned */
    const char *bind;                 /* IPv4 or IPv6 literal; NULL: 127.0.0.1 */
    uint16_t port;                    /* 0: any free one */
    const struct gs_osc_allow *allow; /* who may speak beside this machine; NULL or empty: whoever can */
    void (*note)(void *context,
                 const char *text); /* a line for the log: a refused source, a flood; or NULL */
    void *context;
};

/* Opens the socket and puts it and the session's tick into the loop. GS_E_USAGE: no literal address; GS_E_IO: it
 * cannot be bound. */
enum gs_status gs_osc_create(const struct gs_osc_setup *setup, struct gs_osc **osc, struct gs_error *error);
void gs_osc_destroy(struct gs_osc *osc);
/* A subscriber for ever, that need not ask. GS_E_USAGE: IPv6 by a socket of IPv4; GS_E_BUSY: no place left. */
enum gs_status gs_osc_add_peer(struct gs_osc *osc, const struct gs_osc_peer *peer, struct gs_error *error);
uint16_t gs_osc_port(const struct gs_osc *osc);

struct gs_osc_counters {
    uint64_t packets, messages;
    uint64_t malformed; /* packets refused by the walker */
    uint64_t refused;   /* packets of sources that may not speak */
    uint64_t too_much;  /* packets beyond the rate of their source */
    uint64_t sent, unsent;
    uint64_t withheld; /* packets that nobody without proof is sent */
};
struct gs_osc_counters gs_osc_get_counters(const struct gs_osc *osc);

#endif
