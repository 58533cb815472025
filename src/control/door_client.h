/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One WebSocket: a peer of the session like any other, whose packets are frames. Binary frames carry OSC both ways,
 * text frames OSCQuery's commands. What goes out waits in a queue of bounded size: when it fills, meters are dropped
 * first, then the client. What comes in is dropped when it is more than its share (door_share.h), and waits when its time
 * tag says so (osc_schedule.h). Nothing here knows sockets. [control] */
#ifndef CONTROL_DOOR_CLIENT_H
#define CONTROL_DOOR_CLIENT_H

#include "control/door_pin.h"
#include "control/door_share.h"
#include "control/osc_codec.h"
#include "control/osc_schedule.h"
#include "session/session.h"

#define GS_DOOR_FRAME_ROOM 32 /* free bytes in front of each frame, for who sends it */

/* A frame on its way out. */
struct gs_door_frame {
    struct gs_door_frame *next;
    bool text;
    size_t size;
    unsigned char data[]; /* GS_DOOR_FRAME_ROOM, then `size` bytes */
};

struct gs_door_pcm;

struct gs_door_client {
    struct gs_outlet outlet; /* first: the session hands it back */
    struct gs_endpoint endpoint;
    struct gs_session *session;
    struct gs_door_pin *pin;
    struct gs_door_pcm *pcm;
    struct gs_osc_schedule *schedule;
    struct gs_door_share share;
    void (*wake)(void *context); /* there is something to send, or the client is lost */
    void *context;
    struct gs_osc_packer packer;
    bool losable; /* what the packer sends now */
    struct gs_door_frame *first, **last;
    struct gs_door_frame *first_sound, **last_sound; /* sent when nothing else waits */
    size_t queued, queued_sound;                     /* bytes */
    bool lost;                                       /* does not keep up, or broke the rules: to be closed */
    uint64_t dropped;                                /* frames of meters and sound */
    size_t used;                                     /* of `taken`: a message that comes in several pieces */
    bool takes_text, skips;                          /* skips: the rest of a message that is not heard */
    _Alignas(8) unsigned char taken[GS_OSC_PACKET_MAX + 1];
};

/* What all clients share. */
struct gs_door_room {
    struct gs_session *session;
    struct gs_door_pin *pin;
    struct gs_door_pcm *pcm;
    struct gs_osc_schedule *schedule; /* that asks gs_door_message() first */
};
/* `endpoint` says who it is and has a connection number; its outlet is set here. NULL: no memory. */
struct gs_door_client *gs_door_client_create(const struct gs_door_room *room,
                                             const struct gs_endpoint *endpoint, void (*wake)(void *context),
                                             void *context);
/* Its subscriptions end. NULL is legal. */
void gs_door_client_destroy(struct gs_door_client *client);

/* A piece of a message; it is dealt with when the last one has come. */
void gs_door_client_take(struct gs_door_client *client, const unsigned char *data, size_t size, bool first,
                         bool last, bool text, uint64_t now_ns);

/* Queues a text frame. */
void gs_door_client_say(struct gs_door_client *client, const char *text);
/* Queues a binary frame. With `queued_max` it is dropped instead when more bytes than that wait already. */
void gs_door_client_send(struct gs_door_client *client, const void *data, size_t size, size_t queued_max);
/* Queues a binary frame of sound: it waits until all others are sent, and is dropped when too much sound waits. */
void gs_door_client_sound(struct gs_door_client *client, const void *data, size_t size);
bool gs_door_client_waits(const struct gs_door_client *client); /* there is a frame to send */
/* The next frame to send; the caller frees it. NULL: none. */
struct gs_door_frame *gs_door_client_next(struct gs_door_client *client);

#endif
