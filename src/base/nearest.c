/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See nearest.h: optimal string alignment distance over three rows. */
#include "base/nearest.h"

#include <ctype.h>
#include <string.h>

#define LETTERS 128 /* longer words are compared by their beginning */

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static char lower(char c)
{
    return (char)tolower((unsigned char)c);
}

static unsigned distance(const char *a, size_t na, const char *b, size_t nb)
{
    unsigned rows[3][LETTERS + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= nb; j++) {
        last[j] = (unsigned)j;
    }
    for (size_t i = 1; i <= na; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= nb; j++) {
            unsigned swap = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
            now[j] = least(least(last[j] + 1, now[j - 1] + 1), last[j - 1] + swap);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
                now[j] = least(now[j], before[j - 2] + 1);
            }
        }
        unsigned *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[nb];
}

struct gs_nearest gs_nearest_start(const char *word)
{
    size_t length = strlen(word);
    return (struct gs_nearest){ .word = word, .best = NULL, .best_cost = (unsigned)(length / 3 + 2) };
}

void gs_nearest_offer(struct gs_nearest *nearest, const char *candidate)
{
    size_t na = strnlen(nearest->word, LETTERS), nb = strnlen(candidate, LETTERS);
    unsigned cost = distance(nearest->word, na, candidate, nb);
    /* "gain" for "gain_db": a word that was only left unfinished is near, whatever is missing. */
    if (na >= 3 && nb > na && strncmp(nearest->word, candidate, na) == 0) {
        cost = least(cost, 1);
    }
    if (cost < nearest->best_cost) {
        nearest->best_cost = cost;
        nearest->best = candidate;
    }
}
