/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The transform against its definition, at lengths of every factor. */
#include "dsp/fft.h"

#include <criterion/criterion.h>

#include <math.h>

#define LONGEST 210

static double complex by_definition(const double complex *x, size_t n, size_t k, int sign)
{
    double complex sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i] * cexp(sign * I * 2 * M_PI * (double)(i * k % n) / (double)n);
    }
    return sum;
}

Test(fft, equals_the_definition)
{
    static const size_t lengths[] = { 1, 2, 3, 4, 5, 7, 12, 35, 49, 60, 128, 210 };
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        size_t n = lengths[l];
        double complex in[LONGEST], out[LONGEST], twiddle[LONGEST];
        for (size_t i = 0; i < n; i++) {
            in[i] = sin(1.7 * (double)i) + I * cos(0.3 * (double)(i * i));
        }
        for (int sign = -1; sign <= 1; sign += 2) {
            gs_fft_twiddle(twiddle, n, sign);
            gs_fft(in, out, twiddle, n);
            for (size_t k = 0; k < n; k++) {
                cr_assert_lt(cabs(out[k] - by_definition(in, n, k, sign)), 1e-10, "length %zu, bin %zu", n,
                             k);
            }
        }
    }
}

Test(fft, finds_the_next_length)
{
    cr_assert_eq(gs_fft_length(240000), 240000u); /* 5 s at 48 kHz */
    cr_assert_eq(gs_fft_length(220500), 220500u); /* at 44.1 kHz */
    cr_assert_eq(gs_fft_length(11), 10u);
    cr_assert_eq(gs_fft_length(1), 1u);
}
