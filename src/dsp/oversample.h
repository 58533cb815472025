/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Four times the sample rate and back, for what bends a signal: half-bands of 63 and 21 taps (Kaiser window,
 * beta 8: flat to 0.42 of the sample rate, 80 dB beyond 0.58), linear phase, 18 frames up and 18 down.
 * A signal at 4x is held as four phases of the base rate - phase p of frame n is the sample 4n + p - so that
 * every filter is a plain FIR that vectorises over frames. [rt] */
#ifndef DSP_OVERSAMPLE_H
#define DSP_OVERSAMPLE_H

#include "gainstage/rt.h"

#include <stdbool.h>

#define GS_OVERSAMPLE_PHASES  4
#define GS_OVERSAMPLE_UP      18 /* frames that phase 0 lies behind its input */
#define GS_OVERSAMPLE_LATENCY 36 /* frames, up and down */
#define GS_OVERSAMPLE_PAST    40 /* frames of input that the filters look back over, at least 38 */

/* Side taps of the half-bands: every other tap beside the middle one of 1/2; they sum to 1/2. */
struct gs_halfbands {
    float outer[32]; /* base rate <-> 2x */
    float inner[10]; /* 2x <-> 4x */
    float crest;     /* |upsampled| <= crest * greatest |sample| */
};
void gs_halfbands_init(struct gs_halfbands *bands);

/* One signal on its way up: its past, then room for a cell. Zeroed means silence before. */
struct gs_upsampler {
    float x[GS_OVERSAMPLE_PAST + GS_CELL];
};
/* Takes the frames in and says the greatest |sample| that the frames' 4x signal is made from. */
float gs_upsampler_push(struct gs_upsampler *up, const float *in, unsigned frames);
/* The 4x signal of the frames pushed last. Call gs_upsampler_next() behind it, or instead of it. */
void gs_upsampler_run(const struct gs_upsampler *up, const struct gs_halfbands *bands,
                      float out[GS_OVERSAMPLE_PHASES][GS_CELL], unsigned frames);
void gs_upsampler_next(struct gs_upsampler *up, unsigned frames);

/* One signal on its way down. Zeroed means silence before. */
struct gs_downsampler {
    float fine[GS_OVERSAMPLE_PHASES][8 + GS_CELL]; /* phases at 4x */
    float even[32 + GS_CELL], odd[32 + GS_CELL];   /* phases at 2x */
    unsigned silent;                               /* frames since something came in */
};
/* Down to the base rate; `in` NULL is silence. False when all of `out` is silence, which costs nothing. */
bool gs_downsampler_run(struct gs_downsampler *down, const struct gs_halfbands *bands,
                        const float (*in)[GS_CELL], float *out, unsigned frames);

/* A signal in phases as one line in the order of time, and back. `line` has phases x frames samples. */
static inline void gs_phases_to_line(float *line, float (*phase)[GS_CELL], unsigned phases, unsigned frames)
{
    for (unsigned p = 0; p < phases; p++) {
        for (unsigned i = 0; i < frames; i++) {
            line[i * phases + p] = phase[p][i];
        }
    }
}
static inline void gs_line_to_phases(float (*phase)[GS_CELL], const float *line, unsigned phases,
                                     unsigned frames)
{
    for (unsigned p = 0; p < phases; p++) {
        for (unsigned i = 0; i < frames; i++) {
            phase[p][i] = line[i * phases + p];
        }
    }
}

#endif
