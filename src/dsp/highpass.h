/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A switchable Butterworth high-pass of first to third order, 6, 12 or 18 dB per octave: what consoles and
 * preamplifiers have. The switch and the frequency move without a click. */
#ifndef DSP_HIGHPASS_H
#define DSP_HIGHPASS_H

#include "dsp/svf.h"

#include "gainstage/rt.h"

#include <stdbool.h>

#define GS_HIGHPASS_SECTIONS 2

/* Tuned for one frequency; order 1..3. */
struct gs_highpass_tuning {
    struct gs_svf_tuning section[GS_HIGHPASS_SECTIONS];
    unsigned sections;
};
void gs_highpass_tune(struct gs_highpass_tuning *tuning, unsigned order, double cycles);
double gs_highpass_gain(const struct gs_highpass_tuning *tuning, double cycles);
double gs_highpass_phase(const struct gs_highpass_tuning *tuning, double cycles);

/* Up to GS_SVF_SIGNALS signals side by side. Zeroed means at rest and not tuned. */
struct gs_highpass {
    struct gs_svf section[GS_HIGHPASS_SECTIONS];
    struct gs_highpass_tuning tuning;
    float tuned_hz;
    unsigned order;
    double rate_hz;
};

/* In place. `in` 0..1: how much of the filter there is; at 0 the signal passes to the bit. [rt] */
void gs_highpass_run(struct gs_highpass *highpass, const struct gs_ramp *in, const struct gs_ramp *hz,
                     float *const *signal, unsigned signals, unsigned frames);

/* The same for one signal in phases (1 or GS_OVERSAMPLE_PHASES; rate_hz is theirs together), retuned only
 * where `tune` says so. [rt] */
void gs_highpass_run_phases(struct gs_highpass *highpass, const struct gs_ramp *in, const struct gs_ramp *hz,
                            bool tune, float (*phase)[GS_CELL], unsigned phases, unsigned frames);
/* True, and at rest, when what is still in the filter is below everything. [rt] */
bool gs_highpass_rest(struct gs_highpass *highpass);

#endif
