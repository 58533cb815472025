/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See svf.h. */
#include "dsp/svf.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define CYCLES_MIN 1e-7
#define CYCLES_MAX 0.49
/* No signal; what remembers it (or NAN) would never come back from it and starts anew. */
#define BEYOND 1e30

static double inside(double cycles)
{
    return cycles < CYCLES_MIN ? CYCLES_MIN : cycles > CYCLES_MAX ? CYCLES_MAX : cycles;
}

static void mix(struct gs_svf_tuning *tuning, double m0, double m1, double m2)
{
    tuning->m0 = m0;
    tuning->m1 = m1;
    tuning->m2 = m2;
}

void gs_svf_tune(struct gs_svf_tuning *tuning, enum gs_svf_shape shape, double cycles, double q,
                 double gain_db)
{
    double a = pow(10.0, gain_db / 40.0);
    tuning->g = tan(M_PI * inside(cycles));
    tuning->k = 1.0 / q;
    switch (shape) {
    case GS_SVF_LOWPASS_1: /* 1/(s+1) = (s+1)/(s^2+2s+1) */
        tuning->k = 2.0;
        mix(tuning, 0.0, 1.0, 1.0);
        break;
    case GS_SVF_HIGHPASS_1:
        tuning->k = 2.0;
        mix(tuning, 1.0, -1.0, -1.0);
        break;
    case GS_SVF_LOWPASS:
        mix(tuning, 0.0, 0.0, 1.0);
        break;
    case GS_SVF_HIGHPASS:
        mix(tuning, 1.0, -tuning->k, -1.0);
        break;
    case GS_SVF_BELL:
        tuning->k = 1.0 / (q * a);
        mix(tuning, 1.0, tuning->k * (a * a - 1.0), 0.0);
        break;
    case GS_SVF_LOWSHELF:
        tuning->g /= sqrt(a);
        mix(tuning, 1.0, tuning->k * (a - 1.0), a * a - 1.0);
        break;
    case GS_SVF_HIGHSHELF:
        tuning->g *= sqrt(a);
        mix(tuning, a * a, tuning->k * (1.0 - a) * a, 1.0 - a * a);
        break;
    }
    tuning->a1 = 1.0 / (1.0 + tuning->g * (tuning->g + tuning->k));
    tuning->a2 = tuning->g * tuning->a1;
    tuning->a3 = tuning->g * tuning->a2;
}

/* `signals` is a constant in every caller, so that the loops over it unroll. */
static inline __attribute__((always_inline)) void run(struct gs_svf *svf, const struct gs_svf_tuning *t,
                                                      float *const *signal, const unsigned signals,
                                                      unsigned frames)
{
    const unsigned pairs = (signals + 1) / 2;
    const struct gs_svf_tuning c = *t;
    gs_svf_pair ic1[2], ic2[2];
    memcpy(ic1, svf->ic1, sizeof ic1);
    memcpy(ic2, svf->ic2, sizeof ic2);
    for (unsigned i = 0; i < frames; i++) {
#pragma GCC unroll 2
        for (unsigned p = 0; p < pairs; p++) {
            bool both = 2 * p + 1 < signals;
            gs_svf_pair v0 = { signal[2 * p][i], both ? signal[2 * p + 1][i] : 0.0 };
            gs_svf_pair v3 = v0 - ic2[p];
            gs_svf_pair v1 = c.a1 * ic1[p] + c.a2 * v3;
            gs_svf_pair v2 = ic2[p] + c.a2 * ic1[p] + c.a3 * v3;
            gs_svf_pair y = c.m0 * v0 + c.m1 * v1 + c.m2 * v2;
            ic1[p] = 2.0 * v1 - ic1[p];
            ic2[p] = 2.0 * v2 - ic2[p];
            signal[2 * p][i] = (float)y[0];
            if (both) {
                signal[2 * p + 1][i] = (float)y[1];
            }
        }
    }
    for (unsigned s = 0; s < signals; s++) {
        if (!(fabs(ic1[s / 2][s % 2]) < BEYOND && fabs(ic2[s / 2][s % 2]) < BEYOND)) {
            ic1[s / 2][s % 2] = ic2[s / 2][s % 2] = 0.0;
        }
    }
    memcpy(svf->ic1, ic1, sizeof ic1);
    memcpy(svf->ic2, ic2, sizeof ic2);
}

void gs_svf_run(struct gs_svf *svf, const struct gs_svf_tuning *tuning, float *const *signal,
                unsigned signals, unsigned frames)
{
    switch (signals) {
    case 1:
        run(svf, tuning, signal, 1, frames);
        break;
    case 2:
        run(svf, tuning, signal, 2, frames);
        break;
    case 3:
        run(svf, tuning, signal, 3, frames);
        break;
    case 4:
        run(svf, tuning, signal, 4, frames);
        break;
    }
}

/* H(s) = m0 + (m1 s + m2) / (s^2 + k s + 1) on s = i w, w in units of the filter's own frequency. */
static void at(const struct gs_svf_tuning *tuning, double cycles, double *real, double *imaginary)
{
    double w = tan(M_PI * inside(cycles)) / tuning->g;
    double below_real = 1.0 - w * w, below_imaginary = tuning->k * w;
    double norm = below_real * below_real + below_imaginary * below_imaginary;
    double above_imaginary = tuning->m1 * w;
    *real = tuning->m0 + (tuning->m2 * below_real + above_imaginary * below_imaginary) / norm;
    *imaginary = (above_imaginary * below_real - tuning->m2 * below_imaginary) / norm;
}

double gs_svf_gain(const struct gs_svf_tuning *tuning, double cycles)
{
    double real, imaginary;
    at(tuning, cycles, &real, &imaginary);
    return sqrt(real * real + imaginary * imaginary);
}

double gs_svf_phase(const struct gs_svf_tuning *tuning, double cycles)
{
    double real, imaginary;
    at(tuning, cycles, &real, &imaginary);
    return atan2(imaginary, real);
}
