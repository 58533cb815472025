/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Knee and rail against the formula in the header, and the limits against describing functions computed here. */
#include "dsp/knee.h"

#include <criterion/criterion.h>
#include <math.h>

/* Fundamental and THD of the curve for a sine of this peak: harmonics of an odd function from a quarter. */
static void describe(double peak, double knee, double *fundamental, double *thd)
{
    enum {
        N = 2000
    };
    double h1 = 0, power = 0;
    for (int i = 0; i < N; i++) {
        double c = cos(M_PI / 2 * (i + 0.5) / N), y = peak * c + gs_knee_residual(peak * c, 1.0, knee);
        h1 += 2 * y * c / N;
        power += y * y / N;
    }
    *fundamental = h1;
    *thd = sqrt(fmax(2 * power - h1 * h1, 0)) / h1;
}

static double input_at(double thd, double knee)
{
    double low = 0.01, high = 2;
    for (int i = 0; i < 50; i++) {
        double middle = sqrt(low * high), h1, found;
        describe(middle, knee, &h1, &found);
        *(found < thd ? &low : &high) = middle;
    }
    return low;
}

Test(knee, curve)
{
    for (double k = 0; k <= 1; k += 0.1) {
        double before = 0;
        for (double x = 0; x < 4; x += 0.001) {
            double y = x + gs_knee_residual(x, 1.0, k);
            double r = x <= k ? 0 : x < 2 - k ? -(x - k) * (x - k) / 4 / (1 - k) : 1 - x;
            cr_assert_float_eq(y, x + r, 1e-12);
            cr_assert_float_eq(y, -(-x + gs_knee_residual(-x, 1.0, k)), 0);
            cr_assert(y <= 1 + 1e-12 && y >= before - 1e-12, "never above the rail, never falling");
            before = y;
        }
        cr_assert_eq(gs_knee_residual(1e6, INFINITY, k), 0);
    }
}

Test(knee, samples_follow_the_curve)
{
    float x[GS_CELL], y[GS_CELL];
    for (float k = 0; k <= 1; k += 0.25f) {
        const struct gs_ramp rail = { .now = 12.3f };
        for (int i = 0; i < GS_CELL; i++) {
            x[i] = 2.0f * (float)(i - 16);
        }
        cr_assert(gs_knee_run(y, x, &rail, k, GS_CELL));
        for (int i = 0; i < GS_CELL; i++) {
            cr_assert_float_eq(y[i], gs_knee_residual(x[i], 12.3f, k), 1e-5);
        }
    }
    const struct gs_ramp high = { .now = 100 };
    cr_assert_not(gs_knee_run(y, x, &high, 0.5f, GS_CELL), "below the knee there is nothing");
}

/* The table between its steps too. A limit is never above the rail. */
Test(knee, limits)
{
    for (double k = 0; k <= 1.0001; k += 0.0125) {
        double in1 = input_at(0.01, k), in05 = input_at(0.005, k), out1, thd;
        double tolerance = k < 0.05 ? 0.1 : 0.02;
        describe(in1, k, &out1, &thd);
        cr_assert_float_eq(20 * log10(gs_knee_limit(GS_KNEE_IN_1, k) / fmin(in1, 1)), 0, tolerance, "k %g",
                           k);
        cr_assert_float_eq(20 * log10(gs_knee_limit(GS_KNEE_OUT_1, k) / fmin(out1, 1)), 0, tolerance, "k %g",
                           k);
        cr_assert_float_eq(20 * log10(gs_knee_limit(GS_KNEE_IN_HALF, k) / fmin(in05, 1)), 0, tolerance,
                           "k %g", k);
    }
    cr_assert_eq(gs_knee_limit(GS_KNEE_OUT_1, 1), 1, "the maximum of a hard edge is the edge");
}
