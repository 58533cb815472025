/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * True peaks: the table against its formula, sines against their amplitude, and the textbook tone whose
 * samples are 3 dB below it. */
#include "dsp/truepeak.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define HALF (GS_TRUEPEAK_TAPS / 2)

/* Modified Bessel function of the first kind and order 0 by its series. */
static double bessel(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; k < 60; k++) {
        term *= x * x / (4.0 * k * k);
        sum += term;
    }
    return sum;
}

Test(truepeak, table_is_its_formula)
{
    for (int p = 1; p < GS_TRUEPEAK_PHASES; p++) {
        double tap[GS_TRUEPEAK_TAPS], sum = 0, rise = 0;
        for (int k = 0; k < GS_TRUEPEAK_TAPS; k++) {
            double d = p / 4.0 - (k - HALF + 1);
            tap[k] = sin(M_PI * d) / (M_PI * d) * bessel(4 * sqrt(1 - d * d / (HALF * HALF)));
            sum += tap[k];
        }
        for (int k = 0; k < GS_TRUEPEAK_TAPS; k++) {
            cr_assert_float_eq(gs_truepeak_taps[p - 1][k], tap[k] / sum, 1e-7, "phase %d tap %d", p, k);
            rise += fabs((double)gs_truepeak_taps[p - 1][k]);
        }
        cr_assert_leq(rise, (double)GS_TRUEPEAK_RISE);
    }
}

enum {
    N = 4800,
    PAST = 64
};

static float largest(const float *x, unsigned piece)
{
    float most = 0, peak[GS_CELL];
    for (unsigned at = PAST; at + piece <= N; at += piece) {
        gs_truepeak_run(x + at, peak, piece);
        for (unsigned i = 0; i < piece; i++) {
            most = fmaxf(most, peak[i]);
        }
    }
    return most;
}

/* The largest of four points a frame misses the top of a wave by at most an eighth of a frame. */
Test(truepeak, sines)
{
    static const struct {
        double rate, to_hz;
    } bands[] = { { 44100, 18400 }, { 48000, 20000 }, { 96000, 40000 } };
    static float x[N];
    for (size_t b = 0; b < 3; b++) {
        for (double f = 20; f <= bands[b].to_hz; f += 61.7) {
            for (unsigned n = 0; n < N; n++) {
                x[n] = (float)sin(2 * M_PI * f / bands[b].rate * n + 0.3);
            }
            double db = 20 * log10((double)largest(x, GS_CELL)),
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
    cr_assert_float_eq(20 * log10((double)largest(x, GS_CELL)), 3.0103, 0.07);
}

Test(truepeak, constant_and_impulse_read_as_they_are)
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

Test(truepeak, the_answer_comes_at_its_time_whatever_the_piece)
{
    static float x[N];
    float one[GS_CELL], many[GS_CELL];
    for (unsigned n = 0; n < N; n++) {
        x[n] = (float)sin(n * n * 0.01);
    }
    x[PAST + 3] = 40.0f;
    gs_truepeak_run(x + PAST, many, GS_CELL);
    cr_assert_geq(many[3 + GS_TRUEPEAK_DELAY], 40.0f);
    for (unsigned i = 0; i < GS_CELL; i++) {
        gs_truepeak_run(x + PAST + i, one, 1);
        cr_assert_eq(one[0], many[i]);
    }
}
