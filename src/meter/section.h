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
struct gs_high_pass_state {
    float u[GS_LANES], w[GS_LANES];
} __attribute__((aligned(32)));

/* b0 + b1/z + b2/z^2 over 1 + a1/z + a2/z^2. */
struct gs_biquad {
    float b0, b1, b2, a1, a2;
};
struct gs_biquad_state {
    float s1[GS_LANES], s2[GS_LANES];
} __attribute__((aligned(32)));

static inline gs_part gs_high_pass_step(gs_part x, gs_part *u, gs_part *w, const struct gs_high_pass *c)
{
    gs_part y = x - *w - *u;
    *w += c->beta * *u;
    *u += c->alpha * y;
    return y;
}

/* Transposed direct form II. */
static inline gs_part gs_biquad_step(gs_part x, gs_part *s1, gs_part *s2, const struct gs_biquad *c)
{
    gs_part y = c->b0 * x + *s1;
    *s1 = (c->b1 * x + *s2) - c->a1 * y;
    *s2 = c->b2 * x - c->a2 * y;
    return y;
}

/* The same over a cell in place. */
static inline void gs_high_pass_cell(float x[GS_CELL][GS_LANES], int p, struct gs_high_pass_state *state,
                                     const struct gs_high_pass *c)
{
    gs_part u = gs_part_load(state->u, p), w = gs_part_load(state->w, p);
    for (int i = 0; i < GS_CELL; i++) {
        gs_part_store(x[i], p, gs_high_pass_step(gs_part_load(x[i], p), &u, &w, c));
    }
    gs_part_store(state->u, p, u);
    gs_part_store(state->w, p, w);
}
static inline void gs_biquad_cell(float x[GS_CELL][GS_LANES], int p, struct gs_biquad_state *state,
                                  const struct gs_biquad *c)
{
    gs_part s1 = gs_part_load(state->s1, p), s2 = gs_part_load(state->s2, p);
    for (int i = 0; i < GS_CELL; i++) {
        gs_part_store(x[i], p, gs_biquad_step(gs_part_load(x[i], p), &s1, &s2, c));
    }
    gs_part_store(state->s1, p, s1);
    gs_part_store(state->s2, p, s2);
}

#endif
