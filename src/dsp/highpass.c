/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See highpass.h. */
#include "dsp/highpass.h"

#include "dsp/oversample.h"

#include <math.h>
#include <string.h>

/* Butterworth: poles on a circle. Second order Q = 1/sqrt 2; third order a first-order section and Q = 1. */
void gs_highpass_tune(struct gs_highpass_tuning *tuning, unsigned order, double cycles)
{
    tuning->sections = 0;
    if (order != 2) {
        gs_svf_tune(&tuning->section[tuning->sections++], GS_SVF_HIGHPASS_1, cycles, 1.0, 0.0);
    }
    if (order != 1) {
        gs_svf_tune(&tuning->section[tuning->sections++], GS_SVF_HIGHPASS, cycles,
                    order == 2 ? M_SQRT1_2 : 1.0, 0.0);
    }
}

double gs_highpass_gain(const struct gs_highpass_tuning *tuning, double cycles)
{
    double gain = 1.0;
    for (unsigned i = 0; i < tuning->sections; i++) {
        gain *= gs_svf_gain(&tuning->section[i], cycles);
    }
    return gain;
}

double gs_highpass_phase(const struct gs_highpass_tuning *tuning, double cycles)
{
    double phase = 0.0;
    for (unsigned i = 0; i < tuning->sections; i++) {
        phase += gs_svf_phase(&tuning->section[i], cycles);
    }
    return phase;
}

#define REST 1e-12 /* volt: 120 dB below the noise of any resistor */

static void retune(struct gs_highpass *h, float hz)
{
    if (hz != h->tuned_hz) {
        gs_highpass_tune(&h->tuning, h->order, (double)hz / h->rate_hz);
        h->tuned_hz = hz;
    }
}

static void filter(struct gs_highpass *h, float *const *signal, unsigned signals, unsigned frames)
{
    for (unsigned i = 0; i < h->tuning.sections; i++) {
        gs_svf_run(&h->section[i], &h->tuning.section[i], signal, signals, frames);
    }
}

static void sweep(struct gs_highpass *h, const struct gs_ramp *hz, float *const *signal, unsigned signals,
                  unsigned frames)
{
    for (unsigned i = 0; i < frames; i++) {
        float *one[GS_SVF_SIGNALS];
        for (unsigned s = 0; s < signals; s++) {
            one[s] = signal[s] + i;
        }
        retune(h, hz->ramp[i]);
        filter(h, one, signals, 1);
    }
}

void gs_highpass_run(struct gs_highpass *h, const struct gs_ramp *in, const struct gs_ramp *hz,
                     float *const *signal, unsigned signals, unsigned frames)
{
    float dry[GS_SVF_SIGNALS][GS_CELL];
    if (!in->ramp && in->now == 0.0f) {
        memset(h->section, 0, sizeof h->section);
        return;
    }
    for (unsigned s = 0; s < signals && in->ramp; s++) {
        memcpy(dry[s], signal[s], frames * sizeof(float));
    }
    if (hz->ramp) {
        sweep(h, hz, signal, signals, frames);
    } else {
        retune(h, hz->now);
        filter(h, signal, signals, frames);
    }
    for (unsigned s = 0; s < signals && in->ramp; s++) {
        for (unsigned i = 0; i < frames; i++) {
            /* arrived is arrived to the bit: a call in which the ramp ends gives what the next one gives */
            float wet = in->ramp[i];
            signal[s][i] = wet == 1.0f ? signal[s][i] : dry[s][i] + wet * (signal[s][i] - dry[s][i]);
        }
    }
}

void gs_highpass_run_phases(struct gs_highpass *h, const struct gs_ramp *in, const struct gs_ramp *hz,
                            bool tune, float (*phase)[GS_CELL], unsigned phases, unsigned frames)
{
    float line[GS_OVERSAMPLE_PHASES * GS_CELL], wide[GS_OVERSAMPLE_PHASES * GS_CELL];
    if (tune || h->tuned_hz == 0.0f) {
        retune(h, gs_ramp_at(hz, 0));
    }
    struct gs_ramp held = { .now = h->tuned_hz };
    for (unsigned i = 0; in->ramp && i < phases * frames; i++) {
        wide[i] = in->ramp[i / phases];
    }
    gs_phases_to_line(line, phase, phases, frames);
    for (unsigned at = 0; at < phases * frames; at += frames) {
        float *signal[] = { line + at };
        struct gs_ramp here = { .now = in->now, .ramp = in->ramp ? wide + at : NULL };
        gs_highpass_run(h, &here, &held, signal, 1, frames);
    }
    gs_line_to_phases(phase, line, phases, frames);
}

bool gs_highpass_rest(struct gs_highpass *h)
{
    for (unsigned i = 0; i < h->tuning.sections; i++) {
        if (fabs(h->section[i].ic1[0][0]) > REST || fabs(h->section[i].ic2[0][0]) > REST) {
            return false;
        }
    }
    memset(h->section, 0, sizeof h->section);
    return true;
}
