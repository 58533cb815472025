/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The door for browsers and OSCQuery: HTTP and WebSocket by libwebsockets, in the one control loop, over
 * connections that control/tcp has accepted. Where it is not built in, gs_door_create() says so. [control] */
#ifndef CONTROL_DOOR_H
#define CONTROL_DOOR_H

#include "control/door_http.h"
#include "control/loop.h"

#include <sys/socket.h>

#define GS_DOOR_CLIENTS 64 /* WebSockets at a time */

struct gs_door;

struct gs_door_setup {
    struct gs_loop *loop;     /* not owned */
    struct gs_engine *engine; /* not owned */
    struct gs_door_http http; /* its query and files are made here */
    const char *const *hosts; /* names to be called by beside the usual ones; ends with NULL; may be NULL */
    const char *web_dir;      /* files of the page are read from here; NULL: those in the program */
    const char *pin;          /* of who may change something; NULL: everybody may */
};

/* GS_E_MISSING: this program was built without it. Strings and lists of the setup are not copied. */
enum gs_status gs_door_create(const struct gs_door_setup *setup, struct gs_door **door,
                              struct gs_error *error);
/* Closes every connection; the session must still live. */
void gs_door_destroy(struct gs_door *door);

/* Takes a connection over: a gs_tcp_taker whose context is the door. */
void gs_door_adopt(void *door, int fd, const struct sockaddr_storage *from);

/* The session has another chain: OSCQuery clients are told which paths came, went and changed. NULL is legal. */
void gs_door_chain_changed(struct gs_door *door);

#endif
