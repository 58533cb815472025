/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sample peak, RMS, error and overs: expected values from the definition of the units (unit.h) and of
 * AES17, which makes a sine's RMS level equal its peak level. */
#include "../support/meter_rig.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

#define RATE   48000
#define SECOND 48000

static void near(double found, double expected, double tolerance, const char *what)
{
    cr_assert(fabs(found - expected) <= tolerance, "%s: found %.5f, expected %.5f", what, found, expected);
}

/* A sine whose peak is the domain's reference: 0 dBFS, 0 dBu (0.7746 V RMS), 0 dB SPL (20 uPa RMS). */
Test(level, sine_at_the_reference_reads_zero_in_every_unit)
{
    const double amplitude[GS_DOMAIN_COUNT] = {
        [GS_ACOUSTIC] = 20e-6 * sqrt(2), [GS_ANALOG] = sqrt(0.6) * sqrt(2), [GS_DIGITAL] = 1
    };
    for (enum gs_domain domain = 0; domain < GS_DOMAIN_COUNT; domain++) {
        /* 1 kHz = 48 frames: the peak is a sample, 400 ms are whole periods. */
        float *sine = rig_sine(RATE, 1000, amplitude[domain], 0, SECOND);
        struct meter_rig *rig =
            meter_rig_create(&(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = RATE, .domain = domain });
        meter_rig_feed_all(rig, sine, SECOND);
        static const char *const keys[] = { "peak", "peak_now",  "ideal_peak",
                                            "rms",  "rms_total", "ideal_rms_total" };
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            near(meter_rig_value(rig, 0, keys[i]), 0, 0.001, keys[i]);
        }
        meter_rig_destroy(rig);
        free(sine);
    }
}

Test(level, square_reads_three_decibels_more_than_sine)
{
    float *x = rig_sine(RATE, 1000, 1, 0.001, SECOND);
    for (size_t i = 0; i < SECOND; i++) {
        x[i] = x[i] > 0 ? 1 : -1;
    }
    struct meter_rig *rig =
        meter_rig_create(&(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = RATE, .domain = GS_DIGITAL });
    meter_rig_feed_all(rig, x, SECOND);
    near(meter_rig_value(rig, 0, "rms"), 10 * log10(2), 0.001, "rms");
    near(meter_rig_value(rig, 0, "peak"), 0, 0.0001, "peak");
    meter_rig_destroy(rig);
    free(x);
}

Test(level, silence_reads_minus_infinity)
{
    struct meter_rig *rig =
        meter_rig_create(&(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = RATE, .domain = GS_DIGITAL });
    float *x = rig_sine(RATE, 1000, 0, 0, SECOND);
    static const char *const keys[] = { "peak", "peak_now", "rms", "rms_total", "error", "sinad" };
    for (int fed = 0; fed < 2; fed++) {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            cr_assert(meter_rig_value(rig, 0, keys[i]) == -INFINITY, "%s", keys[i]);
        }
        meter_rig_feed_all(rig, x, SECOND);
    }
    meter_rig_destroy(rig);
    free(x);
}

/* Hold against now: a loud tenth of a second, then quiet. */
Test(level, holds_stay_and_windows_forget)
{
    struct meter_rig *rig =
        meter_rig_create(&(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = RATE, .domain = GS_DIGITAL });
    float *loud = rig_sine(RATE, 1000, 1, 0, 4800), *quiet = rig_sine(RATE, 1000, 0.01, 0, SECOND);
    meter_rig_feed_all(rig, loud, 4800);
    meter_rig_feed_all(rig, quiet, SECOND);
    near(meter_rig_value(rig, 0, "peak"), 0, 0.001, "peak");
    near(meter_rig_value(rig, 0, "peak_now"), -40, 0.001, "peak_now");
    near(meter_rig_value(rig, 0, "rms"), -40, 0.001, "rms");
    near(meter_rig_value(rig, 0, "rms_total"), 10 * log10((0.1 + 1e-4) / 1.1), 0.001, "rms_total");
    gs_readout_reset(meter_rig_readout(rig), 0);
    meter_rig_feed_all(rig, quiet, 4800);
    near(meter_rig_value(rig, 0, "peak"), -40, 0.001, "peak after reset");
    near(meter_rig_value(rig, 0, "rms_total"), -40, 0.001, "rms_total after reset");
    meter_rig_destroy(rig);
    free(loud);
    free(quiet);
}

/* Error of a known size: real = ideal + a second sine 60 dB below. */
Test(level, error_and_sinad)
{
    float *ideal = rig_sine(RATE, 1000, 0.5, 0, SECOND), *real = rig_sine(RATE, 3000, 0.0005, 0, SECOND);
    for (size_t i = 0; i < SECOND; i++) {
        real[i] += ideal[i];
    }
    struct meter_rig *rig =
        meter_rig_create(&(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = RATE, .domain = GS_DIGITAL });
    meter_rig_feed(rig, (const float *const[]){ real }, (const float *const[]){ ideal }, SECOND);
    near(meter_rig_value(rig, 0, "sinad"), 60, 0.005, "sinad");
    near(meter_rig_value(rig, 0, "sinad_total"), 60, 0.005, "sinad_total");
    near(meter_rig_value(rig, 0, "error"), 20 * log10(0.0005), 0.005, "error");
    near(meter_rig_value(rig, 0, "ideal_peak"), 20 * log10(0.5), 0.001, "ideal_peak");
    meter_rig_feed(rig, (const float *const[]){ ideal }, (const float *const[]){ ideal }, SECOND);
    cr_assert(meter_rig_value(rig, 0, "sinad") == INFINITY);
    cr_assert(meter_rig_value(rig, 0, "error") == -INFINITY);
    meter_rig_destroy(rig);
    free(ideal);
    free(real);
}

/* Runs counted by the obvious loop. */
static void count_runs(const float *x, size_t frames, double count[5])
{
    size_t row = 0;
    for (size_t i = 0; i < frames; i++) {
        row = fabsf(x[i]) >= 1 ? row + 1 : 0;
        count[0] += row > 0;
        for (size_t n = 1; n <= 4; n++) {
            count[n] += row == n;
        }
    }
}

Test(level, overs_by_run_length)
{
    static const char *const keys[] = { "clipped", "over1", "over2", "over3", "over4" };
    float *x = rig_noise(0.02, SECOND, 7);
    srand(3);
    size_t first = SIZE_MAX;
    for (size_t i = 5000; i < SECOND; i += (size_t)rand() % 400) {
        for (size_t row = (size_t)rand() % 40 / (1 + (size_t)rand() % 12); row > 0 && i < SECOND; row--) {
            first = first == SIZE_MAX ? i : first;
            x[i++] = 1;
        }
    }
    double expected[5] = { 0 };
    count_runs(x, SECOND, expected);
    struct meter_rig *rig = meter_rig_create(
        &(struct meter_rig_setup){ .n_lanes = 9, .rate_hz = RATE, .domain = GS_DIGITAL, .clip_at = 1 });
    meter_rig_feed_all(rig, x, SECOND);
    for (size_t lane = 0; lane < 9; lane++) {
        for (size_t i = 0; i < 5; i++) {
            cr_assert(meter_rig_value(rig, lane, keys[i]) == expected[i], "%s", keys[i]);
        }
        near(meter_rig_value(rig, lane, "first_clip"), (double)first / RATE, 1e-9, "first_clip");
        cr_assert(gs_readout_first_clip(meter_rig_readout(rig), lane) == first);
        cr_assert(gs_readout_clips(meter_rig_readout(rig), lane) == (uint64_t)expected[0]);
    }
    gs_readout_reset(meter_rig_readout(rig), SIZE_MAX);
    cr_assert(gs_readout_first_clip(meter_rig_readout(rig), 4) == UINT64_MAX);
    cr_assert(gs_readout_clips(meter_rig_readout(rig), 4) == 0);
    meter_rig_destroy(rig);
    free(x);
}

/* Crest factor by definition: sine 3.01 dB, square 0, triangle 4.77 (sqrt 3), two equal tones 6.02. */
Test(level, crest_factor)
{
    float *sine = rig_sine(RATE, 1000, 0.5, 0, 2 * SECOND),
          *square = rig_sine(RATE, 1000, 0.5, 0.001, 2 * SECOND);
    float *triangle = rig_sine(RATE, 1000, 0.5, 0, 2 * SECOND),
          *two = rig_sine(RATE, 1000, 0.25, M_PI / 2, 2 * SECOND);
    for (size_t i = 0; i < 2 * SECOND; i++) {
        square[i] = square[i] > 0 ? 0.5f : -0.5f;
        triangle[i] = (float)(fabs((double)(i % 48) / 24 - 1) * 2 - 1);
        two[i] += (float)(0.25 * cos(2 * M_PI * 1300 * (double)i / RATE));
    }
    struct meter_rig *rig =
        meter_rig_create(&(struct meter_rig_setup){ .n_lanes = 4, .rate_hz = RATE, .domain = GS_DIGITAL });
    meter_rig_feed(rig, (const float *const[]){ sine, square, triangle, two }, NULL, 2 * SECOND);
    const double expected[] = { 10 * log10(2), 0, 10 * log10(3), 20 * log10(2) };
    for (size_t lane = 0; lane < 4; lane++) {
        near(meter_rig_value(rig, lane, "crest"), expected[lane], 0.02, "crest");
        near(meter_rig_value(rig, lane, "crest_total"), expected[lane], 0.02, "crest_total");
    }
    meter_rig_destroy(rig);
    free(sine);
    free(square);
    free(triangle);
    free(two);
}

Test(level, direct_current)
{
    float *x = rig_sine(RATE, 1000, 0.5, 0, 2 * SECOND);
    for (size_t i = 0; i < 2 * SECOND; i++) {
        x[i] += i < SECOND ? 0.01f : -0.02f;
    }
    struct meter_rig *rig =
        meter_rig_create(&(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = RATE, .domain = GS_DIGITAL });
    meter_rig_feed_all(rig, x, 2 * SECOND);
    near(meter_rig_value(rig, 0, "dc"), -0.02, 1e-6, "dc");
    near(meter_rig_value(rig, 0, "dc_total"), -0.005, 1e-6, "dc_total");
    meter_rig_destroy(rig);
    free(x);
}

/* Katz: K-20 is 0 for a sine at -20 dBFS; +18 dBu stands for 0 dBFS on an analogue wire. */
Test(level, k_system)
{
    float *digital = rig_sine(RATE, 1000, 0.1, 0, SECOND);
    float *analogue = rig_sine(RATE, 1000, sqrt(0.6) * sqrt(2) * pow(10, -2 / 20.0), 0, SECOND);
    for (enum gs_domain domain = GS_ANALOG; domain <= GS_DIGITAL; domain++) {
        struct meter_rig *rig =
            meter_rig_create(&(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = RATE, .domain = domain });
        meter_rig_feed_all(rig, domain == GS_DIGITAL ? digital : analogue, SECOND);
        near(meter_rig_value(rig, 0, "k20"), 0, 0.001, "k20");
        near(meter_rig_value(rig, 0, "k14"), -6, 0.001, "k14");
        near(meter_rig_value(rig, 0, "k12"), -8, 0.001, "k12");
        meter_rig_destroy(rig);
    }
    free(digital);
    free(analogue);
}

/* The loudest 400 ms of a programme with a burst of 200 ms: half of the window. */
Test(level, highest_rms)
{
    float *x = rig_sine(RATE, 1000, 0.5, 0, 2 * SECOND);
    for (size_t i = 0; i < 2 * SECOND; i++) {
        x[i] = i >= SECOND && i < SECOND + SECOND / 5 ? x[i] : 0;
    }
    struct meter_rig *rig =
        meter_rig_create(&(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = RATE, .domain = GS_DIGITAL });
    meter_rig_feed_all(rig, x, 2 * SECOND);
    near(meter_rig_value(rig, 0, "rms_max"), 20 * log10(0.5) - 10 * log10(2), 0.001, "rms_max");
    gs_readout_reset(meter_rig_readout(rig), SIZE_MAX);
    meter_rig_feed_all(rig, x, SECOND);
    cr_assert(meter_rig_value(rig, 0, "rms_max") == -INFINITY);
    meter_rig_destroy(rig);
    free(x);
}
