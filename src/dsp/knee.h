/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Knee and rail: how an analogue stage runs into its supply. Up to the knee k (part of the rail) nothing
 * happens, to the bit; from there a parabola bends to the rail, which is never passed:
 *     y = x + r(x),  r = 0                                  |x| <= k
 *                      = -sgn x (|x| - k)^2 / (4 (1 - k))   k < |x| < 2 - k
 *                      = -sgn x (|x| - 1)                   |x| >= 2 - k          (rail = 1)
 * k = 1 is a hard edge, 0.95 a transistor stage, 0.7 a console, 0.5 tubes, 0 soft from the start. Only the
 * residual r is computed, so that it may take a detour over 4x while x goes straight. */
#ifndef DSP_KNEE_H
#define DSP_KNEE_H

#include "gainstage/rt.h"

#include <stdbool.h>

/* r(x) in the unit of x; rail > 0, INFINITY for none. [any] */
double gs_knee_residual(double x, double rail, double knee);

/* out = r(in), the rail one value a frame. False when all of it is 0. [rt] */
bool gs_knee_run(float *out, const float *in, const struct gs_ramp *rail, float knee, unsigned frames);

/* Where data sheets put the maximum of a stage. */
enum gs_knee_limit {
    GS_KNEE_IN_1,    /* level of the input at 1 % THD */
    GS_KNEE_OUT_1,   /* level of the output's fundamental at 1 % THD: AES17, SSL */
    GS_KNEE_IN_HALF, /* level of the input at 0.5 % THD: microphones */
};

/* That level over the rail, as a factor <= 1: a maximum is reached at the stated distortion or when a peak
 * touches the rail, whichever comes first - so the maximum of a hard edge is the edge. [any] */
double gs_knee_limit(enum gs_knee_limit limit, double knee);

#endif
