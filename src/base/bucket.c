/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See bucket.h. */
#include "base/bucket.h"

#include <math.h>

struct gs_bucket gs_bucket_with(double left, uint64_t now_ns)
{
    return (struct gs_bucket){ .left = left, .filled_ns = now_ns ? now_ns : 1 };
}

void gs_bucket_fill(struct gs_bucket *bucket, double most, double per_s, uint64_t now_ns)
{
    if (!bucket->filled_ns) {
        *bucket = gs_bucket_with(most, now_ns);
    } else if (now_ns > bucket->filled_ns) {
        bucket->left += (double)(now_ns - bucket->filled_ns) * 1e-9 * per_s;
        bucket->filled_ns = now_ns;
    }
    bucket->left = fmin(bucket->left, most);
}

bool gs_bucket_take(struct gs_bucket *bucket, double tokens)
{
    if (bucket->left < tokens) {
        return false;
    }
    bucket->left -= tokens;
    return true;
}

void gs_bucket_charge(struct gs_bucket *bucket, double tokens, double most)
{
    bucket->left = fmax(bucket->left - tokens, -most);
}
