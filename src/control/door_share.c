/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_share.h. */
#include "control/door_share.h"

#include "control/osc_guard.h"
#include "control/osc_mute.h"

#include <math.h>

#define PANICS     10.0
#define TELL_AGAIN UINT64_C(1000000000)

static void fill(struct gs_door_share *share, uint64_t now_ns)
{
    double passed_s = share->filled_ns ? (double)(now_ns - share->filled_ns) * 1e-9 : 1.0;
    share->messages = fmin(share->messages + passed_s * GS_OSC_RATE, GS_OSC_RATE);
    share->bytes = fmin(share->bytes + passed_s * GS_OSC_BYTES, GS_OSC_BYTES);
    share->panics = fmin(share->panics + passed_s * PANICS, PANICS);
    share->filled_ns = now_ns ? now_ns : 1;
}

bool gs_door_share_take(struct gs_door_share *share, size_t bytes, bool panic, uint64_t now_ns)
{
    fill(share, now_ns);
    if (panic && share->panics >= 1) {
        share->panics -= 1;
        return true;
    }
    if (now_ns < share->deaf_ns || share->messages < 1 || share->bytes < (double)bytes) {
        if (now_ns >= share->deaf_ns) {
            share->deaf_ns = now_ns + GS_OSC_MUTE_NS;
        }
        share->dropped = true;
        return false;
    }
    share->messages -= 1;
    share->bytes -= (double)bytes;
    return true;
}

void gs_door_share_charge(struct gs_door_share *share, unsigned messages)
{
    share->messages = fmax(share->messages - messages, -GS_OSC_RATE);
}

bool gs_door_share_tell(struct gs_door_share *share, uint64_t now_ns)
{
    bool now = !share->told_ns || now_ns - share->told_ns >= TELL_AGAIN;
    share->told_ns = now ? (now_ns ? now_ns : 1) : share->told_ns;
    return now;
}
