/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See ip_buckets.h. */
#include "session/ip_buckets.h"

struct gs_bucket *gs_ip_bucket_find(struct gs_ip_bucket *table, unsigned n, const struct gs_endpoint *from)
{
    struct gs_ip_bucket *oldest = &table[0];
    for (unsigned i = 0; i < n; i++) {
        if (table[i].bucket.filled_ns && gs_endpoint_same_ip(&table[i].ip, from)) {
            return &table[i].bucket;
        }
        oldest = table[i].bucket.filled_ns < oldest->bucket.filled_ns ? &table[i] : oldest;
    }
    *oldest = (struct gs_ip_bucket){ .ip = *from };
    return &oldest->bucket;
}
