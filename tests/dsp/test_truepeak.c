/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * True peaks: sines against their amplitude, the textbook tone whose samples are 3 dB below it. */
#include "dsp/truepeak.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum {
    N = 4800,
    PAST = 64
};

static float largest(double rate, const float *x)
{
    float most = 0;
    struct gs_truepeak kernel;
    gs_truepeak_design(&kernel, rate);
    for (unsigned n = PAST; n + PAST < N; n++) {
        most = fmaxf(most, fmaxf(fabsf(x[n]), gs_truepeak_between(&kernel, x + n)));
    }
    return most;
}

/* The largest of four points a frame misses the top of a wave by at most an eighth of a frame. */
Test(truepeak, sines)
{
    static const struct {
        double rate, to_hz;
    } bands[] = { { 44100, 20000 }, { 48000, 20000 }, { 96000, 38400 } };
    static float x[N];
    for (size_t b = 0; b < 3; b++) {
        for (double f = 20; f <= bands[b].to_hz; f += 61.7) {
            for (unsigned n = 0; n < N; n++) {
                x[n] = (float)sin(2 * M_PI * f / bands[b].rate * n + 0.3);
            }
            double db = 20 * log10((double)largest(bands[b].rate, x)),
                   missed = 20 * log10(cos(M_PI * f / bands[b].rate / 4));
            cr_assert_lt(db, 0.1, "%g Hz at %g: %g dB", f, bands[b].rate, db);
            cr_assert_gt(db, -0.1 + missed, "%g Hz at %g: %g dB", f, bands[b].rate, db);
        }
    }
}

Test(truepeak, quarter_of_the_rate_at_45_degrees)
{
    static float x[N];
    for (unsigned n = 0; n < N; n++) {
        x[n] = n & 2 ? -1.0f : 1.0f; /* samples at 0 dBFS of a sine at +3.01 */
    }
    cr_assert_float_eq(20 * log10((double)largest(48000, x)), 3.0103, 0.07);
}

Test(truepeak, constant_and_impulse_read_as_they_are)
{
    static float x[N];
    for (unsigned n = 0; n < N; n++) {
        x[n] = -0.5f;
    }
    cr_assert_float_eq((double)largest(48000, x), 0.5, 1e-6);
    memset(x, 0, sizeof x);
    x[N / 2] = -0.7f;
    cr_assert_eq(largest(48000, x), 0.7f, "never below the sample peak");
}

/* A sign for every tap that makes the most of it: nothing between samples rises above gain_max. */
Test(truepeak, gain_max_is_reached_and_not_exceeded)
{
    static const double rates[] = { 44100, 48000, 96000 };
    static float x[N];
    for (size_t r = 0; r < 3; r++) {
        struct gs_truepeak kernel;
        gs_truepeak_design(&kernel, rates[r]);
        memset(x, 0, sizeof x);
        for (unsigned i = 0; i < kernel.taps / 2; i++) {
            x[PAST - i] = x[PAST + 1 + i] = copysignf(1.0f, kernel.half[i]);
        }
        float most = gs_truepeak_between(&kernel, x + PAST);
        cr_assert(most <= kernel.gain_max * 1.000001f && most > kernel.gain_max * 0.999f);
        uint32_t seed = 1;
        for (unsigned n = 0; n < N; n++) {
            seed = seed * 69069u + 1;
            x[n] = seed >> 31 ? 1.0f : -1.0f;
        }
        cr_assert_leq(largest(rates[r], x), kernel.gain_max * 1.000001f);
    }
}
