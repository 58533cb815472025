/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hard edge: what lies strictly above the ceiling is cut to it and marked. The plain form aliases, which
 * in a digital stage is the truth; analogue edges are bent by dsp/knee.h. [rt] */
#ifndef DSP_CLIP_H
#define DSP_CLIP_H

#include "gainstage/rt.h"

#include <math.h>

/* Bit i: |x[i]| > ceiling. An infinite or NAN ceiling marks nothing. */
static inline uint32_t gs_clip_mask(const float *x, const struct gs_ramp *ceiling, unsigned frames)
{
    float peak = 0.0f;
    for (unsigned i = 0; i < frames; i++) {
        peak = fabsf(x[i]) > peak ? fabsf(x[i]) : peak;
    }
    if (!ceiling->ramp && !(peak > ceiling->now)) {
        return 0;
    }
    uint32_t mask = 0;
    for (unsigned i = 0; i < frames; i++) {
        mask |= (uint32_t)(fabsf(x[i]) > gs_ramp_at(ceiling, i)) << i;
    }
    return mask;
}

/* Cuts x to +-ceiling in place and says where it had to. An infinite or NAN ceiling cuts nothing. */
static inline uint32_t gs_clip_hard(float *x, const struct gs_ramp *ceiling, unsigned frames)
{
    uint32_t mask = gs_clip_mask(x, ceiling, frames);
    for (uint32_t left = mask; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctz(left);
        x[i] = copysignf(gs_ramp_at(ceiling, i), x[i]);
    }
    return mask;
}

#endif
