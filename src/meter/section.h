/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filter sections that weighting networks are made of, and one step of each for a part of the lanes.
 * Float is enough because no coefficient is the small difference of two large ones: low corners use two
 * integrators, whose coefficients are the corner itself. */
#ifndef METER_SECTION_H
#define METER_SECTION_H

#include "meter/lanes.h"

/* Second-order high-pass with both zeros at 0 Hz: denominator 1 + a1/z + a2/z^2, alpha = 2 + a1,
 * beta = (1 + a1 + a2) / alpha. */
struct gs_high_pass {
    float alpha, beta;
};
/* First order: 1 + 1/z over 1 + a1/z. */
struct gs_half_pole {
    float a1;
};
/* 1 + b1/z + b2/z^2 over 1 + a1/z + a2/z^2. The gain of a network is applied once, to its energy. */
struct gs_biquad {
    float b1, b2, a1, a2;
};

static inline gs_part gs_high_pass_step(gs_part x, gs_part s[2], const struct gs_high_pass *c)
{
    gs_part y = x - s[1] - s[0];
    s[1] += c->beta * s[0];
    s[0] += c->alpha * y;
    return y;
}

static inline gs_part gs_half_pole_step(gs_part x, gs_part *s, const struct gs_half_pole *c)
{
    gs_part y = x + *s;
    *s = x - c->a1 * y;
    return y;
}

/* Direct form 2, transposed: the fewest registers, for long cascades. */
static inline gs_part gs_biquad_step(gs_part x, gs_part s[2], const struct gs_biquad *c)
{
    gs_part y = x + s[0], back = c->a2 * y; /* first, so that it is the one that is fused */
    s[0] = (c->b1 * x + s[1]) - c->a1 * y;
    s[1] = c->b2 * x - back;
    return y;
}

/* The same with zeros on the unit circle: b2 = 1. */
static inline gs_part gs_notch_step(gs_part x, gs_part s[2], const struct gs_biquad *c)
{
    gs_part y = x + s[0];
    s[0] = (c->b1 * x + s[1]) - c->a1 * y;
    s[1] = x - c->a2 * y;
    return y;
}

/* The same without zeros: b1 = b2 = 0. */
static inline gs_part gs_pole_pair_step(gs_part x, gs_part s[2], const struct gs_biquad *c)
{
    gs_part y = x + s[0];
    s[0] = s[1] - c->a1 * y;
    s[1] = -c->a2 * y;
    return y;
}

/* The same with one zero, at 0 Hz: b1 = -1, b2 = 0. */
static inline gs_part gs_slope_step(gs_part x, gs_part s[2], const struct gs_biquad *c)
{
    gs_part y = x + s[0];
    s[0] = (s[1] - x) - c->a1 * y;
    s[1] = -c->a2 * y;
    return y;
}

/* Direct form 1, for short cascades: the newest output enters the last of the additions, so that a turn of the
 * recursion takes one fused multiplication. `in` and `out` are what went in and came out a frame ago and two frames
 * ago, and what comes out of one section goes into the next. Whoever calls pushes what is past, behind all sections
 * of the frame. */
static inline void gs_past_push(gs_part past[2], gs_part now)
{
    past[1] = past[0];
    past[0] = now;
}

static inline gs_part gs_biquad_of_past(gs_part x, const gs_part in[2], const gs_part out[2],
                                        const struct gs_biquad *c)
{
    return x + c->b1 * in[0] + c->b2 * in[1] - c->a2 * out[1] - c->a1 * out[0];
}

#endif
