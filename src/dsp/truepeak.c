/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Design and plain form of the true-peak interpolator: see truepeak.h. */
#include "dsp/truepeak.h"

#include <math.h>

#define TAPS_BELOW_64K 24
#define TAPS_ABOVE     16
#define EDGE_HZ        20000.0
#define EDGE_LOW       0.4353 /* of the rate: 19.2 kHz at 44.1 kHz */
#define EDGE_HIGH      0.4
#define TINY           1e-10 /* keeps the equations well conditioned where the band leaves taps undetermined */

#define TAPS_MAX GS_TRUEPEAK_TAPS_MAX

/* Integral of cos(w t) for w from 0 to the band edge. */
static double band_integral(double t, double edge)
{
    return fabs(t) < 1e-9 ? edge : sin(edge * t) / t;
}

/* Solves the symmetric positive definite equations by Cholesky's decomposition, in place. */
static void solve(unsigned n, double m[TAPS_MAX][TAPS_MAX], double x[TAPS_MAX])
{
    for (unsigned i = 0; i < n; i++) {
        for (unsigned j = 0; j <= i; j++) {
            double sum = m[i][j];
            for (unsigned k = 0; k < j; k++) {
                sum -= m[i][k] * m[j][k];
            }
            m[i][j] = i == j ? sqrt(sum) : sum / m[j][j];
        }
    }
    for (unsigned i = 0; i < n; i++) {
        for (unsigned k = 0; k < i; k++) {
            x[i] -= m[i][k] * x[k];
        }
        x[i] /= m[i][i];
    }
    for (unsigned i = n; i-- > 0;) {
        for (unsigned k = i + 1; k < n; k++) {
            x[i] -= m[k][i] * x[k];
        }
        x[i] /= m[i][i];
    }
}

/* Taps for frames -(taps/2 - 1) .. taps/2 that come closest, over 0..edge radian, to the value at `at`. */
static void fit(unsigned taps, double edge, double at, double h[TAPS_MAX])
{
    double m[TAPS_MAX][TAPS_MAX];
    double first = 1 - (double)taps / 2;
    for (unsigned i = 0; i < taps; i++) {
        for (unsigned j = 0; j < taps; j++) {
            m[i][j] = band_integral((double)i - (double)j, edge) + (i == j ? TINY * edge : 0);
        }
        h[i] = band_integral(first + i - at, edge);
    }
    solve(taps, m, h);
}

static double magnitude(const double h[TAPS_MAX], unsigned taps)
{
    double sum = 0;
    for (unsigned i = 0; i < taps; i++) {
        sum += fabs(h[i]);
    }
    return sum;
}

void gs_truepeak_design(struct gs_truepeak *kernel, double rate_hz)
{
    double quarter[TAPS_MAX], half[TAPS_MAX];
    unsigned taps = rate_hz < 64000 ? TAPS_BELOW_64K : TAPS_ABOVE;
    double edge = rate_hz < 64000 ? fmin(EDGE_HZ / rate_hz, EDGE_LOW) : EDGE_HIGH;
    fit(taps, 2 * M_PI * edge, 0.25, quarter);
    fit(taps, 2 * M_PI * edge, 0.5, half);
    kernel->taps = taps;
    kernel->gain_max = (float)fmax(magnitude(quarter, taps), magnitude(half, taps));
    for (unsigned i = 0; i < taps / 2; i++) {
        unsigned before = taps / 2 - 1 - i, behind = taps / 2 + i;
        kernel->half[i] = (float)((half[before] + half[behind]) / 2);
        kernel->even[i] = (float)((quarter[before] + quarter[behind]) / 2);
        kernel->odd[i] = (float)((quarter[before] - quarter[behind]) / 2);
    }
}

float gs_truepeak_between(const struct gs_truepeak *kernel, const float *x)
{
    float half = 0, even = 0, odd = 0;
    for (int i = 0; i < (int)kernel->taps / 2; i++) {
        float sum = x[-i] + x[1 + i];
        half += kernel->half[i] * sum;
        even += kernel->even[i] * sum;
        odd += kernel->odd[i] * (x[-i] - x[1 + i]);
    }
    return fmaxf(fabsf(half), fabsf(even) + fabsf(odd));
}
