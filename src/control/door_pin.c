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
    *pin = (struct gs_door_pin){ .word = word, .left = ALL_ATTEMPTS };
}

static struct gs_pin_budget *budget_of(struct gs_door_pin *pin, const struct gs_endpoint *from)
{
    struct gs_pin_budget *oldest = &pin->budget[0];
    for (unsigned i = 0; i < GS_PIN_BUDGETS; i++) {
        struct gs_pin_budget *budget = &pin->budget[i];
        if (budget->at_ns && gs_endpoint_same_ip(&budget->ip, from)) {
            return budget;
        }
        oldest = budget->at_ns < oldest->at_ns ? budget : oldest;
    }
    *oldest = (struct gs_pin_budget){ .ip = *from, .left = ATTEMPTS };
    return oldest;
}

static bool spend(double *left, uint64_t *at_ns, double most, double per_s, uint64_t now_ns)
{
    if (*at_ns && now_ns > *at_ns) {
        *left += (double)(now_ns - *at_ns) / 1e9 * per_s;
        *left = *left < most ? *left : most;
    }
    *at_ns = now_ns ? now_ns : 1;
    if (*left < 1.0) {
        return false;
    }
    *left -= 1.0;
    return true;
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
    struct gs_pin_budget *budget = budget_of(pin, from);
    if (!spend(&budget->left, &budget->at_ns, ATTEMPTS, PER_S, now_ns) ||
        !spend(&pin->left, &pin->at_ns, ALL_ATTEMPTS, ALL_PER_S, now_ns)) {
        return GS_PIN_WAIT;
    }
    if (!equal(pin->word, word)) {
        return GS_PIN_WRONG;
    }
    budget->left += 1.0; /* who knows it may come back as often as it likes */
    pin->left += 1.0;
    return GS_PIN_RIGHT;
}
