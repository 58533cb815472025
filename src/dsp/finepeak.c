/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * True peaks for the limiter: see dsp/finepeak.h. */
#include "dsp/finepeak.h"

#include "gainstage/rt.h"

#include <math.h>
#include <string.h>

#define HALF (GS_FINEPEAK_TAPS / 2)
#define BETA 2.5
#define TINY 1e-30f

/* Modified Bessel function of the first kind and order 0, by its series. */
static double bessel(double x)
{
    double sum = 1.0, term = 1.0;
    for (int k = 1; k < 40; k++) {
        term *= x * x / (4.0 * k * k);
        sum += term;
    }
    return sum;
}

/* Taps for the value `at` of a frame behind frame 0, from the frames -31 .. 32; they sum to 1. Returns the sum
 * of their magnitudes. */
static double taps_for(double at, double tap[GS_FINEPEAK_TAPS])
{
    double sum = 0.0, magnitudes = 0.0;
    for (int k = 0; k < GS_FINEPEAK_TAPS; k++) {
        double d = at - (k - HALF + 1);
        tap[k] = sin(M_PI * d) / (M_PI * d) * bessel(BETA * sqrt(1.0 - d * d / (HALF * HALF)));
        sum += tap[k];
    }
    for (int k = 0; k < GS_FINEPEAK_TAPS; k++) {
        tap[k] /= sum;
        magnitudes += fabs(tap[k]);
    }
    return magnitudes;
}

void gs_finepeak_init(struct gs_finepeak *kernel)
{
    double quarter[GS_FINEPEAK_TAPS], half[GS_FINEPEAK_TAPS];
    double most = fmax(taps_for(0.25, quarter), taps_for(0.5, half));
    kernel->gain_max = (float)(1.25 * most); /* the parabola rises by a quarter of the top at most */
    for (int i = 0; i < HALF; i++) {
        int before = HALF - 1 - i, behind = HALF + i;
        kernel->half[i] = (float)((half[before] + half[behind]) / 2.0);
        kernel->even[i] = (float)((quarter[before] + quarter[behind]) / 2.0);
        kernel->odd[i] = (float)((quarter[before] - quarter[behind]) / 2.0);
    }
}

typedef float quad __attribute__((vector_size(16)));
typedef int quad_mask __attribute__((vector_size(16)));

#define SIGN ((int)0x80000000)

static inline quad load(const float *x)
{
    quad q;
    memcpy(&q, x, sizeof q);
    return q;
}

static inline void store(float *x, quad q)
{
    memcpy(x, &q, sizeof q);
}

static inline quad larger(quad a, quad b)
{
    quad_mask first = a > b;
    return (quad)(((quad_mask)a & first) | ((quad_mask)b & ~first));
}

/* Top of the parabola through three points, or the middle one where it is no top. */
static inline quad top(quad before, quad middle, quad behind)
{
    quad_mask sign = (quad_mask)middle & SIGN;
    quad m = (quad)((quad_mask)middle ^ sign), a = (quad)((quad_mask)before ^ sign);
    quad b = (quad)((quad_mask)behind ^ sign), slope = a - b;
    quad rise = slope * slope / (8.0f * (m + m - a - b) + TINY);
    return m + (quad)((quad_mask)rise & (m >= a) & (m >= b));
}

/* The three places behind each of four samples from x on. */
static inline void interpolate(const struct gs_finepeak *kernel, const float *x, float *q1, float *q2,
                               float *q3)
{
    quad half = { 0 }, even = { 0 }, odd = { 0 };
    for (int i = 0; i < HALF; i++) {
        quad before = load(x - i), behind = load(x + 1 + i), sum = before + behind;
        half += kernel->half[i] * sum;
        even += kernel->even[i] * sum;
        odd += kernel->odd[i] * (before - behind);
    }
    store(q1, even + odd);
    store(q2, half);
    store(q3, even - odd);
}

void gs_finepeak_run(const struct gs_finepeak *kernel, const float *x, float *peak, unsigned frames)
{
    /* One frame more in front, whose last quarter is the first sample's neighbour; up to four behind, unused. */
    float padded[GS_FINEPEAK_PAST + GS_CELL + 4], q1[GS_CELL + 4], q2[GS_CELL + 4], q3[GS_CELL + 4], four[4];
    memcpy(padded, x - GS_FINEPEAK_PAST, (GS_FINEPEAK_PAST + frames) * sizeof *x);
    memset(padded + GS_FINEPEAK_PAST + frames, 0, 4 * sizeof *x);
    const float *from = padded + GS_FINEPEAK_PAST - GS_FINEPEAK_DELAY - 1;
    for (unsigned i = 0; i < frames + 1; i += 4) {
        interpolate(kernel, from + i, q1 + i, q2 + i, q3 + i);
    }
    for (unsigned i = 0; i < frames; i += 4) {
        quad sample = load(from + 1 + i), next = load(from + 2 + i);
        quad a = load(q1 + 1 + i), b = load(q2 + 1 + i), c = load(q3 + 1 + i);
        quad most = larger(larger(top(load(q3 + i), sample, a), top(sample, a, b)),
                           larger(top(a, b, c), top(b, c, next)));
        store(four, most);
        memcpy(peak + i, four, (frames - i < 4 ? frames - i : 4) * sizeof *peak);
    }
}
