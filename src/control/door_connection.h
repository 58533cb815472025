/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The door's own parts: a connection from acceptance to its end, and what all of them share. door.c gives the library
 * its turns and knows the descriptors, door_connection_http.c is a connection as long as it speaks plain HTTP,
 * door_connection_ws.c afterwards. Only where libwebsockets is built in. [control] */
#ifndef CONTROL_DOOR_CONNECTION_H
#define CONTROL_DOOR_CONNECTION_H

#include "control/door.h"
#include "control/door_client.h"
#include "control/door_gzip.h"
#include "control/door_hosts.h"
#include "control/door_paths.h"
#include "control/door_pcm.h"

#include <libwebsockets.h>
#include <netinet/in.h>

#define GS_DOOR_CONNECTIONS (GS_DOOR_CLIENTS + 64) /* with those of plain HTTP */
#define GS_DOOR_CHUNK       16384                  /* written at a time */

struct gs_door_connection {
    struct gs_door *door;
    int fd; /* -1: free */
    struct lws *wsi;
    struct gs_endpoint endpoint;
    char local_ip[INET6_ADDRSTRLEN];
    bool has_more;     /* to be written */
    uint64_t rests_ns; /* not read before that; 0: it is */
    short watched;
    struct gs_door_reply reply; /* of plain HTTP; size 0: none on its way */
    struct gs_door_gzip *gzip;  /* it is being compressed; NULL: its head has gone */
    size_t sent;
    bool head_only;
    struct gs_door_client *client; /* of a WebSocket */
};

struct gs_door {
    struct gs_door_setup setup;
    struct gs_door_hosts hosts;
    struct gs_door_pin pin;
    struct gs_door_pcm *pcm;
    uint64_t pcm_ns; /* when its next turn is */
    struct gs_osc_schedule *schedule;
    struct lws_context *context;
    struct lws_vhost *host;
    struct gs_door_connection connection[GS_DOOR_CONNECTIONS];
    unsigned n_connections, n_clients;
    uint32_t next_number;       /* of connections */
    struct gs_door_paths paths; /* that clients know */
};

/* Libwebsockets gets its turn before the loop waits again. */
void gs_door_turn_soon(struct gs_door *door);
/* There is something to be written. */
void gs_door_connection_wants(struct gs_door_connection *c);

/* ---- plain HTTP. What returns an int returns what a callback of the library has to: 0, or -1 to hang up. ---- */

int gs_door_connection_answer(struct gs_door_connection *c, const char *path);
int gs_door_connection_send_more(struct gs_door_connection *c);
int gs_door_connection_refuse(struct gs_door_connection *c, int status, const char *text);
void gs_door_connection_forget(struct gs_door_connection *c); /* the reply, sent or not */
/* A header of the request; "" when there is none, or it is longer than that. */
void gs_door_connection_header(struct lws *wsi, enum lws_token_indexes token, char *text, int size);
/* Whether it asks by a name of this machine. */
bool gs_door_connection_by_name(const struct gs_door_connection *c);

/* ---- WebSocket ---- */

/* 0: welcome; positive: answered already; negative: hang up. */
int gs_door_connection_upgrade(struct gs_door_connection *c, const char *protocol);
int gs_door_connection_open_client(struct gs_door_connection *c);
void gs_door_connection_close_client(struct gs_door_connection *c);
int gs_door_connection_send_frames(struct gs_door_connection *c);
int gs_door_connection_take_frame(struct gs_door_connection *c, const void *data, size_t size);

#endif
