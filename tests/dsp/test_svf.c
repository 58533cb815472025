/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filter against R. Bristow-Johnson's Audio EQ Cookbook, evaluated here from its own formulas, and the
 * samples against the stated response. */
#include "dsp/svf.h"

#include <complex.h>
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

struct cookbook {
    double b[3], a[3];
};

static struct cookbook cookbook(enum gs_svf_shape shape, double cycles, double q, double gain_db)
{
    double a = pow(10, gain_db / 40), w = 2 * M_PI * cycles, c = cos(w), alpha = sin(w) / (2 * q);
    double r = 2 * sqrt(a) * alpha;
    switch (shape) {
    case GS_SVF_LOWPASS:
        return (struct cookbook){ { (1 - c) / 2, 1 - c, (1 - c) / 2 }, { 1 + alpha, -2 * c, 1 - alpha } };
    case GS_SVF_HIGHPASS:
        return (struct cookbook){ { (1 + c) / 2, -1 - c, (1 + c) / 2 }, { 1 + alpha, -2 * c, 1 - alpha } };
    case GS_SVF_BELL:
        return (struct cookbook){ { 1 + alpha * a, -2 * c, 1 - alpha * a },
                                  { 1 + alpha / a, -2 * c, 1 - alpha / a } };
    case GS_SVF_LOWSHELF:
        return (struct cookbook){
            { a * (a + 1 - (a - 1) * c + r), 2 * a * (a - 1 - (a + 1) * c), a * (a + 1 - (a - 1) * c - r) },
            { a + 1 + (a - 1) * c + r, -2 * (a - 1 + (a + 1) * c), a + 1 + (a - 1) * c - r }
        };
    case GS_SVF_HIGHSHELF:
        return (struct cookbook){
            { a * (a + 1 + (a - 1) * c + r), -2 * a * (a - 1 + (a + 1) * c), a * (a + 1 + (a - 1) * c - r) },
            { a + 1 - (a - 1) * c + r, 2 * (a - 1 - (a + 1) * c), a + 1 - (a - 1) * c - r }
        };
    default: { /* first order, bilinear: (1 + z) / (1 + z + (1 - z) / g) and its complement */
        double g = tan(M_PI * cycles);
        if (shape == GS_SVF_LOWPASS_1) {
            return (struct cookbook){ { g, g, 0 }, { 1 + g, g - 1, 0 } };
        }
        return (struct cookbook){ { 1, -1, 0 }, { 1 + g, g - 1, 0 } };
    }
    }
}

static double complex response(const struct cookbook *f, double cycles)
{
    double complex z = cexp(-2 * M_PI * I * cycles);
    return (f->b[0] + f->b[1] * z + f->b[2] * z * z) / (f->a[0] + f->a[1] * z + f->a[2] * z * z);
}

static const double tunings[][3] = { /* cycles, q, gain */
                                     { 1e-4, 0.7071, 6 },
                                     { 0.01, 0.5, -12 },
                                     { 0.1, 3, 18 },
                                     { 0.4, 1, -3 }
};
static const double probes[] = { 1e-5, 1e-3, 0.02, 0.1, 0.3, 0.45 };

Test(svf, equals_the_cookbook)
{
    for (int shape = GS_SVF_LOWPASS_1; shape <= GS_SVF_HIGHSHELF; shape++) {
        for (size_t t = 0; t < sizeof tunings / sizeof *tunings; t++) {
            const double *v = tunings[t];
            struct gs_svf_tuning tuning;
            gs_svf_tune(&tuning, shape, v[0], v[1], v[2]);
            struct cookbook f = cookbook(shape, v[0], v[1], v[2]);
            for (size_t p = 0; p < sizeof probes / sizeof *probes; p++) {
                double complex h = response(&f, probes[p]);
                double complex ours =
                    gs_svf_gain(&tuning, probes[p]) * cexp(I * gs_svf_phase(&tuning, probes[p]));
                cr_assert_lt(cabs(ours - h), 1e-6 * (1 + cabs(h)), "shape %d tuning %zu at %g: %g, not %g",
                             shape, t, probes[p], cabs(ours), cabs(h));
            }
        }
    }
}

/* An impulse through the samples, transformed, is the stated response; all four signals alike. */
Test(svf, samples_follow_the_response)
{
    enum {
        N = 1 << 15
    };
    static float x[GS_SVF_SIGNALS][N];
    for (int shape = GS_SVF_LOWPASS_1; shape <= GS_SVF_HIGHSHELF; shape++) {
        struct gs_svf_tuning tuning;
        struct gs_svf svf;
        float *signal[GS_SVF_SIGNALS] = { x[0], x[1], x[2], x[3] };
        gs_svf_tune(&tuning, shape, 0.01, 0.8, 6);
        for (unsigned signals = 1; signals <= GS_SVF_SIGNALS; signals++) {
            memset(&svf, 0, sizeof svf);
            memset(x, 0, sizeof x);
            for (unsigned s = 0; s < signals; s++) {
                x[s][0] = 1;
            }
            gs_svf_run(&svf, &tuning, signal, signals, N);
            for (size_t p = 1; p < sizeof probes / sizeof *probes; p++) {
                double complex h = 0;
                for (int i = 0; i < N; i++) {
                    h += x[signals - 1][i] * cexp(-2 * M_PI * I * probes[p] * i);
                }
                cr_assert_float_eq(cabs(h), gs_svf_gain(&tuning, probes[p]), 2e-6, "shape %d at %g", shape,
                                   probes[p]);
            }
        }
    }
}

Test(svf, flat_is_transparent_to_the_bit)
{
    for (int shape = GS_SVF_BELL; shape <= GS_SVF_HIGHSHELF; shape++) {
        struct gs_svf_tuning tuning;
        struct gs_svf svf = { { { 0 } }, { { 0 } } };
        float x[256], before[256], *signal[] = { x };
        gs_svf_tune(&tuning, shape, 0.1, 0.7, 0);
        for (int i = 0; i < 256; i++) {
            before[i] = x[i] = sinf((float)(i * i));
        }
        gs_svf_run(&svf, &tuning, signal, 1, 256);
        cr_assert_arr_eq(x, before, sizeof x);
    }
}
