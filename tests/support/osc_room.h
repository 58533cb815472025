/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a transport of OSC needs behind it in a test: an engine, a session with a chain, a loop that is turned by
 * hand. */
#ifndef TESTS_SUPPORT_OSC_ROOM_H
#define TESTS_SUPPORT_OSC_ROOM_H

#include "control/loop.h"
#include "session/session.h"

#define OSC_ROOM_RATE        48000
#define OSC_ROOM_PATIENCE_NS UINT64_C(20000000000) /* what comes may take so long on a busy machine */

struct osc_room {
    struct gs_engine *engine;
    struct gs_session *session;
    struct gs_loop *loop;
};

/* `chain` with ' for "; NULL: source, preamp of 40 dB ("pre"), converter, master. */
struct osc_room osc_room_open(const char *chain);
void osc_room_close(struct osc_room *room); /* after whatever uses it */
/* For so long, and at least as many rounds as it takes from a packet to an answer, however busy the machine is; at
 * 0 ms one round. */
void osc_room_turn(struct gs_loop *loop, unsigned ms);

#endif
