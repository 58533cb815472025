/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What lies between the samples: four-fold interpolation for true peaks (ITU-R BS.1770-5, annex 2). The
 * filter is a sinc under a Kaiser window (beta 4), 97 taps long with its middle on a sample: one of its four
 * phases is the sample itself, so a true peak is never below the sample peak, and a constant reads as it is.
 * A sine reads within 0.07 dB of its peak up to 20 kHz at 48 kHz (and up to 18.4 kHz at 44.1 kHz); the annex's
 * own 48 taps read up to 0.7 dB wrong. */
#ifndef DSP_TRUEPEAK_H
#define DSP_TRUEPEAK_H

#include "gainstage/rt.h"

#define GS_TRUEPEAK_PHASES 4  /* a quarter of a frame apart; phase 0 is the sample */
#define GS_TRUEPEAK_TAPS   24 /* of each of the other phases */
#define GS_TRUEPEAK_DELAY  12 /* frames from a sample's coming to the answer for what follows it */
#define GS_TRUEPEAK_PAST   (GS_TRUEPEAK_TAPS - 1)

/* Largest factor by which a value between samples can be above the largest sample near it. */
#define GS_TRUEPEAK_RISE 2.44f

/* Row p - 1 is phase p: the value p quarters of a frame behind x[11], from x[0..23] in the order of time. */
extern const float gs_truepeak_taps[GS_TRUEPEAK_PHASES - 1][GS_TRUEPEAK_TAPS];

/* peak[i] = largest absolute value from sample x[i - GS_TRUEPEAK_DELAY] to just before the next one. Reads
 * x[-GS_TRUEPEAK_PAST .. frames - 1]; `frames` <= GS_CELL. The result for a frame does not depend on how
 * many are asked for at once. [rt] */
void gs_truepeak_run(const float *x, float *peak, unsigned frames);

#endif
