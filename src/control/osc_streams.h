/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OSC over TCP: connections as senders and subscribers of the session, like any other. Answers and feedback go back by
 * the connection, framed as its sender frames (osc_framing.h); a subscription ends with it, and what it has sent ahead
 * of its time (osc_schedule.h).
 *
 *   At most GS_OSC_STREAMS connections. When all are taken, the one that has been silent longest, and has no
 *   subscription, makes room: silent ones keep nobody out, and subscribers stay.
 *   A connection may be silent as long as it likes (the kernel asks after dead hosts), but who begins a frame ends it
 *   within GS_OSC_FRAME_S seconds. A frame that cannot be followed ends the connection.
 *   Who does not read loses meters first (osc_backlog.h), is not listened to meanwhile, and loses the connection when
 *   nothing has moved for GS_OSC_STALL_S seconds or its backlog is full.
 *   A connection is heard up to GS_OSC_STREAM_RATE messages a second, a pattern counting each address that it names;
 *   what is more waits. All of them together take only a few milliseconds before others have their turn. [control] */
#ifndef CONTROL_OSC_STREAMS_H
#define CONTROL_OSC_STREAMS_H

#include "control/loop.h"
#include "control/osc_allow.h"
#include "session/session.h"

#include <sys/socket.h>

#define GS_OSC_STREAMS     64
#define GS_OSC_FRAME_S     10
#define GS_OSC_STALL_S     10
#define GS_OSC_STREAM_RATE 5000

struct gs_osc_streams;

/* Loop and session are not owned; `allow` (may be NULL) is copied: who has connected from there, or from this machine,
 * may see what others say. NULL: no memory. */
struct gs_osc_streams *gs_osc_streams_create(struct gs_loop *loop, struct gs_session *session,
                                             const struct gs_osc_allow *allow);
void gs_osc_streams_destroy(struct gs_osc_streams *streams); /* closes all connections */

/* A connected, non-blocking socket from which nothing has been read; owned from now on. `streams` is a
 * struct gs_osc_streams: see gs_tcp_taker. */
void gs_osc_streams_take(void *streams, int fd, const struct sockaddr_storage *from);

struct gs_osc_streams_counters {
    unsigned open;
    uint64_t taken, closed; /* connections; closed: by us, for a fault or to make room */
    uint64_t packets, messages, malformed;
    uint64_t lost; /* packets of meters to slow readers */
};
struct gs_osc_streams_counters gs_osc_streams_get_counters(const struct gs_osc_streams *streams);

#endif
