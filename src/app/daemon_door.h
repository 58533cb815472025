/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The daemon's ports over TCP: streams of OSC and HTTP on one, or on two where the command line says so. [control] */
#ifndef APP_DAEMON_DOOR_H
#define APP_DAEMON_DOOR_H

#include "app/daemon.h"
#include "control/door.h"
#include "control/osc_streams.h"
#include "control/tcp.h"

struct gs_daemon_door {
    struct gs_engine *engine;
    struct gs_session *session;
    uint16_t osc_port;
    struct gs_osc_streams *streams;
    struct gs_door *door;     /* NULL: none */
    struct gs_tcp *tcp, *web; /* web: of its own; NULL: `tcp` is for both */
};

/* Opens both beside OSC over UDP at `osc_port`, and says where the page is. Close it whatever this returns. */
enum gs_status gs_daemon_door_open(struct gs_daemon_door *door, const struct gs_daemon_setup *setup,
                                   struct gs_loop *loop, struct gs_engine *engine, struct gs_session *session,
                                   uint16_t osc_port, struct gs_error *error);
/* TCP port of the page and of OSCQuery; 0: there is none. */
uint16_t gs_daemon_door_port(const struct gs_daemon_door *door);
void gs_daemon_door_close(struct gs_daemon_door *door);

#endif
