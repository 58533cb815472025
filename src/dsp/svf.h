/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one filter of the house: a state-variable filter with trapezoidal integrators (A. Simper, "Linear
 * Trapezoidal Integrated State Variable Filter", Cytomic 2013; V. Zavalishin, "The Art of VA Filter Design").
 * Its responses are those of the bilinear transform, so the shapes equal R. Bristow-Johnson's Audio EQ
 * Cookbook, but it may be retuned at every sample without a click, and at 5 Hz and 384 kHz it is as exact as
 * anywhere. Four signals run side by side: both paths of two channels. */
#ifndef DSP_SVF_H
#define DSP_SVF_H

#define GS_SVF_SIGNALS 4

/* Two lanes are what every machine's vectors hold; wider ones are taken apart badly by compilers. */
typedef double gs_svf_pair __attribute__((vector_size(16)));

enum gs_svf_shape {
    GS_SVF_LOWPASS_1,  /* first order, no q */
    GS_SVF_HIGHPASS_1, /* first order, no q */
    GS_SVF_LOWPASS,
    GS_SVF_HIGHPASS,
    GS_SVF_BELL,     /* "peaking" */
    GS_SVF_LOWSHELF, /* half the decibels at the frequency */
    GS_SVF_HIGHSHELF
};

/* A tuned filter: what the samples meet. */
struct gs_svf_tuning {
    double g, k;       /* prewarped frequency, 1/Q */
    double a1, a2, a3; /* solved feedback */
    double m0, m1, m2; /* mix of input, band and low output */
};

/* What it remembers; zeroed means at rest. */
struct gs_svf {
    gs_svf_pair ic1[GS_SVF_SIGNALS / 2], ic2[GS_SVF_SIGNALS / 2];
};

/* `cycles` = frequency / sample rate, held inside 0..0.49; `q` > 0; `gain_db` for bell and shelves, where 0
 * makes the filter transparent to the bit. [any] */
void gs_svf_tune(struct gs_svf_tuning *tuning, enum gs_svf_shape shape, double cycles, double q,
                 double gain_db);

/* Filters `signals` (1..GS_SVF_SIGNALS) arrays in place. [rt] */
void gs_svf_run(struct gs_svf *svf, const struct gs_svf_tuning *tuning, float *const *signal,
                unsigned signals, unsigned frames);

/* |H| and the phase in radians at `cycles` = frequency / sample rate. [any] */
double gs_svf_gain(const struct gs_svf_tuning *tuning, double cycles);
double gs_svf_phase(const struct gs_svf_tuning *tuning, double cycles);

#endif
