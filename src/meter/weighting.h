/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Coefficients of the weighting networks at any sample rate 44.1..192 kHz, computed when a bank is made.
 * None is a plain bilinear transform: near half the sample rate that bends the response by whole decibels
 * (A-weighted white noise at 48 kHz would read 0.75 dB too low). [control] */
#ifndef METER_WEIGHTING_H
#define METER_WEIGHTING_H

#include "meter/section.h"

/* The measuring band of AES17: 20 Hz..20 kHz. Flat within 0.1 dB from 20 Hz to 19.4 kHz (to 20 kHz at 44.1
 * and 48 kHz); its noise bandwidth is 20 kHz exactly, so white noise of density n reads n * 20 kHz. Gain 1 in
 * the middle. */
#define GS_BAND_SECTIONS   4
#define GS_BAND_HIGH_RATIO 0.46 /* of the rate: end of the band below 43.5 kHz */
struct gs_band {
    struct gs_high_pass low;
    struct gs_biquad high[GS_BAND_SECTIONS]; /* b2 = 1 */
    double power;                            /* what an energy behind it must be multiplied with */
};
void gs_band_design(struct gs_band *band, double rate_hz);

/* A-weighting (IEC 61672-1), for a signal that is already band limited. 0 dB at 1 kHz. */
struct gs_a_weighting {
    struct gs_high_pass low[2];
    struct gs_biquad high;
    double power;
};
void gs_a_weighting_design(struct gs_a_weighting *a, double rate_hz);

/* K-weighting (ITU-R BS.1770-5 tables 1 and 2): the coefficients of the standard at 48 kHz, the same response
 * at other rates. */
struct gs_k_weighting {
    struct gs_biquad head;
    struct gs_high_pass low;
    double power;
};
void gs_k_weighting_design(struct gs_k_weighting *k, double rate_hz);

/* Weighting network of ITU-R BS.468-4, 0 dB at 1 kHz. The middle section has poles only. */
#define GS_468_SECTIONS 3
struct gs_468_weighting {
    struct gs_biquad section[GS_468_SECTIONS];
    double power;
};
void gs_468_weighting_design(struct gs_468_weighting *weighting, double rate_hz);

/* Power gain of the sections at angular frequency `w` (radian per sample). */
double gs_high_pass_power(const struct gs_high_pass *section, double w);
double gs_biquad_power(const struct gs_biquad *section, double w);

#endif
