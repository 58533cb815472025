/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packets and their time tags. What is due, late or without a tag goes to the session at once; what is up to
 * GS_OSC_AHEAD_S seconds ahead waits here and is heard at its time, on the frame that the sound's clock has then,
 * all of a bundle on the same one. A packet that is further ahead, or finds no room, is refused whole, with /error.
 * The clock of tags is the wall clock at the time of arrival: when somebody sets it, what waits stays as it is.
 * Bounded in packets, bytes, and packets of one sender. [control] */
#ifndef CONTROL_OSC_SCHEDULE_H
#define CONTROL_OSC_SCHEDULE_H

#include "control/loop.h"
#include "session/session.h"

#define GS_OSC_AHEAD_S           5
#define GS_OSC_SCHEDULE_PACKETS  256
#define GS_OSC_SCHEDULE_BYTES    (1 << 20)
#define GS_OSC_SCHEDULE_SENDER   64   /* packets of one sender */
#define GS_OSC_SCHEDULE_MESSAGES 1024 /* in them */

struct gs_osc_schedule;

/* What a transport itself is told by some messages; true: the session need not hear of this one. Called when the
 * message is due, as the session would be. */
typedef bool gs_osc_schedule_first(const struct gs_endpoint *from, const struct gs_message *message,
                                   uint64_t now_ns);
/* `first` is asked before the session; NULL: nobody is. NULL: no memory. */
struct gs_osc_schedule *gs_osc_schedule_create(struct gs_loop *loop, struct gs_session *session,
                                               gs_osc_schedule_first *first);
void gs_osc_schedule_destroy(struct gs_osc_schedule *schedule);

struct gs_osc_cost {
    unsigned messages; /* in the packet */
    unsigned named;    /* addresses that they named, as far as they were due */
};
/* The packet has no fault. */
struct gs_osc_cost gs_osc_schedule_packet(struct gs_osc_schedule *schedule, const struct gs_endpoint *from,
                                          const unsigned char *data, size_t size, uint64_t now_ns);
/* A sender is gone, and what it has sent ahead with it. */
void gs_osc_schedule_forget(struct gs_osc_schedule *schedule, const struct gs_endpoint *from);

#endif
