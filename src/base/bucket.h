/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bucket of tokens: how much somebody may still say. It is filled at a steady pace up to its size, so that a burst
 * passes and a flood does not. Sizes and paces stand with those who use it. [any] */
#ifndef BASE_BUCKET_H
#define BASE_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct gs_bucket {
    double left;        /* below 0: a debt */
    uint64_t filled_ns; /* 0: never, the first time fills it to the brim */
};

/* With so much in it, instead of the brim. */
struct gs_bucket gs_bucket_with(double left, uint64_t now_ns);
/* What has come since the last time, `per_s` a second, up to `most`. A time that runs backwards brings nothing. */
void gs_bucket_fill(struct gs_bucket *bucket, double most, double per_s, uint64_t now_ns);
/* False, and nothing is taken: there is less in it. */
bool gs_bucket_take(struct gs_bucket *bucket, double tokens);
/* Takes them whatever is in it; the debt is never more than `most`. */
void gs_bucket_charge(struct gs_bucket *bucket, double tokens, double most);

#endif
