/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_share.h. */
#include "control/door_share.h"

#include "control/osc_guard.h"
#include "control/osc_mute.h"

#define PANICS     10.0
#define TELL_AGAIN UINT64_C(1000000000)

bool gs_door_share_take(struct gs_door_share *share, size_t bytes, bool panic, uint64_t now_ns)
{
    gs_bucket_fill(&share->messages, GS_OSC_RATE, GS_OSC_RATE, now_ns);
    gs_bucket_fill(&share->bytes, GS_OSC_BYTES, GS_OSC_BYTES, now_ns);
    gs_bucket_fill(&share->panics, PANICS, PANICS, now_ns);
    if (panic && gs_bucket_take(&share->panics, 1)) {
        return true;
    }
    if (now_ns < share->deaf_ns || share->messages.left < 1 ||
        !gs_bucket_take(&share->bytes, (double)bytes)) {
        if (now_ns >= share->deaf_ns) {
            share->deaf_ns = now_ns + GS_OSC_MUTE_NS;
        }
        share->dropped = true;
        return false;
    }
    return gs_bucket_take(&share->messages, 1);
}

void gs_door_share_charge(struct gs_door_share *share, unsigned messages)
{
    gs_bucket_charge(&share->messages, messages, GS_OSC_RATE);
}

bool gs_door_share_tell(struct gs_door_share *share, uint64_t now_ns)
{
    bool now = !share->told_ns || now_ns - share->told_ns >= TELL_AGAIN;
    share->told_ns = now ? (now_ns ? now_ns : 1) : share->told_ns;
    return now;
}
