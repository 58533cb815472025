/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes into a stage with a memory: a number that is none, or beyond any level, would stay in a filter
 * for ever. It is taken as silence. [rt] */
#ifndef DSP_SANE_H
#define DSP_SANE_H

#include <math.h>

#define GS_SANE_MAX 1e12f /* of any unit: no signal */

/* `out` may be `in`. */
static inline void gs_sane_copy(float *out, const float *in, unsigned frames)
{
    for (unsigned i = 0; i < frames; i++) {
        out[i] = fabsf(in[i]) < GS_SANE_MAX ? in[i] : 0.0f;
    }
}

#endif
