/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What lies between the samples: see dsp/truepeak.h. The three phases share their work: the middle one is
 * symmetric, the outer two are mirror images, so half of their sum and half of their difference are symmetric
 * and antisymmetric. */
#include "dsp/truepeak.h"

#include <math.h>
#include <string.h>

/* sin(pi d) / (pi d) * I0(4 sqrt(1 - (d / 12)^2)) / I0(4), d = p / 4 - j, j = -11..12, scaled to sum 1. */
const float gs_truepeak_taps[GS_TRUEPEAK_PHASES - 1][GS_TRUEPEAK_TAPS] = {
    { -0.00274170827f, 0.00469334065f, -0.00736152373f, 0.0109284705f,   -0.0156498193f, 0.0219207845f,
      -0.030420526f,   0.0424625422f,  -0.0609932063f,  0.094252342f,    -0.176998687f,  0.901096347f,
      0.298568043f,    -0.124158633f,  0.0747961131f,   -0.0506087947f,  0.0358731964f,  -0.0258314447f,
      0.0185583877f,   -0.0131245537f, 0.00901894017f,  -0.00592771026f, 0.0036374961f,  -0.00198939606f },
    { -0.00332356603f, 0.00586473797f, -0.00936571134f, 0.0140666871f,   -0.020297189f,  0.02855399f,
      -0.0396678211f,  0.055195682f,   -0.078487904f,   0.118316063f,    -0.20700694f,   0.636151971f,
      0.636151971f,    -0.20700694f,   0.118316063f,    -0.078487904f,   0.055195682f,   -0.0396678211f,
      0.02855399f,     -0.020297189f,  0.0140666871f,   -0.00936571134f, 0.00586473797f, -0.00332356603f },
    { -0.00198939606f, 0.0036374961f,  -0.00592771026f, 0.00901894017f,  -0.0131245537f, 0.0185583877f,
      -0.0258314447f,  0.0358731964f,  -0.0506087947f,  0.0747961131f,   -0.124158633f,  0.298568043f,
      0.901096347f,    -0.176998687f,  0.094252342f,    -0.0609932063f,  0.0424625422f,  -0.030420526f,
      0.0219207845f,   -0.0156498193f, 0.0109284705f,   -0.00736152373f, 0.00469334065f, -0.00274170827f },
};

typedef float quad __attribute__((vector_size(16)));
typedef int quad_mask __attribute__((vector_size(16)));

static inline quad load(const float *x)
{
    quad q;
    memcpy(&q, x, sizeof q);
    return q;
}

static inline quad magnitude(quad x)
{
    return (quad)((quad_mask)x & 0x7fffffff);
}

static inline quad larger(quad a, quad b)
{
    quad_mask first = a > b;
    return (quad)(((quad_mask)a & first) | ((quad_mask)b & ~first));
}

/* Four frames; x is the oldest sample that the first of them needs. */
static inline quad four_peaks(const float *x)
{
    const float *outer = gs_truepeak_taps[0], *middle = gs_truepeak_taps[1];
    quad centre = { 0 }, even = { 0 }, odd = { 0 };
#pragma GCC unroll 12 /* then the halves of sums are constants */
    for (int k = 0; k < GS_TRUEPEAK_TAPS / 2; k++) {
        int mirror = GS_TRUEPEAK_TAPS - 1 - k;
        quad a = load(x + k), b = load(x + mirror), sum = a + b, difference = a - b;
        centre += middle[k] * sum;
        even += 0.5f * (outer[k] + outer[mirror]) * sum;
        odd += 0.5f * (outer[k] - outer[mirror]) * difference;
    }
    quad between = larger(magnitude(even + odd), magnitude(even - odd));
    return larger(larger(magnitude(centre), between), magnitude(load(x + GS_TRUEPEAK_TAPS / 2 - 1)));
}

void gs_truepeak_run(const float *x, float *peak, unsigned frames)
{
    float padded[GS_TRUEPEAK_PAST + GS_CELL + 4], four[4];
    memcpy(padded, x - GS_TRUEPEAK_PAST, (GS_TRUEPEAK_PAST + frames) * sizeof *x);
    memset(padded + GS_TRUEPEAK_PAST + frames, 0, 4 * sizeof *x);
    for (unsigned i = 0; i < frames; i += 4) {
        quad peaks = four_peaks(padded + i);
        memcpy(four, &peaks, sizeof four);
        memcpy(peak + i, four, (frames - i < 4 ? frames - i : 4) * sizeof *peak);
    }
}
