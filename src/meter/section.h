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

/* Transposed direct form II. */
static inline gs_part gs_biquad_step(gs_part x, gs_part s[2], const struct gs_biquad *c)
{
    gs_part y = x + s[0];
    s[0] = (c->b1 * x + s[1]) - c->a1 * y;
    s[1] = c->b2 * x - c->a2 * y;
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

#endif
