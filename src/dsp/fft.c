/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See fft.h: decimation in time (Cooley and Tukey 1965), recursive, fours first, then the smallest factor. */
#include "dsp/fft.h"

#include <math.h>

#define LARGEST_FACTOR 7

#ifndef CMPLX /* glibc 2.36 has it for gcc alone */
#define CMPLX(real, imaginary) __builtin_complex((double)(real), (double)(imaginary))
#endif

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
    size_t computed = n % 2 == 0 ? n / 2 : n; /* the other half of the circle lies opposite */
    for (size_t k = 0; k < computed; k++) {
        double angle = sign * 2.0 * M_PI * (double)k / (double)n;
        twiddle[k] = CMPLX(cos(angle), sin(angle));
    }
    for (size_t k = computed; k < n; k++) {
        twiddle[k] = -twiddle[k - computed];
    }
}

/* A transform inside the whole one of length `whole`: its inputs lie `stride` apart. */
struct part {
    const double complex *twiddle;
    size_t whole;
};

/* The language's own product looks for infinities and is several times as slow. */
static inline double complex times(double complex a, double complex b)
{
    return CMPLX(creal(a) * creal(b) - cimag(a) * cimag(b), creal(a) * cimag(b) + cimag(a) * creal(b));
}

/* Joins four transforms of length m that lie one behind the other in `out`. */
static void join_four(const struct part *part, double complex *out, size_t m, size_t stride)
{
    const double complex *twiddle = part->twiddle, turn = twiddle[part->whole / 4];
    for (size_t k = 0; k < m; k++) {
        double complex a = out[k], b = times(out[m + k], twiddle[k * stride]);
        double complex c = times(out[2 * m + k], twiddle[2 * k * stride]);
        double complex d = times(out[3 * m + k], twiddle[3 * k * stride]);
        double complex even = a + c, odd = b + d, across = a - c, turned = times(b - d, turn);
        out[k] = even + odd;
        out[m + k] = across + turned;
        out[2 * m + k] = even - odd;
        out[3 * m + k] = across - turned;
    }
}

/* The same for p of them. */
static void join(const struct part *part, double complex *out, size_t p, size_t m, size_t stride)
{
    double complex root[LARGEST_FACTOR], term[LARGEST_FACTOR];
    for (size_t r = 0; r < p; r++) {
        root[r] = part->twiddle[r * (part->whole / p)];
    }
    for (size_t k = 0; k < m; k++) {
        for (size_t r = 0; r < p; r++) {
            term[r] = times(out[r * m + k], part->twiddle[r * k * stride]);
        }
        for (size_t q = 0; q < p; q++) {
            double complex sum = term[0];
            for (size_t r = 1; r < p; r++) {
                sum += times(term[r], root[q * r % p]);
            }
            out[q * m + k] = sum;
        }
    }
}

static void transform(const struct part *part, const double complex *in, double complex *out, size_t n,
                      size_t stride)
{
    size_t p = n % 4 == 0 ? 4 : smallest_factor(n);
    if (!p) {
        out[0] = in[0];
        return;
    }
    size_t m = n / p;
    for (size_t r = 0; r < p; r++) {
        transform(part, in + r * stride, out + r * m, m, stride * p);
    }
    if (p == 4) {
        join_four(part, out, m, stride);
    } else {
        join(part, out, p, m, stride);
    }
}

void gs_fft(const double complex *in, double complex *out, const double complex *twiddle, size_t n)
{
    struct part part = { twiddle, n };
    transform(&part, in, out, n, 1);
}
