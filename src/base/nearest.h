/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nearest right word for a misspelt one, so that every refusal can end in "did you mean ...?". [any] */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/* Feed candidates one by one; `best` is the nearest so far or NULL when none is near enough (a third of
 * the word's letters wrong at most; swapped neighbours count once; case does not count much). */
struct gs_nearest {
    const char *word;
    const char *best;
    unsigned best_cost;
};

struct gs_nearest gs_nearest_start(const char *word);
void gs_nearest_offer(struct gs_nearest *nearest, const char *candidate); /* not copied */

#endif
