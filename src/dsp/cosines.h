/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cos(0), cos(a), cos(2a) ..., each from the two before it (Chebyshev's recurrence): what a sum along a wave
 * needs, for a multiplication a point. Errors grow with the number of points: some hundred of half a turn
 * stay within 1e-12. [any, rt] */
#ifndef DSP_COSINES_H
#define DSP_COSINES_H

#include <math.h>

struct gs_cosines {
    double turn, before, here;
};

/* `step` in radians. */
static inline struct gs_cosines gs_cosines_from_top(double step)
{
    double turn = cos(step);
    return (struct gs_cosines){ .turn = turn, .before = turn, .here = 1.0 };
}

/* The cosine at hand; moves on to the next. */
static inline double gs_cosines_next(struct gs_cosines *cosines)
{
    double here = cosines->here, next = 2.0 * cosines->turn * here - cosines->before;
    cosines->before = here;
    cosines->here = next;
    return here;
}

#endif
