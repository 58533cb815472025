/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals times parameters. A parameter at rest costs one multiplication a sample that the compiler can
 * vectorise; a moving one brings its value for every frame. [rt] */
#ifndef DSP_RAMP_H
#define DSP_RAMP_H

#include "gainstage/rt.h"

/* out = in * gain. `out` may be `in`. */
static inline void gs_ramp_multiply(float *out, const float *in, const struct gs_ramp *gain, unsigned frames)
{
    if (gain->ramp) {
        for (unsigned i = 0; i < frames; i++) {
            out[i] = in[i] * gain->ramp[i];
        }
        return;
    }
    float now = gain->now;
    for (unsigned i = 0; i < frames; i++) {
        out[i] = in[i] * now;
    }
}

/* The ramp `factor` times a parameter: a parameter at rest stays at rest. `values` has room for the
 * frames and must live as long as the result. */
static inline struct gs_ramp gs_ramp_scaled(const struct gs_ramp *ramp, float factor, float *values,
                                            unsigned frames)
{
    struct gs_ramp scaled = { .now = ramp->now * factor, .ramp = 0 };
    if (ramp->ramp) {
        for (unsigned i = 0; i < frames; i++) {
            values[i] = ramp->ramp[i] * factor;
        }
        scaled.ramp = values;
    }
    return scaled;
}

/* The least value over the frames. */
static inline float gs_ramp_lowest(const struct gs_ramp *ramp, unsigned frames)
{
    float low = ramp->now;
    for (unsigned i = 0; i < frames && ramp->ramp; i++) {
        low = ramp->ramp[i] < low ? ramp->ramp[i] : low;
    }
    return low;
}

#endif
