/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the two files of the preamp share: preamp.c knows its rows and its arithmetic, preamp_process.c what
 * happens to samples. */
#ifndef STAGE_PREAMP_H
#define STAGE_PREAMP_H

#include "gainstage/stage.h"

#include "dsp/rail.h"

enum {
    PREAMP_GAIN_DB,
    PREAMP_PAD_DB,
    PREAMP_POLARITY,
    PREAMP_HIGHPASS,
    PREAMP_HIGHPASS_HZ,
    PREAMP_HIGHPASS_SLOPE,
    PREAMP_EIN_DBU,
    PREAMP_EIN_WEIGHTING,
    PREAMP_OUTPUT_NOISE_DBU,
    PREAMP_OUTPUT_NOISE_WEIGHTING,
    PREAMP_KNEE,
    PREAMP_D2_PERCENT,
    PREAMP_D3_PERCENT,
    PREAMP_DISTORTION_DBU,
    PREAMP_MAX_INPUT_DBU,
    PREAMP_MAX_OUTPUT_DBU,
    PREAMP_INPUT_IMPEDANCE_OHM,
    PREAMP_GAIN_MIN_DB,
    PREAMP_GAIN_MAX_DB,
    PREAMP_GAIN_STEP_DB,
    PREAMP_QUALITY,
    PREAMP_PARAMS
};

/* Order of the high-pass: 6 dB per octave each. [any] */
static inline unsigned gs_preamp_order(double slope)
{
    return (unsigned)(slope / 6.0 + 0.5);
}

/* Density of the preamp's own input noise behind the pad, V^2/Hz, of a sheet's figure. [any, rt] */
double gs_preamp_input_noise(double ein_dbu, double weighting, double source_impedance_ohm);

size_t gs_preamp_size(const struct gs_stage_setup *setup);
void gs_preamp_init(void *memory, const struct gs_stage_setup *setup);
void gs_preamp_process(void *memory, const struct gs_stage_io *io);

/* True when the stage runs on the detour over 4x, and so is late. [any] */
bool gs_preamp_accurate(const double *param);

#endif
