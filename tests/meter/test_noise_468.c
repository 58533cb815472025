/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ITU-R BS.468-4: weighting (table 1), single bursts (table 2) and repeated bursts (table 3) at 44.1, 48 and
 * 96 kHz. */
#include "../support/meter_rig.h"

#include <criterion/criterion.h>

#include <math.h>
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

/* Table 1; its tolerances are 0.2 dB (6.3 kHz: 0) to 2 dB at the ends, ours is narrower. */
static const struct {
    double hz, db;
} weighting[] = {
    { 31.5, -29.9 }, { 63, -23.9 },  { 100, -19.8 },  { 200, -13.8 },   { 400, -7.8 },
    { 800, -1.9 },   { 1000, 0 },    { 2000, 5.6 },   { 3150, 9.0 },    { 4000, 10.5 },
    { 5000, 11.7 },  { 6300, 12.2 }, { 7100, 12.0 },  { 8000, 11.4 },   { 9000, 10.1 },
    { 10000, 8.1 },  { 12500, 0 },   { 14000, -5.3 }, { 16000, -11.7 },
};

Test(noise_468, weighting)
{
    for (size_t r = 0; r < RATES; r++) {
        for (size_t i = 0; i < sizeof weighting / sizeof weighting[0]; i++) {
            struct meter_rig *rig = mono(rates[r]);
            feed_tone(rig, rates[r], weighting[i].hz, 0.1, 1);
            double found = meter_rig_value(rig, 0, "rms_468") + 20;
            cr_assert(fabs(found - weighting[i].db) <= 0.15, "%g Hz at %g Hz: %.3f dB, expected %.1f",
                      weighting[i].hz, rates[r], found, weighting[i].db);
            meter_rig_destroy(rig);
        }
        struct meter_rig *rig = mono(rates[r]);
        feed_tone(rig, rates[r], 20000, 0.1, 1);
        cr_assert(fabs(meter_rig_value(rig, 0, "rms_468") + 20 + 22.2) <= 0.5);
        meter_rig_destroy(rig);
    }
}

/* The quasi-peak meter shows the same weighting within the tolerances of table 1, however the samples of a tone lie:
 * 4 and 8 kHz are a twelfth and a sixth of 48 kHz, and of the latter no sample need come within 1.2 dB of a peak. */
Test(noise_468, quasi_peak_weighting)
{
    static const struct {
        double hz, db, tolerance;
    } rows[] = {
        { 1000, 0, 0.5 },    { 2000, 5.6, 0.5 },    { 4000, 10.5, 0.5 }, { 6300, 12.2, 0.15 },
        { 7100, 12.0, 0.2 }, { 8000, 11.4, 0.4 },   { 9000, 10.1, 0.6 }, { 10000, 8.1, 0.8 },
        { 12500, 0, 1.2 },   { 16000, -11.7, 1.6 },
    };
    for (size_t r = 0; r < RATES; r++) {
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            struct meter_rig *rig = meter_rig_create(
                &(struct meter_rig_setup){ .n_lanes = 4, .rate_hz = rates[r], .domain = GS_DIGITAL });
            size_t frames = (size_t)lround(2 * rates[r]);
            float *x[4];
            for (int phase = 0; phase < 4; phase++) {
                x[phase] = rig_sine(rates[r], rows[i].hz, 0.1, phase * M_PI / 12, frames);
            }
            meter_rig_feed(rig, (const float *const *)x, NULL, frames);
            for (unsigned phase = 0; phase < 4; phase++) {
                double found = meter_rig_value(rig, phase, "qp_468") + 20;
                cr_assert(fabs(found - rows[i].db) <= rows[i].tolerance,
                          "%g Hz, %u degrees, at %g Hz: %.3f dB, expected %.1f", rows[i].hz, phase * 15,
                          rates[r], found, rows[i].db);
                free(x[phase]);
            }
            meter_rig_destroy(rig);
        }
    }
}

static double reading(double rate_hz, double burst_ms, double bursts_a_second, double seconds)
{
    struct meter_rig *rig = mono(rate_hz);
    size_t frames = (size_t)(seconds * rate_hz);
    float *x = rig_sine(rate_hz, 5000, 0.1, 0, frames);
    for (size_t i = 0; i < frames; i++) {
        double t = (double)i / rate_hz;
        t = bursts_a_second > 0 ? fmod(t, 1 / bursts_a_second) : t;
        x[i] = t < burst_ms / 1000 - 1e-9 ? x[i] : 0;
    }
    meter_rig_feed_all(rig, x, frames);
    double found = pow(10, meter_rig_value(rig, 0, "qp_468_max") / 20);
    meter_rig_destroy(rig);
    free(x);
    return found;
}

/* Percent of the steady reading: lowest, highest. 5 kHz; no repetition: table 2, else 5 ms bursts, table 3. */
static const struct {
    double ms, per_second, low, high;
} bursts[] = {
    { 1, 0, 13.5, 21.4 }, { 2, 0, 22.4, 31.6 }, { 5, 0, 34, 46 },    { 10, 0, 41, 55 },
    { 20, 0, 44, 60 },    { 50, 0, 50, 68 },    { 100, 0, 58, 78 },  { 200, 0, 68, 92 },
    { 5, 2, 43, 53 },     { 5, 10, 72, 82 },    { 5, 100, 94, 100 },
};

Test(noise_468, quasi_peak_bursts)
{
    for (size_t r = 0; r < RATES; r++) {
        double steady = reading(rates[r], 10000, 0, 4);
        for (size_t i = 0; i < sizeof bursts / sizeof bursts[0]; i++) {
            double percent = 100 * reading(rates[r], bursts[i].ms, bursts[i].per_second, 4) / steady;
            cr_assert(percent >= bursts[i].low && percent <= bursts[i].high,
                      "%g ms, %g a second, at %g Hz: %.1f %%", bursts[i].ms, bursts[i].per_second, rates[r],
                      percent);
        }
    }
}

/* A steady 1 kHz tone reads its level; a rise of 20 dB at the input is one of 20 dB in the reading. */
Test(noise_468, one_kilohertz_reads_its_level)
{
    for (size_t r = 0; r < RATES; r++) {
        for (double amplitude = 1; amplitude > 1e-5; amplitude /= 10) {
            struct meter_rig *rig = mono(rates[r]);
            feed_tone(rig, rates[r], 1000, amplitude, 2.5);
            double found = meter_rig_value(rig, 0, "qp_468");
            cr_assert(fabs(found - 20 * log10(amplitude)) < 0.1, "%g at %g Hz reads %.3f", amplitude,
                      rates[r], found);
            meter_rig_destroy(rig);
        }
    }
}
