/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A plain mixed-radix Fourier transform in double precision for lengths whose prime factors are 2, 3, 5 and
 * 7. For computing tables and analysing, not for the audio thread: it is exact, not fast. [any] */
#ifndef DSP_FFT_H
#define DSP_FFT_H

#include <complex.h>
#include <stddef.h>

/* Largest length <= n that gs_fft() can take; n >= 1. */
size_t gs_fft_length(size_t n);

/* twiddle[k] = exp(sign * 2 pi i k / n); sign -1: forward, +1: inverse (not divided by n). */
void gs_fft_twiddle(double complex *twiddle, size_t n, int sign);

/* out = transform of in; in, out and twiddle hold n values each and do not overlap. */
void gs_fft(const double complex *in, double complex *out, const double complex *twiddle, size_t n);

#endif
