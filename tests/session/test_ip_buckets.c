/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bucket for each address: ports share it, and whoever rested longest makes room. */
#include "session/ip_buckets.h"

#include <criterion/criterion.h>

#define PLACES 4
#define S      UINT64_C(1000000000)

static bool say(struct gs_ip_bucket *table, unsigned host, unsigned port, uint64_t now_ns)
{
    struct gs_endpoint from = { .ip = { [15] = (unsigned char)host }, .port = (uint16_t)port };
    struct gs_bucket *bucket = gs_ip_bucket_find(table, PLACES, &from);
    gs_bucket_fill(bucket, 2, 0.001, now_ns);
    return gs_bucket_take(bucket, 1);
}

Test(ip_buckets, an_address_has_one_and_its_ports_share_it)
{
    struct gs_ip_bucket table[PLACES] = { 0 };
    cr_expect(say(table, 1, 5, 0) && say(table, 1, 6, 0) && !say(table, 1, 7, 1) && !say(table, 1, 5, 2));
    cr_expect(say(table, 2, 5, 3), "another one has its own");
}

Test(ip_buckets, who_rested_longest_makes_room)
{
    struct gs_ip_bucket table[PLACES] = { 0 };
    for (unsigned host = 1; host <= PLACES; host++) {
        cr_expect(say(table, host, 5, host * S) && say(table, host, 5, host * S));
    }
    cr_expect_not(say(table, 1, 5, 9 * S), "1 speaks again");
    cr_expect(say(table, 8, 5, 10 * S), "8 takes the place of 2");
    cr_expect_not(say(table, 1, 5, 11 * S));
    cr_expect_not(say(table, 3, 5, 11 * S));
    cr_expect_not(say(table, 4, 5, 11 * S));
    cr_expect(say(table, 2, 5, 12 * S), "which is new again");
}
