/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * True peak: the minimum requirement signals of EBU Tech 3341, tones whose peak lies between the samples,
 * and the promise that it never reads below the sample peak. */
#include "../support/ebu.h"
#include "../support/meter_rig.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

static struct meter_rig *mono(double rate_hz)
{
    return meter_rig_create(
        &(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = rate_hz, .domain = GS_DIGITAL });
}

static double true_peak_of(const float *x, size_t frames, double rate_hz)
{
    struct meter_rig *rig = mono(rate_hz);
    float *silence = calloc((size_t)rate_hz / 10, sizeof *silence);
    meter_rig_feed_all(rig, x, frames);
    meter_rig_feed_all(rig, silence, (size_t)rate_hz / 10);
    double found = meter_rig_value(rig, 0, "true_peak");
    cr_assert(found >= meter_rig_value(rig, 0, "peak"));
    meter_rig_destroy(rig);
    free(silence);
    return found;
}

/* Tech 3341 table 1, cases 15 to 23: tolerance +0.2, -0.4 dB. The signals are relative to the rate. */
Test(true_peak, ebu_tech_3341)
{
    static const double rates[] = { 44100, 48000, 96000, 192000 };
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        for (int number = 15; number <= 23; number++) {
            double expected = number < 19 ? -6.0 : number == 19 ? 3.0 : 0.0;
            struct ebu_signal s = ebu_3341(number, 0, rates[r]);
            double found = true_peak_of(s.ch[0], s.frames, rates[r]);
            cr_assert(found <= expected + 0.2 && found >= expected - 0.4, "case %d at %g Hz: %.3f dBTP",
                      number, rates[r], found);
            ebu_free(&s);
        }
    }
}

/* Tones that drift slowly through all phases against the samples, so that their peak passes the 4x grid:
 * within 0.1 dB up to 20 kHz at every rate. */
Test(true_peak, tones_to_20_khz)
{
    static const double rates[] = { 44100, 48000, 88200, 96000, 192000 };
    static const double hz[] = { 50.3, 997, 3001, 6007, 9973, 11999, 14009, 16001, 18013, 19001, 19997 };
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        for (size_t i = 0; i < sizeof hz / sizeof hz[0]; i++) {
            size_t frames = (size_t)rates[r];
            float *x = rig_sine(rates[r], hz[i], 1, 0, frames);
            double fade = 0.02 * rates[r];
            for (size_t k = 0; k < frames; k++) {
                x[k] *= (float)fmin(1, fmin((double)k, (double)(frames - 1 - k)) / fade);
            }
            double found = true_peak_of(x, frames, rates[r]);
            cr_assert(fabs(found) <= 0.1, "%g Hz at %g Hz: %.3f dBTP", hz[i], rates[r], found);
            free(x);
        }
    }
}

/* One full-scale sample: BS.1770's own table reads -0.245 dBTP here. Two neighbours: the peak between them is
 * 4/pi = +2.10 dB for an ideal low-pass; all of the band counts, so a real kernel may read a little less. */
Test(true_peak, single_samples)
{
    float x[200] = { 0 };
    x[100] = 1;
    double one = true_peak_of(x, 200, 48000);
    cr_assert(one >= 0 && one < 0.1, "one sample: %.3f dBTP", one);
    x[101] = 1;
    double two = true_peak_of(x, 200, 48000);
    cr_assert(fabs(two - 20 * log10(4 / M_PI)) < 0.25, "two samples: %.3f dBTP", two);
}

/* Noise, square, clipped tones: in no bin below the sample peak. */
Test(true_peak, never_below_the_sample_peak)
{
    int peak = gs_reading_find(NULL, "peak_now"), true_peak = gs_reading_find(NULL, "true_peak_now");
    float *x = rig_noise(0.3, 96000, 11);
    for (size_t i = 0; i < 96000; i++) {
        x[i] = i < 48000 ? fmaxf(-0.4f, fminf(0.4f, x[i])) : x[i];
    }
    struct meter_rig *rig = mono(48000);
    for (size_t i = 0; i < 96000; i += 480) {
        meter_rig_feed_all(rig, x + i, 480);
        cr_assert(gs_readout_value(meter_rig_readout(rig), 0, true_peak) >=
                  gs_readout_value(meter_rig_readout(rig), 0, peak));
    }
    meter_rig_destroy(rig);
    free(x);
}
