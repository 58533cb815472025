/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much one WebSocket may say: as many messages and bytes a second as a sender of datagrams (osc_guard.h), and as
 * much at once; a pattern counts each address that it names. Who says more is not listened to for GS_OSC_MUTE_NS but
 * for a lonely /panic, ten a second, and is read slowly meanwhile. [control] */
#ifndef CONTROL_DOOR_SHARE_H
#define CONTROL_DOOR_SHARE_H

#include "base/bucket.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gs_door_share {
    struct gs_bucket messages, bytes, panics;
    uint64_t deaf_ns; /* until then */
    uint64_t told_ns; /* 0: never */
    bool dropped;     /* something, since somebody has looked */
};

/* One frame, before anything looks inside but for `panic`. `now_ns` never runs backwards. False: it is too much. */
bool gs_door_share_take(struct gs_door_share *share, size_t bytes, bool panic, uint64_t now_ns);
/* What the frame turned out to cost beyond one message. */
void gs_door_share_charge(struct gs_door_share *share, unsigned messages);
/* Whether its sender is to be told now: once a second. */
bool gs_door_share_tell(struct gs_door_share *share, uint64_t now_ns);

#endif
