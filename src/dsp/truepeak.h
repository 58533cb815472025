/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Interpolation for true peaks: the signal at a quarter, a half and three quarters of the way between two
 * samples. Together with the samples themselves that is 4 times oversampling as in ITU-R BS.1770-5 annex 2,
 * but its table is too coarse to hold 0.1 dB (no phase passes the samples, 0.2 dB of ripple), so the kernel
 * is designed here: least squares over the audible band, the sample itself as the fourth phase. In two steps: a
 * long kernel finds the points half-way between samples; at twice the rate the band ends far below half of it, so
 * that for the quarters a handful of neighbours suffices. */
#ifndef DSP_TRUEPEAK_H
#define DSP_TRUEPEAK_H

#define GS_TRUEPEAK_TAPS_MAX 30
#define GS_TRUEPEAK_EVEN     3
#define GS_TRUEPEAK_ODD      2

/* Between frame 0 and frame 1, with s(i) = x[-i] + x[1 + i]: the half-way point h(0) is the sum over i < taps / 2 of
 * half[i] * s(i). The quarters are mirror images, even + odd and even - odd, with
 *     even = even[0] * h(0) + even[1] * s(0) + even[2] * s(1)
 *     odd  = odd[0] * (h(-1) - h(1)) + odd[1] * (x[0] - x[1]).
 * As kernels on samples these are 2 taps longer than the half-way one. */
struct gs_truepeak {
    unsigned taps; /* 30 below 46 kHz, 22 below 64 kHz, 16 above */
    float half[GS_TRUEPEAK_TAPS_MAX / 2];
    float even[GS_TRUEPEAK_EVEN];
    float odd[GS_TRUEPEAK_ODD];
    float gain_max; /* no interpolated value exceeds this times the largest of its frames */
};

/* Within 0.03 dB up to 20 kHz at 48 kHz, 0.07 dB at 44.1 kHz (below that up to 0.45 of the rate); above 64 kHz 0.05 dB
 * up to 0.4 of the rate. [control] */
void gs_truepeak_design(struct gs_truepeak *kernel, double rate_hz);

/* The largest magnitude at the three places between x[0] and x[1]; x must have taps / 2 frames before and
 * taps / 2 + 1 behind. [rt] */
float gs_truepeak_between(const struct gs_truepeak *kernel, const float *x);

#endif
