/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Meters with a needle: VU (IEC 60268-17, ANSI C16.5), programme peak meters (IEC 60268-10, EBU Tech 3205-E) and
 * the digital peak meter (IEC 60268-18), against the tables of tone bursts, rise, overshoot and return, at
 * 44.1, 48 and 96 kHz. */
#include "../support/meter_rig.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double rates[] = { 44100, 48000, 96000 };
#define RATES (sizeof rates / sizeof rates[0])

static struct meter_rig *mono(double rate_hz)
{
    return meter_rig_create(
        &(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = rate_hz, .domain = GS_DIGITAL });
}

static void feed_tone(struct meter_rig *rig, double rate_hz, double hz, double amplitude, double seconds)
{
    size_t frames = (size_t)lround(seconds * rate_hz);
    float *x = rig_sine(rate_hz, hz, amplitude, 0, frames);
    meter_rig_feed_all(rig, x, frames);
    free(x);
}

static void near(double found, double expected, double tolerance, const char *what, double detail,
                 double rate_hz)
{
    cr_assert(fabs(found - expected) <= tolerance, "%s, %g, at %g Hz: found %.3f, expected %.3f +- %.2f",
              what, detail, rate_hz, found, expected, tolerance);
}

static const struct burst {
    const char *key;
    double ms, carrier_hz, expected_db, tolerance_db;
} bursts[] = {
    /* Type I: IEC 60268-10; nominal values as reproduced in the literature. */
    { "ppm1", 10, 5000, -1, 0.5 },
    { "ppm1", 5, 5000, -2, 1 },
    { "ppm1", 3, 5000, -4, 1 },
    { "ppm1", 0.4, 5000, -15, 4 },
    /* Type II: EBU Tech 3205-E table 2. */
    { "ppm2", 100, 5000, 0, 0.5 },
    { "ppm2", 10, 5000, -2, 0.5 },
    { "ppm2", 5, 5000, -4, 0.75 },
    { "ppm2", 1.5, 5000, -9, 1 },
    { "ppm2", 0.5, 10000, -17, 2 },
};

/* An isolated burst reads so much below the same tone when steady. */
Test(needles, ppm_tone_bursts)
{
    for (size_t r = 0; r < RATES; r++) {
        for (size_t i = 0; i < sizeof bursts / sizeof bursts[0]; i++) {
            const struct burst *b = &bursts[i];
            char max[16];
            snprintf(max, sizeof max, "%s_max", b->key);
            struct meter_rig *rig = mono(rates[r]);
            feed_tone(rig, rates[r], b->carrier_hz, 0.5, 2);
            double steady = meter_rig_value(rig, 0, b->key);
            meter_rig_destroy(rig);
            rig = mono(rates[r]);
            feed_tone(rig, rates[r], b->carrier_hz, 0.5, b->ms / 1000);
            feed_tone(rig, rates[r], b->carrier_hz, 0, 0.5);
            near(meter_rig_value(rig, 0, max) - steady, b->expected_db, b->tolerance_db, b->key, b->ms,
                 rates[r]);
            meter_rig_destroy(rig);
        }
    }
}

/* Steady tones read their level: on the meter's own scale too, with +18 dBu at full scale. */
Test(needles, steady_tones_read_their_level)
{
    static const char *const keys[] = { "ppm1", "ppm2", "vu", "dpm" };
    for (size_t r = 0; r < RATES; r++) {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            for (double hz = 100; hz < 11000; hz *= 10) {
                struct meter_rig *rig = mono(rates[r]);
                feed_tone(rig, rates[r], hz + 3, 0.125, 3);
                near(meter_rig_value(rig, 0, keys[i]), 20 * log10(0.125), 0.3, keys[i], hz, rates[r]);
                meter_rig_destroy(rig);
            }
        }
        struct meter_rig *rig = mono(rates[r]);
        feed_tone(rig, rates[r], 1003, pow(10, -18 / 20.0), 3);
        near(meter_rig_value(rig, 0, "ppm_ebu"), 0, 0.1, "EBU TEST", 0, rates[r]);
        near(meter_rig_value(rig, 0, "ppm_bbc"), 4, 0.03, "BBC mark 4", 0, rates[r]);
        near(meter_rig_value(rig, 0, "ppm_din"), -6, 0.1, "DIN", 0, rates[r]);
        near(meter_rig_value(rig, 0, "vu_scale"), 0, 0.02, "VU", 0, rates[r]);
        feed_tone(rig, rates[r], 1003, pow(10, -6 / 20.0), 3);
        near(meter_rig_value(rig, 0, "ppm_bbc"), 7, 0.03, "BBC mark 7", 0, rates[r]);
        near(meter_rig_value(rig, 0, "ppm_ebu"), 12, 0.1, "EBU +12", 0, rates[r]);
        meter_rig_destroy(rig);
    }
}

/* Seconds until the reading has fallen by `db` after the tone has gone. */
static double return_time(double rate_hz, const char *key, double db)
{
    struct meter_rig *rig = mono(rate_hz);
    feed_tone(rig, rate_hz, 1000, 0.5, 2);
    double from = meter_rig_value(rig, 0, key), seconds = 0;
    while (meter_rig_value(rig, 0, key) > from - db && seconds < 10) {
        feed_tone(rig, rate_hz, 1000, 0, 0.01);
        seconds += 0.01;
    }
    meter_rig_destroy(rig);
    return seconds;
}

Test(needles, return )
{
    for (size_t r = 0; r < RATES; r++) {
        near(return_time(rates[r], "ppm1", 20), 1.7, 0.3, "type I", 20, rates[r]);
        near(return_time(rates[r], "ppm2", 24), 2.8, 0.3, "type II", 24, rates[r]);
        near(return_time(rates[r], "dpm", 20), 1.7, 0.3, "digital peak", 20, rates[r]);
    }
}

/* A 1 kHz tone switched on: 99 % after 300 ms +- 10 %, overshoot 1 to 1.5 %; switched off, 1 % is left after as
 * long (ANSI C16.5: the return takes about the same time). */
Test(needles, vu_rise_overshoot_and_return)
{
    for (size_t r = 0; r < RATES; r++) {
        struct meter_rig *rig = mono(rates[r]);
        double level[200], reached = 0, top = 0, returned = 0;
        for (int i = 0; i < 200; i++) {
            feed_tone(rig, rates[r], 1000, i < 150 ? 1 : 0, 0.01);
            level[i] = pow(10, meter_rig_value(rig, 0, "vu") / 20);
        }
        double steady = level[149];
        for (int i = 1; i < 150; i++) {
            double above = level[i] - 0.99 * steady, below = 0.99 * steady - level[i - 1];
            if (reached == 0 && above >= 0) {
                reached = 0.01 * (i + below / (above + below));
            }
            top = fmax(top, level[i]);
        }
        for (int i = 150; i < 200 && returned == 0; i++) {
            returned = level[i] < 0.01 * steady ? 0.01 * (i - 149) : 0;
        }
        near(20 * log10(steady), 0, 0.02, "steady", 0, rates[r]);
        near(reached, 0.3, 0.03, "99 % after seconds", 0, rates[r]);
        near(100 * (top / steady - 1), 1.25, 0.25, "overshoot in percent", 0, rates[r]);
        near(returned, 0.3, 0.035, "1 % left after seconds", 0, rates[r]);
        meter_rig_destroy(rig);
    }
}

/* Average-responding, calibrated with a sine: a square reads 20 lg(pi / 2) above its peak level, Gaussian noise
 * 1.05 dB below its RMS level. */
Test(needles, vu_responds_to_the_average)
{
    size_t frames = 48000 * 20;
    float *x = rig_sine(48000, 500, 1, 0.01, frames), *noise = rig_noise(0.1, frames, 4);
    for (size_t i = 0; i < frames; i++) {
        x[i] = x[i] > 0 ? 0.1f : -0.1f;
    }
    struct meter_rig *rig = mono(48000);
    meter_rig_feed_all(rig, x, 48000 * 2);
    near(meter_rig_value(rig, 0, "vu"), -20 + 20 * log10(M_PI / 2), 0.02, "square", 0, 48000);
    meter_rig_destroy(rig);
    rig = mono(48000);
    double sum = 0;
    for (size_t i = 0; i < frames; i += 480) {
        meter_rig_feed_all(rig, noise + i, 480);
        sum += i >= 48000 ? pow(10, meter_rig_value(rig, 0, "vu") / 20) : 0;
    }
    double mean = 20 * log10(sum / ((double)(frames - 48000) / 480));
    near(mean - meter_rig_value(rig, 0, "rms_total"), 20 * log10(sqrt(2 / M_PI) * M_PI / 2 / sqrt(2)), 0.05,
         "noise against RMS", 0, 48000);
    meter_rig_destroy(rig);
    free(x);
    free(noise);
}

/* IEC 60268-18: every sample peak shows. */
Test(needles, digital_peak_meter_shows_one_sample)
{
    float x[48000] = { 0 };
    x[20000] = -0.5f;
    struct meter_rig *rig = mono(48000);
    meter_rig_feed_all(rig, x, 20160);
    near(meter_rig_value(rig, 0, "dpm"), 20 * log10(0.5), 0.1, "now", 0, 48000);
    meter_rig_feed_all(rig, x, 9600);
    near(meter_rig_value(rig, 0, "dpm"), 20 * log10(0.5) - 20 / 1.7 * 0.2, 0.1, "after 200 ms", 0, 48000);
    near(meter_rig_value(rig, 0, "dpm_max"), 20 * log10(0.5), 0.0001, "max", 0, 48000);
    meter_rig_destroy(rig);
}
