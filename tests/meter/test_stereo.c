/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Correlation, balance, mid and side by their definitions: the correlation of two sines is the cosine of the
 * angle between them, of independent noise it is 0, and it does not depend on level. */
#include "../support/meter_rig.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

#define FRAMES 48000

static void near(double found, double expected, double tolerance, const char *what)
{
    cr_assert(fabs(found - expected) <= tolerance, "%s: found %.5f, expected %.5f", what, found, expected);
}

static struct meter_rig *pairs(size_t n_lanes, double rate_hz)
{
    return meter_rig_create(&(struct meter_rig_setup){
        .n_lanes = n_lanes, .channels = 2, .rate_hz = rate_hz, .domain = GS_DIGITAL });
}

Test(stereo, correlation_of_sines_is_the_cosine)
{
    static const double rates[] = { 44100, 48000, 96000 };
    for (size_t r = 0; r < 3; r++) {
        size_t frames = (size_t)rates[r];
        float *left = rig_sine(rates[r], 1000, 0.5, 0, frames);
        for (int degrees = 0; degrees <= 180; degrees += 15) {
            float *right = rig_sine(rates[r], 1000, 0.0005, degrees * M_PI / 180, frames);
            struct meter_rig *rig = pairs(2, rates[r]);
            meter_rig_feed(rig, (const float *const[]){ left, right }, NULL, frames);
            for (size_t lane = 0; lane < 2; lane++) {
                near(meter_rig_value(rig, lane, "correlation"), cos(degrees * M_PI / 180), 0.002,
                     "correlation");
                near(meter_rig_value(rig, lane, "balance"), 60, 0.01, "balance");
            }
            meter_rig_destroy(rig);
            free(right);
        }
        free(left);
    }
}

Test(stereo, every_pair_of_lanes_and_no_stranger)
{
    float *a = rig_noise(0.1, FRAMES, 1), *b = rig_noise(0.1, FRAMES, 2), *c = rig_noise(0.5, FRAMES, 3);
    for (size_t at = 0; at < 12; at += 2) {
        const float *lane[12];
        for (size_t i = 0; i < 12; i++) {
            lane[i] = i == at ? a : i == at + 1 ? b : c;
        }
        struct meter_rig *rig = pairs(12, 48000);
        meter_rig_feed(rig, lane, NULL, FRAMES);
        near(meter_rig_value(rig, at, "correlation"), 0, 0.03, "independent");
        near(meter_rig_value(rig, at + 1, "mid"), meter_rig_value(rig, at, "side"), 0.3, "mid against side");
        for (size_t i = 0; i < 12; i += 2) {
            near(meter_rig_value(rig, i, "correlation"), i == at ? 0 : 1, 0.03, "each pair for itself");
        }
        meter_rig_destroy(rig);
    }
    free(a);
    free(b);
    free(c);
}

Test(stereo, mid_and_side)
{
    float *x = rig_sine(48000, 1000, 0.5, 0, FRAMES), *minus = rig_sine(48000, 1000, -0.5, 0, FRAMES);
    struct meter_rig *rig = pairs(6, 48000);
    meter_rig_feed(rig, (const float *const[]){ x, x, x, minus, x, NULL }, NULL, FRAMES);
    near(meter_rig_value(rig, 0, "mid"), 20 * log10(0.5), 0.001, "mid of mono");
    cr_assert(meter_rig_value(rig, 0, "side") == -INFINITY);
    cr_assert(meter_rig_value(rig, 2, "mid") == -INFINITY);
    near(meter_rig_value(rig, 2, "side"), 20 * log10(0.5), 0.001, "side of inverted");
    near(meter_rig_value(rig, 0, "correlation"), 1, 1e-6, "mono");
    near(meter_rig_value(rig, 2, "correlation"), -1, 1e-6, "inverted");
    near(meter_rig_value(rig, 4, "mid"), 20 * log10(0.25), 0.001, "mid of one side");
    near(meter_rig_value(rig, 4, "balance"), 96, 0.001, "one side silent");
    cr_assert(meter_rig_value(rig, 4, "correlation") == -INFINITY);
    meter_rig_destroy(rig);
    free(x);
    free(minus);
}

/* Lowest, mean and last over a programme that is in phase for 2 s and out of phase for 1 s; silence between does
 * not count, and a mono wire has no correlation. */
Test(stereo, lowest_mean_and_last)
{
    float *x = rig_sine(48000, 1000, 0.5, 0, FRAMES), *minus = rig_sine(48000, 1000, -0.5, 0, FRAMES);
    struct meter_rig *rig = pairs(2, 48000);
    cr_assert(meter_rig_value(rig, 0, "correlation_min") == -INFINITY);
    cr_assert(meter_rig_value(rig, 0, "correlation_mean") == -INFINITY);
    meter_rig_feed(rig, (const float *const[]){ x, x }, NULL, FRAMES);
    meter_rig_feed(rig, (const float *const[]){ x, x }, NULL, FRAMES);
    near(meter_rig_value(rig, 0, "correlation_min"), 1, 1e-6, "lowest");
    meter_rig_feed(rig, (const float *const[]){ x, minus }, NULL, FRAMES);
    near(meter_rig_value(rig, 0, "correlation_min"), -1, 1e-6, "lowest");
    /* The window of 0.4 s passes linearly from +1 to -1: as if it changed in its middle. */
    near(meter_rig_value(rig, 0, "correlation_mean"), (2.2 - 0.8) / 3, 0.01, "mean");
    meter_rig_feed(rig, (const float *const[]){ NULL, NULL }, NULL, FRAMES);
    cr_assert(meter_rig_value(rig, 0, "correlation") == -INFINITY);
    gs_readout_reset(meter_rig_readout(rig), SIZE_MAX);
    cr_assert(meter_rig_value(rig, 0, "correlation_min") == -INFINITY);
    meter_rig_destroy(rig);
    rig = meter_rig_create(&(struct meter_rig_setup){ .n_lanes = 2, .rate_hz = 48000, .domain = GS_DIGITAL });
    meter_rig_feed(rig, (const float *const[]){ x, x }, NULL, FRAMES);
    static const char *const keys[] = { "correlation", "correlation_min", "correlation_mean", "balance",
                                        "mid" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        cr_assert(meter_rig_value(rig, 0, keys[i]) == -INFINITY, "%s", keys[i]);
    }
    meter_rig_destroy(rig);
    free(x);
    free(minus);
}
