/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_pin.h. */
#include "control/door_pin.h"

#include <string.h>

#define ATTEMPTS     5.0  /* at once, from one address */
#define PER_S        0.2  /* then */
#define ALL_ATTEMPTS 30.0 /* the same for all addresses together: IPv6 gives everybody many */
#define ALL_PER_S    1.0

void gs_door_pin_init(struct gs_door_pin *pin, const char *word)
{
    *pin = (struct gs_door_pin){ .word = word };
}

/* As many steps whatever the words are. */
static bool equal(const char *a, const char *b)
{
    char x[GS_PIN_MAX] = "", y[GS_PIN_MAX] = "";
    size_t n = strlen(a), m = strlen(b);
    if (n >= GS_PIN_MAX || m >= GS_PIN_MAX) {
        return false;
    }
    memcpy(x, a, n);
    memcpy(y, b, m);
    volatile unsigned char other = n != m;
    for (size_t i = 0; i < GS_PIN_MAX; i++) {
        other |= (unsigned char)(x[i] ^ y[i]);
    }
    return !other;
}

enum gs_pin_verdict gs_door_pin_try(struct gs_door_pin *pin, const struct gs_endpoint *from, const char *word,
                                    uint64_t now_ns)
{
    if (!pin->word) {
        return GS_PIN_RIGHT;
    }
    struct gs_bucket *own = gs_ip_bucket_find(pin->bucket, GS_PIN_BUCKETS, from);
    gs_bucket_fill(own, ATTEMPTS, PER_S, now_ns);
    gs_bucket_fill(&pin->all, ALL_ATTEMPTS, ALL_PER_S, now_ns);
    if (!gs_bucket_take(own, 1) || !gs_bucket_take(&pin->all, 1)) {
        return GS_PIN_WAIT;
    }
    if (!equal(pin->word, word)) {
        return GS_PIN_WRONG;
    }
    own->left += 1.0; /* who knows it may come back as often as it likes */
    pin->all.left += 1.0;
    return GS_PIN_RIGHT;
}
