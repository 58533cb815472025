/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a memoryless curve does to a steady sine or to noise-like programme: the describing function, from a
 * 512-point Fourier sum of the curve over one period, and Bussgang's theorem, from an integral over the
 * Gaussian. Both exact for their signal, both without audio. [any] */
#ifndef CHAIN_WORKING_POINT_H
#define CHAIN_WORKING_POINT_H

#include "gainstage/stage.h"

/* A stage as a curve: kind->curve where there is one, else linear between hard ceilings. */
struct gs_curve {
    const struct gs_stage_kind *kind;
    const struct gs_stage_setup *setup;
    const struct gs_levels *levels;
};

struct gs_working_point {
    double gain;       /* of the fundamental (sine) or of the correlated part (noise), out per in, signed */
    double slope;      /* RMS of the curve's slope along the signal: gain of small noise on top of it */
    double peak;       /* largest amplitude at the output, DC taken away */
    double distortion; /* RMS of everything else at the output, DC taken away */
    bool linear;       /* the curve is a straight line as far as the signal reaches */
};

double gs_curve_at(const struct gs_curve *curve, double x);

#define GS_WAVE_POINTS 257 /* half a period of a cosine, both ends included: 512 points in all */

/* A sine of `peak`, or, where an earlier stage has bent it, `wave` (peak is then its largest value); out_wave
 * gets what leaves, DC taken away. Distortion that came in is part of the result. */
struct gs_working_point gs_working_point_sine(const struct gs_curve *curve, double peak, const double *wave,
                                              double *out_wave);
/* `rms` and `peak` of noise-like programme. */
struct gs_working_point gs_working_point_noise(const struct gs_curve *curve, double rms, double peak);

#endif
