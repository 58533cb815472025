/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bucket: a burst as large as it is passes, then what its pace brings and no more. */
#include "base/bucket.h"

#include <criterion/criterion.h>
#include <math.h>

#define S UINT64_C(1000000000)

static unsigned take_all(struct gs_bucket *bucket)
{
    unsigned n = 0;
    while (gs_bucket_take(bucket, 1)) {
        n++;
    }
    return n;
}

static const struct {
    double most, per_s;
    uint64_t passed_ns;
    unsigned then;
} cases[] = {
    { 5, 0.2, 4 * S, 0 },        { 5, 0.2, 5 * S, 1 },         { 5, 0.2, 3600 * S, 5 },
    { 5000, 5000, S / 2, 2500 }, { 5000, 5000, 10 * S, 5000 }, { 10, 10, 0, 0 },
};

Test(bucket, a_burst_then_its_pace)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (uint64_t start = 0; start <= 7 * S;
             start += 7 * S) { /* the first moment of all is one like others */
            struct gs_bucket bucket = { 0 };
            gs_bucket_fill(&bucket, cases[i].most, cases[i].per_s, start);
            cr_expect_eq(take_all(&bucket), (unsigned)cases[i].most, "full from the start");
            /* a nanosecond more: time is whole numbers, the pace is not */
            gs_bucket_fill(&bucket, cases[i].most, cases[i].per_s, start + cases[i].passed_ns + 2);
            cr_expect_eq(take_all(&bucket), cases[i].then, "row %zu", i);
        }
    }
}

/* Filled often or seldom, it is the same. */
Test(bucket, drop_by_drop)
{
    struct gs_bucket bucket = gs_bucket_with(0, S);
    for (uint64_t ms = 1; ms <= 1000; ms++) {
        gs_bucket_fill(&bucket, 100, 50, S + ms * (S / 1000));
    }
    cr_expect_float_eq(bucket.left, 50, 1e-6);
    gs_bucket_fill(&bucket, 100, 50, S / 2);
    cr_expect_float_eq(bucket.left, 50, 1e-6, "time runs backwards");
    gs_bucket_fill(&bucket, 20, 20, 2 * S);
    cr_expect_float_eq(bucket.left, 20, 1e-6, "it has become smaller");
}

Test(bucket, a_debt_is_paid_first)
{
    struct gs_bucket bucket = gs_bucket_with(3, S);
    cr_expect_not(gs_bucket_take(&bucket, 4));
    cr_expect_eq(bucket.left, 3, "nothing is taken then");
    gs_bucket_charge(&bucket, 8, 10);
    cr_expect_eq(bucket.left, -5);
    gs_bucket_charge(&bucket, 1000, 10);
    cr_expect_eq(bucket.left, -10, "and no more than that");
    gs_bucket_fill(&bucket, 10, 10, 2 * S + 2);
    cr_expect_not(gs_bucket_take(&bucket, 1));
    gs_bucket_fill(&bucket, 10, 10, 2 * S + S / 10 + 2);
    cr_expect(gs_bucket_take(&bucket, 1));
}
