/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * True peaks for who must hold them, not only read them: four-fold interpolation by 64 taps of a sinc under a
 * Kaiser window (beta 2.5), one phase the sample, and a parabola through the top and its neighbours, because
 * at half the sample rate four points a frame may stand 0.7 dB below the top. Reads sines within 0.2 dB up to
 * 0.47 of the rate; a meter's kernel (dsp/truepeak.h) stops where hearing does, and what lies beyond would
 * pass the limiter. */
#ifndef DSP_FINEPEAK_H
#define DSP_FINEPEAK_H

#define GS_FINEPEAK_TAPS  64
#define GS_FINEPEAK_DELAY (GS_FINEPEAK_TAPS / 2) /* frames until what follows a sample is known */
#define GS_FINEPEAK_PAST  GS_FINEPEAK_TAPS       /* frames looked at before the ones asked for */

/* As the even, odd and half of struct gs_truepeak. */
struct gs_finepeak {
    float half[GS_FINEPEAK_TAPS / 2];
    float even[GS_FINEPEAK_TAPS / 2];
    float odd[GS_FINEPEAK_TAPS / 2];
    float gain_max; /* no peak exceeds this times the largest of the frames looked at */
};

void gs_finepeak_init(struct gs_finepeak *kernel); /* [control] */

/* peak[i] = largest magnitude from the sample x[i - GS_FINEPEAK_DELAY] to just before the next one. Reads
 * x[-GS_FINEPEAK_PAST .. frames - 1]; `frames` <= GS_CELL. A frame's result does not depend on how many are
 * asked for at once. [rt] */
void gs_finepeak_run(const struct gs_finepeak *kernel, const float *x, float *peak, unsigned frames);

#endif
