/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Noise of circuits and of dither: Marsaglia's xorshift128 (Journal of Statistical Software 8/14, 2003), eight
 * generators side by side in one vector. A sample of circuit noise is the sum of four 16-bit uniform numbers:
 * near enough to Gauss (crest 3.5), and white. One generator per stage, channel and purpose; the numbers
 * follow from the seed alone, however a block is cut into calls. */
#ifndef DSP_NOISE_H
#define DSP_NOISE_H

#include <stdint.h>

enum gs_noise_shape {
    GS_NOISE_CIRCUIT,  /* nearly Gaussian, RMS 1 */
    GS_NOISE_UNIFORM,  /* -0.5..0.5: RPDF dither in steps */
    GS_NOISE_TRIANGLE, /* -1..1: TPDF dither in steps */
};

struct gs_noise {
    uint32_t word[4][8];
    float ready[8]; /* made and not yet taken: the last `left` of them */
    unsigned left;
    enum gs_noise_shape shape;
};

/* `stream` tells apart the generators of one stage: channels and purposes. [any] */
void gs_noise_init(struct gs_noise *noise, enum gs_noise_shape shape, uint64_t seed, unsigned stream);
/* The next numbers. [rt] */
void gs_noise_fill(struct gs_noise *noise, float *out, unsigned frames);
/* x += rms * the next numbers. Nothing is drawn when `rms` is 0. [rt] */
void gs_noise_add(struct gs_noise *noise, float *x, float rms, unsigned frames);

#endif
