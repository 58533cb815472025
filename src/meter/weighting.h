/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Coefficients of the weighting networks at any sample rate 44.1..192 kHz, computed when a bank is made.
 * None is a plain bilinear transform: near half the sample rate that bends the response by whole decibels
 * (A-weighted white noise at 48 kHz would read 0.75 dB too low). [control] */
#ifndef METER_WEIGHTING_H
#define METER_WEIGHTING_H

#include "meter/section.h"

/* The measuring band of AES17: the same within 0.1 dB from 20 Hz to 20 kHz at every rate from 44.1 kHz on. Above
 * a rate of 50 kHz it is 62 dB down from 24 kHz on; below, 40 dB from where the bilinear transform leaves it
 * (20.6 kHz at 44.1, 21.3 kHz at 48). Its noise bandwidth is 20 kHz exactly, so white noise of density n reads
 * n * 20 kHz: for that its gain at 1 kHz makes up for the transition, by -0.01 dB (at 44.1, 88.2, 96 kHz) to
 * -0.04 dB (at 48, 176.4, 192 kHz). */
#define GS_BAND_SECTIONS   4
#define GS_BAND_HIGH_RATIO 0.46 /* of the rate: end of the band below 43.5 kHz */
struct gs_band {
    struct gs_high_pass low;
    struct gs_half_pole half;
    struct gs_biquad high[GS_BAND_SECTIONS]; /* b2 = 1 */
    unsigned sections;                       /* of `high`: 2 up to 50 kHz, 4 above */
    double power;                            /* what an energy behind it must be multiplied with */
    double bandwidth_hz;                     /* of noise: 20 kHz, or the share of a low rate */
};
void gs_band_design(struct gs_band *band, double rate_hz);

/* Power gain of the band at angular frequency `w` (radian per sample). */
double gs_band_power(const struct gs_band *band, double w);

/* A-weighting (IEC 61672-1) of what comes out of `band`. White noise reads what the curve passes of it up to
 * 20 kHz, a sine of 1 kHz its level within 0.03 dB. */
struct gs_a_weighting {
    struct gs_high_pass low[2];
    struct gs_biquad high;
    double power;
};
void gs_a_weighting_design(struct gs_a_weighting *a, const struct gs_band *band, double rate_hz);

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
double gs_half_pole_power(const struct gs_half_pole *section, double w);
double gs_biquad_power(const struct gs_biquad *section, double w);

#endif
