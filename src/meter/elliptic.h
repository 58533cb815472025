/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Elliptic low-pass of odd order: of all filters of its order the one that falls fastest from a passband that
 * ripples by so much to a stopband that is so far down. Computed from these three, no table of numbers. */
#ifndef METER_ELLIPTIC_H
#define METER_ELLIPTIC_H

#include <complex.h>

#define GS_ELLIPTIC_PAIRS 4

/* Edge of the passband at 1 rad/s, gain 1 at 0 and at each crest of the ripple. */
struct gs_elliptic {
    unsigned pairs;                         /* the order is 2 * pairs + 1 */
    double real_pole;                       /* below 0; its zero lies at infinity */
    double zero[GS_ELLIPTIC_PAIRS];         /* at +-i times this; lowest Q first */
    double complex pole[GS_ELLIPTIC_PAIRS]; /* this and its conjugate, beside the zero */
    double stop;                            /* rad/s, where the stopband begins */
};

/* Sets `to` for 1..GS_ELLIPTIC_PAIRS pairs, a ripple from 0 down to -ripple_db and -stop_db beyond. [any] */
void gs_elliptic_design(struct gs_elliptic *to, unsigned pairs, double ripple_db, double stop_db);

#endif
