/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The limiter's true peaks: sines against their amplitude nearly up to half the rate. */
#include "dsp/finepeak.h"

#include "gainstage/rt.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum {
    N = 4800,
    PAST = 96
};

static float largest(const float *x, unsigned piece)
{
    float most = 0, peak[GS_CELL];
    struct gs_finepeak kernel;
    gs_finepeak_init(&kernel);
    for (unsigned at = PAST; at + piece <= N; at += piece) {
        gs_finepeak_run(&kernel, x + at, peak, piece);
        for (unsigned i = 0; i < piece; i++) {
            most = fmaxf(most, peak[i]);
        }
    }
    return most;
}

Test(finepeak, sines)
{
    static float x[N];
    for (double f = 0.0005; f <= 0.47; f += 0.00137) { /* of the rate */
        for (unsigned n = 0; n < N; n++) {
            x[n] = (float)sin(2 * M_PI * f * n + 0.3);
        }
        cr_assert_float_eq(20 * log10((double)largest(x, GS_CELL)), 0, 0.2, "%g of the rate: %g dB", f,
                           20 * log10((double)largest(x, GS_CELL)));
    }
}

Test(finepeak, quarter_of_the_rate_at_45_degrees)
{
    static float x[N];
    for (unsigned n = 0; n < N; n++) {
        x[n] = n & 2 ? -1.0f : 1.0f; /* samples at 0 dBFS of a sine at +3.01 */
    }
    cr_assert_float_eq(20 * log10((double)largest(x, GS_CELL)), 3.0103, 0.07);
}

Test(finepeak, constant_and_impulse_read_as_they_are)
{
    static float x[N];
    for (unsigned n = 0; n < N; n++) {
        x[n] = -0.5f;
    }
    cr_assert_float_eq((double)largest(x, GS_CELL), 0.5, 1e-6);
    memset(x, 0, sizeof x);
    x[N / 2] = -0.7f;
    cr_assert_eq(largest(x, GS_CELL), 0.7f, "never below the sample peak");
}

Test(finepeak, the_piece_does_not_matter)
{
    static float x[N];
    float one[GS_CELL], many[GS_CELL];
    struct gs_finepeak kernel;
    gs_finepeak_init(&kernel);
    for (unsigned n = 0; n < N; n++) {
        x[n] = (float)sin(n * n * 0.01);
    }
    x[PAST + 2] = 40;
    gs_finepeak_run(&kernel, x + PAST + GS_FINEPEAK_DELAY, many, GS_CELL);
    cr_assert_geq(many[2], 40.0f, "the answer comes with the delay it says");
    cr_assert_lt(many[4], 30.0f);
    for (unsigned i = 0; i < GS_CELL; i++) {
        gs_finepeak_run(&kernel, x + PAST + GS_FINEPEAK_DELAY + i, one, 1);
        cr_assert_eq(one[0], many[i]);
    }
}

Test(finepeak, gain_max_is_not_exceeded)
{
    static float x[N];
    struct gs_finepeak kernel;
    gs_finepeak_init(&kernel);
    for (unsigned i = 0; i < GS_FINEPEAK_TAPS / 2; i++) { /* a sign for every tap that makes the most of it */
        x[N / 2 - i] = x[N / 2 + 1 + i] = copysignf(1.0f, kernel.half[i]);
    }
    float most = largest(x, GS_CELL);
    cr_assert(most <= kernel.gain_max && most > 0.7f * kernel.gain_max, "%g", (double)most);
}
