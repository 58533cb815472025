/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See fft.h: decimation in time (Cooley and Tukey 1965), recursive, smallest factor first. */
#include "dsp/fft.h"

#include <math.h>

#define LARGEST_FACTOR 7

static size_t smallest_factor(size_t n)
{
    for (size_t p = 2; p <= LARGEST_FACTOR; p++) {
        if (n % p == 0) {
            return p;
        }
    }
    return 0;
}

size_t gs_fft_length(size_t n)
{
    for (;; n--) {
        size_t rest = n, p;
        while ((p = smallest_factor(rest))) {
            rest /= p;
        }
        if (rest == 1) {
            return n;
        }
    }
}

void gs_fft_twiddle(double complex *twiddle, size_t n, int sign)
{
    for (size_t k = 0; k < n; k++) {
        double angle = sign * 2.0 * M_PI * (double)k / (double)n;
        twiddle[k] = cos(angle) + I * sin(angle);
    }
}

/* A transform inside the whole one of length `whole`: its inputs lie `stride` apart. */
struct part {
    const double complex *twiddle;
    size_t whole;
};

/* Joins p transforms of length m that lie one behind the other in `out`. */
static void join(const struct part *part, double complex *out, size_t p, size_t m, size_t stride)
{
    for (size_t k = 0; k < m; k++) {
        double complex term[LARGEST_FACTOR];
        for (size_t r = 0; r < p; r++) {
            term[r] = out[r * m + k] * part->twiddle[r * k * stride % part->whole];
        }
        for (size_t q = 0; q < p; q++) {
            double complex sum = term[0];
            for (size_t r = 1; r < p; r++) {
                sum += term[r] * part->twiddle[q * r * m * stride % part->whole];
            }
            out[q * m + k] = sum;
        }
    }
}

static void transform(const struct part *part, const double complex *in, double complex *out, size_t n,
                      size_t stride)
{
    size_t p = smallest_factor(n);
    if (!p) {
        out[0] = in[0];
        return;
    }
    size_t m = n / p;
    for (size_t r = 0; r < p; r++) {
        transform(part, in + r * stride, out + r * m, m, stride * p);
    }
    join(part, out, p, m, stride);
}

void gs_fft(const double complex *in, double complex *out, const double complex *twiddle, size_t n)
{
    struct part part = { twiddle, n };
    transform(&part, in, out, n, 1);
}
