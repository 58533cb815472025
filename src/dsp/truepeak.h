/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Interpolation for true peaks: the signal at a quarter, a half and three quarters of the way between two
 * samples. Together with the samples themselves that is 4 times oversampling as in ITU-R BS.1770-5 annex 2,
 * but its table is too coarse to hold 0.1 dB (no phase passes the samples, 0.2 dB of ripple), so the kernel
 * is designed here: least squares over the audible band, the sample itself as the fourth phase. */
#ifndef DSP_TRUEPEAK_H
#define DSP_TRUEPEAK_H

#define GS_TRUEPEAK_TAPS_MAX 24

/* Between frame 0 and frame 1, from the frames -(taps / 2 - 1) .. taps / 2. The quarters are mirror images:
 * at 1/4 the value is the sum over i of even[i] * (x[-i] + x[1 + i]) + odd[i] * (x[-i] - x[1 + i]), at 3/4
 * the same with minus odd; at 1/2 it is half[i] * (x[-i] + x[1 + i]). i counts to taps / 2. */
struct gs_truepeak {
    unsigned taps; /* 24 below 64 kHz, 16 above */
    float half[GS_TRUEPEAK_TAPS_MAX / 2];
    float even[GS_TRUEPEAK_TAPS_MAX / 2];
    float odd[GS_TRUEPEAK_TAPS_MAX / 2];
    float gain_max; /* no interpolated value exceeds this times the largest of its frames */
};

/* Within 0.02 dB up to 20 kHz at 48 kHz (19 kHz at 44.1 kHz; 0.4 of the rate above 64 kHz). [control] */
void gs_truepeak_design(struct gs_truepeak *kernel, double rate_hz);

/* The largest magnitude at the three places between x[0] and x[1]; x must have taps / 2 - 1 frames before and
 * taps / 2 behind. [rt] */
float gs_truepeak_between(const struct gs_truepeak *kernel, const float *x);

#endif
