/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loudness: all signals of EBU Tech 3341 (table 1) and Tech 3342 (table 1) that can be made, at 48 kHz (other
 * rates: the tests of measure and of the engine); the response of the K-weighting; start, pause, continue and reset; a day of programme. */
#include "../support/ebu.h"
#include "../support/meter_rig.h"
#include "meter/bank.h"

#include <criterion/criterion.h>

#include <complex.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static void check(const struct ebu_requirement *r, double found, double expected, double rate_hz)
{
    cr_assert(found <= expected + r->above && found >= expected - r->below,
              "%s at %g Hz: %s is %.3f, expected %.1f", ebu_name(r), rate_hz, r->reading, found, expected);
}

static void check_signal(const struct ebu_requirement *r, const struct ebu_signal *s)
{
    struct meter_rig *rig = rig_for(s);
    struct gs_reader *reader = gs_reader_create();
    int reading = gs_reading_find(NULL, r->reading);
    size_t step = (size_t)s->rate_hz / 100, slot = (size_t)lround(r->slot_s * s->rate_hz), i = 0;
    gs_reader_look(reader, meter_rig_readout(rig));
    for (size_t at = 0; at < s->frames; at += step) {
        feed(rig, s, at, at + step < s->frames ? at + step : s->frames);
        if (r->constant_after_s > 0 && (double)(at + step) > (r->constant_after_s + 0.011) * s->rate_hz) {
            check(r, meter_rig_value(rig, 0, r->reading), r->expected, s->rate_hz);
        }
        if (slot && at + step >= (i + 1) * slot) {
            gs_reader_look(reader, meter_rig_readout(rig));
            check(r, gs_reader_value(reader, 0, reading), r->expected + (double)i++, s->rate_hz);
        }
    }
    if (r->constant_after_s == 0 && !slot) {
        check(r, meter_rig_value(rig, s->channels - 1, r->reading), r->expected, s->rate_hz);
    }
    cr_assert(!slot || i == 20);
    gs_reader_destroy(reader);
    meter_rig_destroy(rig);
}

/* All of both tables, bin by bin. */
static void check_all(double rate_hz)
{
    struct ebu_requirement list[EBU_REQUIREMENTS_MAX];
    size_t n = ebu_requirements(list);
    for (size_t i = 0; i < n; i++) {
        struct ebu_signal s = ebu_signal_for(&list[i], rate_hz);
        check_signal(&list[i], &s);
        ebu_free(&s);
    }
}

Test(loudness, ebu_at_48_khz)
{
    check_all(48000);
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

/* Where a kind's fields begin among those of a bin. */
static size_t first_field_of(const char *key)
{
    size_t at = 0;
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; strcmp((*kind)->key, key) != 0; kind++) {
        at += (*kind)->n_fields;
    }
    return at;
}

/* 24 h of bins: 12 h at -20 LUFS, 12 h at -26 LUFS; the mean of the powers is exact, of loudness and of energy, and
 * nothing has been allocated since the first minute. A day of samples is what `make soak` measures. */
Test(loudness, a_day)
{
    enum {
        DAY = 24 * 3600 * GS_BIN_HZ
    };
    struct gs_readout_lane lane = { .domain = GS_DIGITAL, .channels = 1 };
    struct gs_readout *r = gs_readout_create(&lane, 1, &(struct gs_alignment){ 18, -18 }, 48000);
    size_t n_lanes = gs_bank_lanes(1), at = first_field_of("loudness"), energy = first_field_of("rms");
    size_t allocated = 0;
    struct gs_bin *bin = calloc(1, sizeof *bin + gs_bank_fields() * n_lanes * sizeof(float));
    bin->frames = 480;
    bin->n_fields = (uint32_t)gs_bank_fields();
    bin->n_lanes = (uint32_t)n_lanes;
    for (long k = 0; k < DAY; k++) {
        double lufs = k < DAY / 2 ? -20 : -26;
        bin->field[at * n_lanes] = (float)(480 * pow(10, (lufs + 0.691) / 10));
        bin->field[energy * n_lanes] = (float)(480 * pow(10, lufs / 10) / 2); /* of a sine */
        gs_readout_bin(r, bin);
        bin->first_frame += 480;
        allocated = k == 60 * GS_BIN_HZ ? mallinfo2().uordblks : allocated;
    }
    cr_assert_eq(mallinfo2().uordblks, allocated, "memory does not grow");
    double expected = 10 * log10((pow(10, -2.0) + pow(10, -2.6)) / 2);
    near(gs_readout_value(r, 0, gs_reading_find(NULL, "integrated")), expected, 0.001, "I", 0, 48000);
    near(gs_readout_value(r, 0, gs_reading_find(NULL, "rms_total")), expected, 0.0001, "RMS", 0, 48000);
    near(gs_readout_value(r, 0, gs_reading_find(NULL, "short_term")), -26, 0.0001, "S", 0, 48000);
    near(gs_readout_value(r, 0, gs_reading_find(NULL, "loudness_range")), 6, 0.001, "LRA", 0, 48000);
    gs_readout_destroy(r);
    free(bin);
}
