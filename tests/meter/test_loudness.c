/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loudness: all signals of EBU Tech 3341 (table 1) and Tech 3342 (table 1) that can be made, at 44.1, 48 and
 * 96 kHz; the response of the K-weighting; start, pause, continue and reset; a day of programme. */
#include "../support/ebu.h"
#include "../support/meter_rig.h"
#include "meter/bank.h"

#include <criterion/criterion.h>

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double rates[] = { 44100, 48000, 96000 };
#define RATES (sizeof rates / sizeof rates[0])

static const enum gs_channel_role surround[EBU_CHANNELS_MAX] = { GS_CHANNEL_FRONT, GS_CHANNEL_FRONT,
                                                                 GS_CHANNEL_FRONT, GS_CHANNEL_SURROUND,
                                                                 GS_CHANNEL_SURROUND };

static struct meter_rig *rig_for(const struct ebu_signal *s)
{
    return meter_rig_create(&(struct meter_rig_setup){ .n_lanes = s->channels,
                                                       .channels = s->channels,
                                                       .rate_hz = s->rate_hz,
                                                       .domain = GS_DIGITAL,
                                                       .roles = s->channels == 5 ? surround : NULL });
}

static void feed(struct meter_rig *rig, const struct ebu_signal *s, size_t from, size_t to)
{
    const float *lane[EBU_CHANNELS_MAX];
    for (unsigned c = 0; c < s->channels; c++) {
        lane[c] = s->ch[c] + from;
    }
    meter_rig_feed(rig, lane, NULL, to - from);
}

static void near(double found, double expected, double tolerance, const char *what, int number,
                 double rate_hz)
{
    cr_assert(fabs(found - expected) <= tolerance, "case %d at %g Hz: %s is %.3f, expected %.3f", number,
              rate_hz, what, found, expected);
}

/* Cases 1 to 6: integrated; 1 and 2 momentary and short-term too. Tolerance +-0.1 LU. */
Test(loudness, tech_3341_integrated)
{
    static const double expected[] = { [1] = -23, [2] = -33, [3] = -23, [4] = -23, [5] = -23, [6] = -23 };
    for (size_t r = 0; r < RATES; r++) {
        for (int number = 1; number <= 6; number++) {
            struct ebu_signal s = ebu_3341(number, 0, rates[r]);
            struct meter_rig *rig = rig_for(&s);
            feed(rig, &s, 0, s.frames);
            near(meter_rig_value(rig, 0, "integrated"), expected[number], 0.1, "I", number, rates[r]);
            if (number <= 2) {
                near(meter_rig_value(rig, 0, "momentary"), expected[number], 0.1, "M", number, rates[r]);
                near(meter_rig_value(rig, 1, "short_term"), expected[number], 0.1, "S", number, rates[r]);
                near(meter_rig_value(rig, 1, "momentary_max"), expected[number], 0.1, "Max M", number,
                     rates[r]);
            }
            meter_rig_destroy(rig);
            ebu_free(&s);
        }
    }
}

/* Cases 9 and 12: constant once the window is full, looked at every 10 ms. */
static void constant(int number, const char *key, double after_s)
{
    for (size_t r = 0; r < RATES; r++) {
        struct ebu_signal s = ebu_3341(number, 0, rates[r]);
        struct meter_rig *rig = rig_for(&s);
        for (size_t at = 0, step = (size_t)rates[r] / 100; at + step <= s.frames; at += step) {
            feed(rig, &s, at, at + step);
            if ((double)(at + step) > (after_s + 0.011) * rates[r]) {
                near(meter_rig_value(rig, 0, key), -23, 0.1, key, number, rates[r]);
            }
        }
        meter_rig_destroy(rig);
        ebu_free(&s);
    }
}

Test(loudness, tech_3341_case_9_short_term_is_constant)
{
    constant(9, "short_term", 3);
}

Test(loudness, tech_3341_case_12_momentary_is_constant)
{
    constant(12, "momentary", 1);
}

/* Cases 10 and 13: one file for each of 20 offsets. */
static void offsets(int number, const char *key)
{
    for (size_t r = 0; r < RATES; r++) {
        for (int variant = 0; variant < 20; variant++) {
            struct ebu_signal s = ebu_3341(number, variant, rates[r]);
            struct meter_rig *rig = rig_for(&s);
            feed(rig, &s, 0, s.frames);
            near(meter_rig_value(rig, 0, key), -23, 0.1, key, number, rates[r]);
            meter_rig_destroy(rig);
            ebu_free(&s);
        }
    }
}

Test(loudness, tech_3341_case_10_short_term_maximum)
{
    offsets(10, "short_term_max");
}

Test(loudness, tech_3341_case_13_momentary_maximum)
{
    offsets(13, "momentary_max");
}

/* Cases 11 and 14, live: the maximum in each slot, as a reader sees it who looks once a slot. */
static void live(int number, const char *key, double slot_s)
{
    for (size_t r = 0; r < RATES; r++) {
        struct ebu_signal s = ebu_3341(number, 0, rates[r]);
        struct meter_rig *rig = rig_for(&s);
        struct gs_reader *reader = gs_reader_create();
        gs_reader_look(reader, meter_rig_readout(rig));
        size_t slot = (size_t)(slot_s * rates[r]);
        for (int i = 0; i < 20; i++) {
            feed(rig, &s, (size_t)i * slot, (size_t)(i + 1) * slot);
            gs_reader_look(reader, meter_rig_readout(rig));
            near(gs_reader_value(reader, 0, gs_reading_find(NULL, key)), -38 + i, 0.1, key, number, rates[r]);
        }
        gs_reader_destroy(reader);
        meter_rig_destroy(rig);
        ebu_free(&s);
    }
}

Test(loudness, tech_3341_case_11_short_term_live)
{
    live(11, "short_term", 6);
}

Test(loudness, tech_3341_case_14_momentary_live)
{
    live(14, "momentary", 0.8);
}

/* Tech 3342 table 1, tolerance +-1 LU. */
Test(loudness, tech_3342_range)
{
    static const double expected[] = { [1] = 10, [2] = 5, [3] = 20, [4] = 15 };
    for (size_t r = 0; r < RATES; r++) {
        for (int number = 1; number <= 4; number++) {
            struct ebu_signal s = ebu_3342(number, rates[r]);
            struct meter_rig *rig = rig_for(&s);
            feed(rig, &s, 0, s.frames);
            near(meter_rig_value(rig, 0, "loudness_range"), expected[number], 1, "LRA", number, rates[r]);
            near(meter_rig_value(rig, 0, "loudness_time"), (double)s.frames / rates[r], 0.02, "time", number,
                 rates[r]);
            meter_rig_destroy(rig);
            ebu_free(&s);
        }
    }
}

/* ITU-R BS.1770-5 tables 1 and 2 at 48 kHz, as a power ratio. */
static double k_weighting(double hz)
{
    double complex z = cexp(-2 * M_PI * I * hz / 48000);
    double complex head = (1.53512485958697 + z * (-2.69169618940638 + z * 1.19839281085285)) /
                          (1 + z * (-1.69065929318241 + z * 0.73248077421585));
    double complex low = (1 - z) * (1 - z) / (1 + z * (-1.99004745483398 + z * 0.99007225036621));
    return pow(cabs(head * low), 2);
}

/* A tone in one channel reads -3.01 + level + K, whatever the rate; 997 Hz at full scale is -3.01 LUFS. */
Test(loudness, k_weighting_at_all_rates)
{
    static const double all_rates[] = { 44100, 48000, 88200, 96000, 176400, 192000 };
    static const double hz[] = { 25, 50, 100, 200, 500, 997, 2000, 4000, 8000, 12000, 16000, 19000 };
    for (size_t r = 0; r < sizeof all_rates / sizeof all_rates[0]; r++) {
        for (size_t i = 0; i < sizeof hz / sizeof hz[0]; i++) {
            size_t frames = (size_t)(3.5 * all_rates[r]);
            float *x = rig_sine(all_rates[r], hz[i], 1, 0, frames);
            struct meter_rig *rig = meter_rig_create(
                &(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = all_rates[r], .domain = GS_DIGITAL });
            meter_rig_feed_all(rig, x, frames);
            double expected = -0.691 + 10 * log10(0.5 * k_weighting(hz[i]));
            near(meter_rig_value(rig, 0, "short_term"), expected, 0.03, "S", (int)hz[i], all_rates[r]);
            meter_rig_destroy(rig);
            free(x);
        }
    }
    cr_assert(fabs(-0.691 + 10 * log10(0.5 * k_weighting(997)) + 3.01) < 0.005);
}

/* A volt counts as full scale by the alignment: +18 dBu at 1 kHz in two channels is 0 LUFS. */
Test(loudness, analogue_wires_count_by_the_alignment)
{
    double full_scale = sqrt(0.6) * sqrt(2) * pow(10, 18 / 20.0);
    float *x = rig_sine(48000, 997, full_scale * 0.1, 0, 48000 * 5);
    struct meter_rig *rig = meter_rig_create(
        &(struct meter_rig_setup){ .n_lanes = 2, .channels = 2, .rate_hz = 48000, .domain = GS_ANALOG });
    meter_rig_feed_all(rig, x, 48000 * 5);
    near(meter_rig_value(rig, 0, "integrated"), -20, 0.02, "I", 0, 48000);
    near(meter_rig_value(rig, 0, "plr"), 0, 0.03, "PLR", 0, 48000);
    near(meter_rig_value(rig, 1, "psr"), 0, 0.03, "PSR", 0, 48000);
    meter_rig_destroy(rig);
    free(x);
}

static struct ebu_signal tone(double seconds, double dbfs)
{
    return ebu_steps(&(struct ebu_step){ seconds, dbfs }, 1, 48000);
}

/* Tech 3341, 2.6: a pause leaves its time out, going on goes on, a reset works in either state. */
Test(loudness, pause_continue_reset)
{
    struct ebu_signal low = tone(10, -30), high = tone(10, -10);
    struct meter_rig *rig = rig_for(&low);
    struct gs_readout *readout = meter_rig_readout(rig);
    feed(rig, &low, 0, low.frames);
    gs_readout_pause(readout, 1, true);
    cr_assert(gs_readout_paused(readout, 0));
    feed(rig, &high, 0, high.frames);
    near(meter_rig_value(rig, 0, "momentary"), -10, 0.05, "M", 0, 48000);
    near(meter_rig_value(rig, 0, "integrated"), -30, 0.05, "I", 0, 48000);
    near(meter_rig_value(rig, 0, "momentary_max"), -30, 0.05, "Max M", 0, 48000);
    near(meter_rig_value(rig, 0, "loudness_time"), 10, 0.011, "time", 0, 48000);
    gs_readout_pause(readout, 0, false);
    feed(rig, &low, 0, low.frames);
    near(meter_rig_value(rig, 0, "integrated"), -30, 0.05, "I", 0, 48000);
    near(meter_rig_value(rig, 0, "loudness_time"), 20, 0.011, "time", 0, 48000);
    feed(rig, &high, 0, high.frames);
    gs_readout_reset(readout, SIZE_MAX);
    cr_assert(meter_rig_value(rig, 0, "integrated") == -INFINITY);
    cr_assert(meter_rig_value(rig, 0, "loudness_range") == -INFINITY);
    feed(rig, &low, 0, low.frames);
    near(meter_rig_value(rig, 0, "integrated"), -30, 0.05, "I", 0, 48000);
    near(meter_rig_value(rig, 0, "momentary_max"), -30, 0.05, "Max M", 0, 48000);
    near(meter_rig_value(rig, 0, "short_term_max"), -30, 0.05, "Max S", 0, 48000);
    meter_rig_destroy(rig);
    ebu_free(&low);
    ebu_free(&high);
}

/* Below the absolute gate there is no programme; sums do not remember what has gone. */
Test(loudness, silence_after_noise_is_silence)
{
    struct ebu_signal loud = tone(5, 20), quiet = tone(5, -80);
    float *nothing = calloc(5 * 48000, sizeof *nothing);
    struct meter_rig *rig = rig_for(&loud);
    feed(rig, &loud, 0, loud.frames);
    meter_rig_feed_all(rig, nothing, 5 * 48000);
    cr_assert(meter_rig_value(rig, 0, "short_term") < -150);
    gs_readout_reset(meter_rig_readout(rig), SIZE_MAX);
    feed(rig, &quiet, 0, quiet.frames);
    near(meter_rig_value(rig, 0, "short_term"), -80, 0.05, "S", 0, 48000);
    cr_assert(meter_rig_value(rig, 0, "integrated") == -INFINITY);
    meter_rig_destroy(rig);
    ebu_free(&loud);
    ebu_free(&quiet);
    free(nothing);
}

/* 24 h of bins: 12 h at -20 LUFS, 12 h at -26 LUFS; the mean of the powers is exact. */
Test(loudness, a_day)
{
    enum {
        DAY = 24 * 3600 * GS_BIN_HZ
    };
    struct gs_readout_lane lane = { .domain = GS_DIGITAL, .channels = 1 };
    struct gs_readout *r = gs_readout_create(&lane, 1, &(struct gs_alignment){ 18, -18 }, 48000);
    size_t n_lanes = gs_bank_lanes(1), at = 0;
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; strcmp((*kind)->key, "loudness") != 0;
         kind++) {
        at += (*kind)->n_fields;
    }
    struct gs_bin *bin = calloc(1, sizeof *bin + gs_bank_fields() * n_lanes * sizeof(float));
    bin->frames = 480;
    bin->n_fields = (uint32_t)gs_bank_fields();
    bin->n_lanes = (uint32_t)n_lanes;
    for (long k = 0; k < DAY; k++) {
        double lufs = k < DAY / 2 ? -20 : -26;
        bin->field[at * n_lanes] = (float)(480 * pow(10, (lufs + 0.691) / 10));
        gs_readout_bin(r, bin);
        bin->first_frame += 480;
    }
    double expected = 10 * log10((pow(10, -2.0) + pow(10, -2.6)) / 2);
    near(gs_readout_value(r, 0, gs_reading_find(NULL, "integrated")), expected, 0.001, "I", 0, 48000);
    near(gs_readout_value(r, 0, gs_reading_find(NULL, "short_term")), -26, 0.0001, "S", 0, 48000);
    near(gs_readout_value(r, 0, gs_reading_find(NULL, "loudness_range")), 6, 0.001, "LRA", 0, 48000);
    gs_readout_destroy(r);
    free(bin);
}
