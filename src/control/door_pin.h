/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The word without which a client may look but not turn. Guessing is slow: a few attempts at once, then one every
 * few seconds, reckoned for each address and for all together. [control] */
#ifndef CONTROL_DOOR_PIN_H
#define CONTROL_DOOR_PIN_H

#include "session/ip_buckets.h"

#define GS_PIN_MAX     64
#define GS_PIN_BUCKETS 32

enum gs_pin_verdict {
    GS_PIN_RIGHT,
    GS_PIN_WRONG,
    GS_PIN_WAIT /* not looked at: too many attempts */
};

struct gs_door_pin {
    const char *word;     /* NULL: everybody may turn */
    struct gs_bucket all; /* attempts, of all together */
    struct gs_ip_bucket bucket[GS_PIN_BUCKETS];
};

void gs_door_pin_init(struct gs_door_pin *pin, const char *word);
/* Time does not tell how much of a wrong word was right. */
enum gs_pin_verdict gs_door_pin_try(struct gs_door_pin *pin, const struct gs_endpoint *from, const char *word,
                                    uint64_t now_ns);

#endif
