/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The daemon: engine, session, OSC and JACK on one loop, and what signals do to them. [control] */
#ifndef APP_DAEMON_H
#define APP_DAEMON_H

#include "app/chain_folders.h"
#include "control/osc_allow.h"
#include "control/osc_peer.h"
#include "gainstage/status.h"
#include "session/session.h"

#include <stdbool.h>
#include <stdint.h>

struct gs_daemon_setup {
    const char *name;        /* of the JACK client and of the instance */
    const char *chain;       /* file */
    const char *server;      /* of the JACK server; NULL: the default one */
    const char *osc_bind;    /* NULL: loopback */
    uint16_t osc_port;       /* 0: any */
    uint16_t osc_reply_port; /* of senders that say none; 0: where they send from */
    struct gs_osc_allow osc_allow;
    struct gs_osc_peer osc_peer[GS_SESSION_PEERS]; /* static ones */
    unsigned n_osc_peers;
    double out_ceiling_dbfs;
    bool start_server, server_output, auto_connect, taps;
    const struct gs_chain_folders *folders;
    const char *save_folder;
    bool http;                     /* false: neither page nor OSCQuery */
    const char *http_bind;         /* NULL: loopback */
    int http_port;                 /* 0: any; -1: OSC's own */
    const char *const *http_hosts; /* further names to be called by; ends with NULL */
    const char *http_pin;          /* of who may change something over HTTP; NULL: everybody may */
    const char *web_dir;           /* files of the page; NULL: those in the program */
};

/* Runs until a signal ends it; complains on standard error. Returns the exit code. Does not return when the
 * end takes longer than 3 s because the JACK server hangs: then the process exits here. */
int gs_daemon_run(const struct gs_daemon_setup *setup);

#endif
