/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Noise: RMS, mean, whiteness and independence within what statistics allow; repeatable; the same however cut. */
#include "dsp/noise.h"

#include <criterion/criterion.h>
#include <math.h>

enum {
    N = 1 << 20
};
static float x[N], y[N];

static double product(const float *a, const float *b, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        sum += (double)a[i] * (double)b[i];
    }
    return sum / n;
}

/* Standard deviations: circuit 1, uniform 1/sqrt 12, triangle 1/sqrt 6 (sum of two uniform numbers). */
static const double variance[] = {
    [GS_NOISE_CIRCUIT] = 1.0, [GS_NOISE_UNIFORM] = 1.0 / 12, [GS_NOISE_TRIANGLE] = 1.0 / 6
};
static const double peak[] = {
    [GS_NOISE_CIRCUIT] = 3.4642, [GS_NOISE_UNIFORM] = 0.5, [GS_NOISE_TRIANGLE] = 1.0
};

Test(noise, statistics)
{
    for (int shape = GS_NOISE_CIRCUIT; shape <= GS_NOISE_TRIANGLE; shape++) {
        struct gs_noise noise;
        double sum = 0, highest = 0;
        gs_noise_init(&noise, shape, 12345, 0);
        gs_noise_fill(&noise, x, N);
        for (int i = 0; i < N; i++) {
            sum += x[i];
            highest = fmax(highest, fabs(x[i]));
        }
        double sigma = 5 / sqrt(N); /* five standard deviations of the estimates below */
        cr_assert_lt(fabs(sum / N) / sqrt(variance[shape]), sigma);
        cr_assert_float_eq(product(x, x, N) / variance[shape], 1.0, 1.5 * sigma);
        cr_assert_leq(highest, peak[shape]);
        for (int lag = 1; lag < 40; lag++) {
            cr_assert_lt(fabs(product(x, x + lag, N - lag)) / variance[shape], sigma, "shape %d lag %d",
                         shape, lag);
        }
    }
}

Test(noise, streams_and_seeds_are_independent)
{
    struct gs_noise noise;
    gs_noise_init(&noise, GS_NOISE_CIRCUIT, 7, 0);
    gs_noise_fill(&noise, x, N);
    for (unsigned other = 1; other < 20; other++) {
        gs_noise_init(&noise, GS_NOISE_CIRCUIT, other % 2 ? 7 : 7 + other, other % 2 ? other : 0);
        gs_noise_fill(&noise, y, N);
        cr_assert_lt(fabs(product(x, y, N)), 5 / sqrt(N), "other %u", other);
    }
}

Test(noise, does_not_depend_on_cuts)
{
    struct gs_noise whole, cut;
    gs_noise_init(&whole, GS_NOISE_CIRCUIT, 3, 1);
    gs_noise_init(&cut, GS_NOISE_CIRCUIT, 3, 1);
    gs_noise_fill(&whole, x, 4096);
    for (unsigned at = 0, n = 1; at < 4096; at += n, n = n % 13 + 1) {
        n = n < 4096 - at ? n : 4096 - at;
        gs_noise_fill(&cut, y + at, n);
    }
    cr_assert_arr_eq(x, y, 4096 * sizeof *x);
}
