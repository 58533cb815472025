/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Deaf to one sender for a while, in the kernel: packets of a flood are thrown away before they are queued, because
 * a full queue loses everybody's packets, not only those of who filled it. A socket filter (classic BPF) does it,
 * which needs no privilege; where it cannot be attached, the guard alone has to do. /panic passes. [control] */
#ifndef CONTROL_OSC_MUTE_H
#define CONTROL_OSC_MUTE_H

#include "session/message.h"

#define GS_OSC_MUTES   8
#define GS_OSC_MUTE_NS UINT64_C(200000000)

struct gs_osc_mute {
    struct {
        struct gs_endpoint from; /* port 0: all of the address */
        uint64_t until_ns;
    } muted[GS_OSC_MUTES];
    unsigned n;
};

/* Mutes the sender on the socket `fd` for GS_OSC_MUTE_NS; `port_only`: this port of its address alone. When all
 * places are taken, the one that ends first makes room. */
void gs_osc_mute(struct gs_osc_mute *mute, int fd, const struct gs_endpoint *from, bool port_only,
                 uint64_t now_ns);
/* Ends what is over; returns when to call again, UINT64_MAX: nobody is muted. */
uint64_t gs_osc_mute_end(struct gs_osc_mute *mute, int fd, uint64_t now_ns);

#endif
