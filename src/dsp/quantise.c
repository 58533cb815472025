/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See quantise.h. */
#include "dsp/quantise.h"

#include "gainstage/rt.h"

#include <math.h>

const struct gs_choice gs_dither_words[] = {
    [GS_DITHER_NONE] = { "none", "rounding alone: the error is distortion where the signal is small" },
    [GS_DITHER_RPDF] = { "rpdf",
                         "one step of uniform noise: no distortion, noise that moves with the signal" },
    [GS_DITHER_TPDF] = { "tpdf", "two steps of triangular noise: no distortion, steady noise" },
    { NULL, NULL },
};

const struct gs_choice gs_bits_float[] = {
    { "float", "no quantising" },
    { NULL, NULL },
};

void gs_quantiser_set(struct gs_quantiser *quantiser, unsigned bits, enum gs_dither dither)
{
    enum gs_noise_shape shape = dither == GS_DITHER_RPDF ? GS_NOISE_UNIFORM : GS_NOISE_TRIANGLE;
    quantiser->steps = bits ? ldexp(1.0, (int)bits - 1) : 0.0;
    quantiser->dither = dither;
    if (quantiser->noise.shape != shape) {
        quantiser->noise.shape = shape;
        quantiser->noise.left = 0;
    }
}

void gs_quantiser_init(struct gs_quantiser *quantiser, unsigned bits, enum gs_dither dither, uint64_t seed,
                       unsigned stream)
{
    gs_noise_init(&quantiser->noise, GS_NOISE_TRIANGLE, seed, stream);
    gs_quantiser_set(quantiser, bits, dither);
}

/* Nearest whole number, halves to even, for |x| < 2^51: what is below one falls off the end of the sum. */
static inline double nearest(double x)
{
    const double big = 0x1.8p52;
    return x + big - big;
}

void gs_quantiser_run(struct gs_quantiser *quantiser, float *x, unsigned frames)
{
    float dither[GS_CELL] = { 0 };
    double steps = quantiser->steps;
    if (steps == 0.0) {
        return;
    }
    if (quantiser->dither != GS_DITHER_NONE) {
        gs_noise_fill(&quantiser->noise, dither, frames);
    }
    for (unsigned i = 0; i < frames; i++) {
        double y = (double)x[i] * steps;
        y = y < -steps ? -steps : y;
        y = y > steps ? steps : y;
        y = nearest(y + (double)dither[i]);
        y = y < -steps ? -steps : y;
        y = y > steps - 1.0 ? steps - 1.0 : y;
        x[i] = (float)(y / steps);
    }
}

bool gs_quantiser_works(unsigned bits, enum gs_dither dither, double rms)
{
    return bits != 0 && (dither != GS_DITHER_NONE || rms * ldexp(1.0, (int)bits - 1) > 0.5);
}

double gs_quantiser_step(unsigned bits)
{
    return bits == 0 ? 0.0 : ldexp(1.0, 1 - (int)bits);
}

double gs_quantiser_density(unsigned bits, enum gs_dither dither, double rate_hz)
{
    static const double parts[] = { [GS_DITHER_NONE] = 12.0, [GS_DITHER_RPDF] = 6.0, [GS_DITHER_TPDF] = 4.0 };
    if (bits == 0) {
        return 0.0;
    }
    double step = ldexp(1.0, 1 - (int)bits);
    return step * step / parts[dither] / (rate_hz / 2.0);
}
