/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bucket of tokens for each address that speaks, in a table of fixed size. [control] */
#ifndef SESSION_IP_BUCKETS_H
#define SESSION_IP_BUCKETS_H

#include "base/bucket.h"
#include "session/message.h"

struct gs_ip_bucket {
    struct gs_endpoint ip;
    struct gs_bucket bucket; /* never filled: the place is free */
};

/* The one of this address, whatever its port; the one that rested longest makes room for a new one. To be filled before
 * anything is taken out. */
struct gs_bucket *gs_ip_bucket_find(struct gs_ip_bucket *table, unsigned n, const struct gs_endpoint *from);

#endif
