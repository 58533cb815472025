/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The noise meter against the definitions: an impulse gives the noise bandwidth exactly (the energy of an
 * impulse response is the integral of the power response), tones give the response, white noise of a known
 * density is read in the end. */
#include "../support/meter_rig.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

static const double rates[] = { 44100, 48000, 88200, 96000, 176400, 192000 };
#define RATES (sizeof rates / sizeof rates[0])

static void near(double found, double expected, double tolerance, const char *what, double rate_hz)
{
    cr_assert(fabs(found - expected) <= tolerance, "%s at %g Hz: found %.4f, expected %.4f", what, rate_hz,
              found, expected);
}

static struct meter_rig *mono(double rate_hz)
{
    return meter_rig_create(
        &(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = rate_hz, .domain = GS_DIGITAL });
}

/* IEC 61672-1, 5.4.6: A-weighting as a power ratio, 1 at 1 kHz. */
static double a_weighting(double hz)
{
    const double f1 = 20.598997, f2 = 107.65265, f3 = 737.86223, f4 = 12194.217;
    double f = hz * hz;
    double r = f4 * f4 * f * f / ((f + f1 * f1) * sqrt(f + f2 * f2) * sqrt(f + f3 * f3) * (f + f4 * f4)) *
               pow(10, 2.000 / 20);
    return r * r;
}

static double a_bandwidth(void)
{
    double sum = 0;
    for (int hz = 20; hz < 20000; hz++) {
        sum += a_weighting(hz + 0.5);
    }
    return sum;
}

Test(noise, bandwidths)
{
    for (size_t r = 0; r < RATES; r++) {
        size_t second = (size_t)rates[r];
        float *x = calloc(second, sizeof *x);
        struct meter_rig *rig = mono(rates[r]);
        x[0] = 1;
        meter_rig_feed_all(rig, x, second);
        /* rms^2 * 2 = 2 * sum(h^2) / frames; bandwidth = sum(h^2) * rate / 2, frames = rate in whole bins. */
        double frames = (double)gs_readout_frames(meter_rig_readout(rig));
        double flat = pow(10, meter_rig_value(rig, 0, "noise_total") / 10) / 2 * frames * rates[r] / 2;
        double a = pow(10, meter_rig_value(rig, 0, "noise_a_total") / 10) / 2 * frames * rates[r] / 2;
        near(10 * log10(flat), 10 * log10(20000), 0.005, "band", rates[r]);
        near(10 * log10(a), 10 * log10(a_bandwidth()), 0.005, "A", rates[r]);
        meter_rig_destroy(rig);
        free(x);
    }
}

static void tone(double rate_hz, double hz, double *flat, double *weighted)
{
    size_t frames = (size_t)(1.6 * rate_hz);
    float *x = rig_sine(rate_hz, hz, 0.5, 0, frames);
    struct meter_rig *rig = mono(rate_hz);
    meter_rig_feed_all(rig, x, frames);
    *flat = meter_rig_value(rig, 0, "noise") - 20 * log10(0.5);
    *weighted = meter_rig_value(rig, 0, "noise_a") - 20 * log10(0.5);
    meter_rig_destroy(rig);
    free(x);
}

/* AES17: within 0.1 dB of 1 kHz up to 20 kHz. */
Test(noise, passband)
{
    static const double hz[] = { 20,   25,   32.5, 62.5,  125,   250,   500,   997.5,
                                 2000, 4000, 8000, 12500, 16000, 19000, 19900, 20000 };
    for (size_t r = 0; r < RATES; r++) {
        double at_1000, a_at_1000;
        tone(rates[r], 1000, &at_1000, &a_at_1000);
        near(at_1000, 0, 0.05, "1 kHz", rates[r]);
        for (size_t i = 0; i < sizeof hz / sizeof hz[0]; i++) {
            double flat, weighted;
            tone(rates[r], hz[i], &flat, &weighted);
            near(flat, at_1000, 0.1, "band", rates[r]);
            double tolerance = hz[i] < 50 ? 0.1 : hz[i] < 9000 ? 0.05 : hz[i] < 17000 ? 0.13 : 0.6;
            near(weighted, 10 * log10(a_weighting(hz[i])), tolerance, "A", rates[r]);
        }
    }
}

/* AES17: 60 dB down above 24 kHz; a rate without such frequencies keeps 40 dB for what lies beyond its
 * transition. */
Test(noise, stopband)
{
    static const double share[] = { 0.0, 0.02, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99 };
    for (size_t r = 0; r < RATES; r++) {
        double low = rates[r] < 50000 ? rates[r] / 2 * 0.94 : 24000, high = rates[r] / 2;
        double wanted = rates[r] < 50000 ? 40 : 60;
        for (size_t i = 0; i < sizeof share / sizeof share[0]; i++) {
            double flat, weighted, hz = low + share[i] * (high - low);
            tone(rates[r], hz, &flat, &weighted);
            cr_assert(flat < -wanted, "%g dB at %g Hz, rate %g Hz", flat, hz, rates[r]);
        }
    }
}

/* White noise of -100 dBu in 20 Hz..20 kHz, i.e. of variance density * rate / 2 (unit.h): alone on the wire, and as
 * the error beside a full-scale tone. One sigma over 10 s is 0.01 dB (A: 0.015). */
Test(noise, white_noise_reads_its_density)
{
    for (size_t r = 0; r < RATES; r += 3) {
        double density = gs_db_to_density(GS_ANALOG, -100, 20000);
        size_t frames = (size_t)(10 * rates[r]);
        float *noise = rig_noise(sqrt(density * rates[r] / 2), frames, 3);
        float *tone_only = rig_sine(rates[r], 997, 1, 0, frames), *both = malloc(frames * sizeof *both);
        for (size_t i = 0; i < frames; i++) {
            both[i] = tone_only[i] + noise[i];
        }
        struct meter_rig *rig = meter_rig_create(
            &(struct meter_rig_setup){ .n_lanes = 2, .rate_hz = rates[r], .domain = GS_ANALOG });
        meter_rig_feed(rig, (const float *const[]){ noise, both }, (const float *const[]){ NULL, tone_only },
                       frames);
        double a = -100 + 10 * log10(a_bandwidth() / 20000);
        near(meter_rig_value(rig, 0, "noise_total"), -100, 0.04, "wire", rates[r]);
        near(meter_rig_value(rig, 0, "noise_a_total"), a, 0.05, "wire A", rates[r]);
        near(meter_rig_value(rig, 1, "error_noise_total"), -100, 0.04, "error", rates[r]);
        near(meter_rig_value(rig, 1, "error_noise_a_total"), a, 0.05, "error A", rates[r]);
        meter_rig_destroy(rig);
        free(noise);
        free(tone_only);
        free(both);
    }
}

/* A direct current is not noise; full scale of it leaves less than -130 dBFS. */
Test(noise, direct_current_is_not_heard)
{
    size_t frames = 96000;
    float *x = malloc(frames * sizeof *x);
    for (size_t i = 0; i < frames; i++) {
        x[i] = 1;
    }
    struct meter_rig *rig = mono(48000);
    meter_rig_feed_all(rig, x, frames);
    meter_rig_feed_all(rig, x, frames);
    cr_assert(meter_rig_value(rig, 0, "noise") < -130, "%g dBFS", meter_rig_value(rig, 0, "noise"));
    meter_rig_destroy(rig);
    free(x);
}
