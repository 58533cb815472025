/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Word length: dither, rounding to a step, and the clamp of fixed point. One step of a word of n bits is
 * q = 2^(1-n) of full scale; the greatest number is 1 - q. */
#ifndef DSP_QUANTISE_H
#define DSP_QUANTISE_H

#include "dsp/noise.h"
#include "gainstage/param.h"

enum gs_dither {
    GS_DITHER_NONE,
    GS_DITHER_RPDF,
    GS_DITHER_TPDF
};

/* Words in the order of the enumeration, for parameter rows; ends with a NULL word. */
extern const struct gs_choice gs_dither_words[];
/* The word that stands for no word length at all in optional rows named bits; ends with a NULL word. */
extern const struct gs_choice gs_bits_float[];

struct gs_quantiser {
    struct gs_noise noise;
    double steps; /* 2^(bits-1); 0: float, nothing happens */
    enum gs_dither dither;
};

/* Bits of a row's value, NAN: 0, float. [any] */
static inline unsigned gs_bits_of(double value)
{
    return value > 0 ? (unsigned)value : 0;
}

/* `stream` tells this generator from the stage's others. [any] */
void gs_quantiser_init(struct gs_quantiser *quantiser, unsigned bits, enum gs_dither dither, uint64_t seed,
                       unsigned stream);
/* Another word length or dither from here on. [rt] */
void gs_quantiser_set(struct gs_quantiser *quantiser, unsigned bits, enum gs_dither dither);
/* Rounds in place and clamps to -1 .. 1 - q. Float passes as it is. [rt] */
void gs_quantiser_run(struct gs_quantiser *quantiser, float *x, unsigned frames);

/* Whether a signal of this RMS makes an error that is noise: dithered, or large enough to cross steps. [any] */
bool gs_quantiser_works(unsigned bits, enum gs_dither dither, double rms);

/* Step in full scale; 0 for float. [any] */
double gs_quantiser_step(unsigned bits);

/* Error density in full scale^2/Hz: q^2/12 undithered, q^2/6 RPDF, q^2/4 TPDF, spread over 0..rate/2. 0 for
 * float. [any] */
double gs_quantiser_density(unsigned bits, enum gs_dither dither, double rate_hz);

#endif
