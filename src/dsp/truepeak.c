/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Design and plain form of the true-peak interpolator: see truepeak.h. */
#include "dsp/truepeak.h"

#include <math.h>
#include <stddef.h>

#define EDGE_HZ   20000.0
#define EDGE_LOW  (EDGE_HZ / 44100) /* of the rate, at most */
#define EDGE_HIGH 0.4               /* of the rate, above HIGH_HZ */
#define HIGH_HZ   64000.0
#define BEYOND    1.01  /* how much further than promised the fit reaches: its edge is its worst place */
#define TINY      1e-10 /* keeps the equations well conditioned where the band leaves taps undetermined */
#define GRID      1000
#define TERMS_MAX (GS_TRUEPEAK_TAPS_MAX / 2)

/* All kernels here are symmetric, or antisymmetric, about the half-way point: their response at angular frequency
 * `w` is a sum of real terms. */
typedef double response(const struct gs_truepeak *kernel, unsigned term, double w);

static double half_term(const struct gs_truepeak *kernel, unsigned term, double w)
{
    (void)kernel;
    return 2 * cos(w * (term + 0.5));
}

static double half_response(const struct gs_truepeak *kernel, double w)
{
    double sum = 0;
    for (unsigned i = 0; i < kernel->taps / 2; i++) {
        sum += (double)kernel->half[i] * half_term(kernel, i, w);
    }
    return sum;
}

static double even_term(const struct gs_truepeak *kernel, unsigned term, double w)
{
    return term == 0 ? half_response(kernel, w) : half_term(kernel, term - 1, w);
}

/* Without the factor i. */
static double odd_term(const struct gs_truepeak *kernel, unsigned term, double w)
{
    return term == 0 ? -2 * sin(w) * half_response(kernel, w) : -2 * sin(w * (term - 0.5));
}

/* Solves the symmetric positive definite equations by Cholesky's decomposition, in place. */
static void solve(unsigned n, double m[TERMS_MAX][TERMS_MAX], double x[TERMS_MAX])
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

/* The factors of `n` terms whose sum comes closest to `wanted`(w / 4) over 0..edge radian. */
static void fit(struct gs_truepeak *kernel, unsigned n, response *term, double (*wanted)(double), double edge,
                float factor[])
{
    double m[TERMS_MAX][TERMS_MAX] = { { 0 } }, x[TERMS_MAX] = { 0 }, value[TERMS_MAX];
    for (int point = 0; point < GRID; point++) {
        double w = edge * (point + 0.5) / GRID, want = wanted(w / 4);
        for (unsigned i = 0; i < n; i++) {
            value[i] = want * term(kernel, i, w); /* an error counts by what it does to a sine's amplitude */
            x[i] += value[i] * want * want / GRID;
            for (unsigned j = 0; j <= i; j++) {
                m[i][j] += value[i] * value[j] / GRID;
            }
        }
    }
    for (unsigned i = 0; i < n; i++) {
        m[i][i] += TINY;
    }
    solve(n, m, x);
    for (unsigned i = 0; i < n; i++) {
        factor[i] = (float)x[i];
    }
}

static double one(double w)
{
    (void)w;
    return 1;
}

static double minus_sine(double w)
{
    return -sin(w);
}

/* A constant must read as it is. */
static void pass_constants(const struct gs_truepeak *kernel, unsigned n, response *term, float factor[])
{
    double sum = 0;
    for (unsigned i = 0; i < n; i++) {
        sum += (double)factor[i] * term(kernel, i, 0);
    }
    for (unsigned i = 0; i < n; i++) {
        factor[i] = (float)((double)factor[i] / sum);
    }
}

/* The sum of the magnitudes of the half-way kernel's taps, or of a quarter's. */
static double largest_gain(const struct gs_truepeak *kernel)
{
    int pairs = (int)kernel->taps / 2;
    double half = 0, quarter = 0;
    for (int i = -pairs - 1; i <= pairs; i++) { /* tap of x[1 + i], mirrored x[-i] */
        const float *h = kernel->half, *e = kernel->even, *o = kernel->odd;
#define TAP(i) ((i) >= -pairs && (i) < pairs ? (double)h[(i) < 0 ? -1 - (i) : (i)] : 0.0)
        double even = e[0] * TAP(i) + (i == 0 || i == -1 ? e[1] : i == 1 || i == -2 ? e[2] : 0);
        double odd = o[0] * (TAP(i + 1) - TAP(i - 1)) + (i == -1 ? o[1] : i == 0 ? -o[1] : 0);
        half += fabs(TAP(i));
        quarter += fabs(even + odd);
    }
    return fmax(half, quarter);
}

/* The nearer half the sample rate comes to the band, the longer. */
static unsigned taps_for(double rate_hz)
{
    return rate_hz < 46000 ? 30 : rate_hz < HIGH_HZ ? 22 : 16;
}

void gs_truepeak_design(struct gs_truepeak *kernel, double rate_hz)
{
    double edge = 2 * M_PI * BEYOND * (rate_hz < HIGH_HZ ? fmin(EDGE_HZ / rate_hz, EDGE_LOW) : EDGE_HIGH);
    kernel->taps = taps_for(rate_hz);
    fit(kernel, kernel->taps / 2, half_term, one, edge, kernel->half);
    pass_constants(kernel, kernel->taps / 2, half_term, kernel->half);
    fit(kernel, GS_TRUEPEAK_EVEN, even_term, cos, edge, kernel->even);
    pass_constants(kernel, GS_TRUEPEAK_EVEN, even_term, kernel->even);
    fit(kernel, GS_TRUEPEAK_ODD, odd_term, minus_sine, edge, kernel->odd);
    kernel->gain_max = (float)largest_gain(kernel);
}

static float half_way(const struct gs_truepeak *kernel, const float *x)
{
    float sum = 0;
    for (int i = 0; i < (int)kernel->taps / 2; i++) {
        sum += kernel->half[i] * (x[-i] + x[1 + i]);
    }
    return sum;
}

float gs_truepeak_between(const struct gs_truepeak *kernel, const float *x)
{
    float half = half_way(kernel, x);
    float even = kernel->even[0] * half + kernel->even[1] * (x[0] + x[1]) + kernel->even[2] * (x[-1] + x[2]);
    float odd =
        kernel->odd[0] * (half_way(kernel, x - 1) - half_way(kernel, x + 1)) + kernel->odd[1] * (x[0] - x[1]);
    return fmaxf(fabsf(half), fabsf(even) + fabsf(odd));
}
