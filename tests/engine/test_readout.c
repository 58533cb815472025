/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folding of bins: nothing is lost between two readings however slow the reader and however full the ring,
 * readers do not disturb each other, sums stay exact for a day. */
#include "engine/readout.h"
#include "meter/bank.h"
#include "../support/meter_rig.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE 48000
#define BIN  480

static void near(double found, double expected, double tolerance, const char *what)
{
    cr_assert(fabs(found - expected) <= tolerance, "%s: found %.5f, expected %.5f", what, found, expected);
}

static struct meter_rig *mono(void)
{
    return meter_rig_create(
        &(struct meter_rig_setup){ .n_lanes = 1, .rate_hz = RATE, .domain = GS_DIGITAL, .clip_at = 0.9 });
}

/* The place of a field among all fields. */
static size_t field_index(const char *kind_key, const char *field_key)
{
    size_t at = 0;
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        for (size_t f = 0; f < (*kind)->n_fields; f++, at++) {
            if (strcmp((*kind)->key, kind_key) == 0 && strcmp((*kind)->fields[f].key, field_key) == 0) {
                return at;
            }
        }
    }
    cr_assert(false, "no field %s of %s", field_key, kind_key);
    return 0;
}

/* A single loud frame in ten minutes of bins that nobody fetched still arrives, with its exact frame. */
Test(readout, a_bin_that_grows_loses_nothing)
{
    struct meter_rig *rig = mono();
    float *x = rig_sine(RATE, 1000, 0.1, 0, RATE);
    meter_rig_feed_all(rig, x, RATE);
    meter_rig_hold_bins(rig, true);
    x[1234] = 1;
    meter_rig_feed_all(rig, x, RATE);
    x[1234] = 0;
    for (int s = 0; s < 60; s++) {
        meter_rig_feed_all(rig, x, RATE);
    }
    meter_rig_hold_bins(rig, false);
    meter_rig_feed_all(rig, x, BIN);
    near(meter_rig_value(rig, 0, "peak"), 0, 0.0001, "peak");
    near(meter_rig_value(rig, 0, "rms_total"), -20, 0.001, "rms_total");
    cr_assert(gs_readout_first_clip(meter_rig_readout(rig), 0) == RATE + 1234);
    cr_assert(gs_readout_frames(meter_rig_readout(rig)) == 62 * RATE + BIN);
    meter_rig_destroy(rig);
    free(x);
}

/* Readings at the same place in the signal are the same whether it came frame by frame or at once. */
Test(readout, readings_do_not_depend_on_the_period)
{
    float *x = rig_noise(0.2, RATE, 5);
    struct meter_rig *whole = mono();
    meter_rig_feed_all(whole, x, RATE);
    static const size_t periods[] = { 1, 16, 63, 64, 1000, 4096 };
    for (size_t p = 0; p < sizeof periods / sizeof periods[0]; p++) {
        struct meter_rig *rig = mono();
        for (size_t at = 0; at < RATE; at += periods[p]) {
            meter_rig_feed_all(rig, x + at, at + periods[p] > RATE ? RATE - at : periods[p]);
        }
        for (int i = 0; i < gs_reading_count(); i++) {
            cr_assert(gs_readout_value(meter_rig_readout(rig), 0, i) ==
                          gs_readout_value(meter_rig_readout(whole), 0, i),
                      "%s at period %zu", gs_reading_row(i)->key, periods[p]);
        }
        meter_rig_destroy(rig);
    }
    meter_rig_destroy(whole);
    free(x);
}

/* Three readers of different pace: each sees the largest bin since its own last look, checked against a
 * plain list of what came. */
Test(readout, readers_see_all_since_their_own_last_look)
{
    struct meter_rig *rig = mono();
    int peak = gs_reading_find("peak", "peak"), rms = gs_reading_find("rms", "rms");
    static const int pace[] = { 1, 3, 50 };
    struct gs_reader *reader[3];
    double largest[3] = { 0 }, energy[3] = { 0 };
    for (int r = 0; r < 3; r++) {
        reader[r] = gs_reader_create();
        gs_reader_look(reader[r], meter_rig_readout(rig));
    }
    srand(1);
    for (int bin = 1; bin <= 500; bin++) {
        double amplitude = pow(10, -(rand() % 80) / 20.0);
        float *x = rig_sine(RATE, 1000, amplitude, 0, BIN);
        meter_rig_feed_all(rig, x, BIN);
        free(x);
        for (int r = 0; r < 3; r++) {
            largest[r] = fmax(largest[r], amplitude);
            energy[r] += amplitude * amplitude / pace[r];
            if (bin % pace[r] == 0) {
                gs_reader_look(reader[r], meter_rig_readout(rig));
                near(gs_reader_value(reader[r], 0, peak), 20 * log10(largest[r]), 0.001, "peak");
                near(gs_reader_value(reader[r], 0, rms), 10 * log10(energy[r]), 0.001, "rms");
                largest[r] = energy[r] = 0;
            }
        }
    }
    for (int r = 0; r < 3; r++) {
        gs_reader_destroy(reader[r]);
    }
    meter_rig_destroy(rig);
}

Test(readout, readers_come_and_go_in_any_order)
{
    struct meter_rig *rig = mono(), *other = mono();
    int peak = gs_reading_find("peak", "peak");
    struct gs_reader *reader[8] = { 0 };
    double largest[8];
    srand(2);
    for (int i = 0; i < 4000; i++) {
        double amplitude = pow(10, -(rand() % 80) / 20.0);
        float *x = rig_sine(RATE, 1000, amplitude, 0, BIN);
        meter_rig_feed_all(rig, x, BIN);
        free(x);
        for (int r = 0; r < 8; r++) {
            largest[r] = fmax(largest[r], amplitude);
        }
        int r = rand() % 8;
        if (!reader[r]) {
            reader[r] = gs_reader_create();
            gs_reader_look(reader[r], meter_rig_readout(rig));
        } else if (rand() % 4 == 0) {
            gs_reader_destroy(reader[r]);
            reader[r] = NULL;
        } else {
            gs_reader_look(reader[r], meter_rig_readout(rig));
            near(gs_reader_value(reader[r], 0, peak), 20 * log10(largest[r]), 0.001, "peak");
        }
        largest[r] = 0;
    }
    struct gs_reader *survivor = gs_reader_create();
    gs_reader_look(survivor, meter_rig_readout(rig));
    near(gs_reader_value(survivor, 0, peak), meter_rig_value(rig, 0, "peak_now"), 0.001, "first look");
    meter_rig_destroy(rig);
    cr_assert(gs_reader_value(survivor, 0, peak) == -INFINITY);
    gs_reader_look(survivor, meter_rig_readout(other));
    cr_assert(gs_reader_value(survivor, 0, peak) == -INFINITY);
    gs_reader_destroy(survivor);
    gs_reader_destroy(NULL);
    for (int r = 0; r < 8; r++) {
        gs_reader_destroy(reader[r]);
    }
    meter_rig_destroy(other);
}

Test(readout, a_look_without_news_keeps_the_values)
{
    struct meter_rig *rig = mono();
    int peak = gs_reading_find("peak", "peak");
    float *x = rig_sine(RATE, 1000, 0.5, 0, BIN);
    struct gs_reader *reader = gs_reader_create();
    gs_reader_look(reader, meter_rig_readout(rig));
    meter_rig_feed_all(rig, x, BIN);
    for (int i = 0; i < 3; i++) {
        gs_reader_look(reader, meter_rig_readout(rig));
        near(gs_reader_value(reader, 0, peak), 20 * log10(0.5), 0.001, "peak");
    }
    gs_reader_destroy(reader);
    meter_rig_destroy(rig);
    free(x);
}

Test(readout, reset_touches_one_lane_and_no_window)
{
    struct meter_rig *rig =
        meter_rig_create(&(struct meter_rig_setup){ .n_lanes = 3, .rate_hz = RATE, .domain = GS_DIGITAL });
    float *x = rig_sine(RATE, 1000, 0.5, 0, RATE);
    meter_rig_feed_all(rig, x, RATE);
    gs_readout_reset(meter_rig_readout(rig), 1);
    cr_assert(meter_rig_value(rig, 1, "peak") == -INFINITY);
    cr_assert(meter_rig_value(rig, 1, "rms_total") == -INFINITY);
    near(meter_rig_value(rig, 1, "rms"), 20 * log10(0.5), 0.001, "window");
    near(meter_rig_value(rig, 0, "peak"), 20 * log10(0.5), 0.001, "neighbour");
    near(meter_rig_value(rig, 2, "rms_total"), 20 * log10(0.5), 0.001, "neighbour");
    near(gs_readout_loudest(meter_rig_readout(rig), 1, 2, gs_reading_find("peak", "peak")), 20 * log10(0.5),
         0.001, "loudest");
    meter_rig_destroy(rig);
    free(x);
}

/* 24 hours of bins, first loud, then 100 dB lower: totals to 0.0001 dB, the window as if nothing had been. */
Test(readout, a_day_of_bins_adds_up)
{
    enum {
        DAY = 24 * 3600 * GS_BIN_HZ
    };
    struct gs_readout_lane lane = { .domain = GS_DIGITAL, .channels = 1 };
    struct gs_readout *r = gs_readout_create(&lane, 1, &(struct gs_alignment){ 18, -18 }, RATE);
    size_t n_lanes = gs_bank_lanes(1), energy = field_index("rms", "energy");
    struct gs_bin *bin = calloc(1, sizeof *bin + gs_bank_fields() * n_lanes * sizeof(float));
    bin->frames = BIN;
    bin->n_fields = (uint32_t)gs_bank_fields();
    bin->n_lanes = (uint32_t)n_lanes;
    double loud = 1.7, quiet = 1.7e-10;
    for (long k = 0; k < DAY; k++) {
        bin->field[energy * n_lanes] = (float)(BIN * (k < DAY / 2 ? loud : quiet));
        gs_readout_bin(r, bin);
        bin->first_frame += BIN;
    }
    near(gs_readout_value(r, 0, gs_reading_find("rms", "rms_total")), 10 * log10(loud), 0.0001, "total");
    near(gs_readout_value(r, 0, gs_reading_find("rms", "rms")), 10 * log10(2 * quiet), 0.0001, "window");
    gs_readout_destroy(r);
    gs_readout_destroy(NULL);
    free(bin);
}

/* Every kind says how it moves; every reading lies in the range that its row states, before there is sound, in silence,
 * in noise, and while everything clips. */
Test(readout, readings_stay_in_their_ranges)
{
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        cr_expect(*(*kind)->ballistics, "%s: no ballistics", (*kind)->key);
        cr_expect_not_null((*kind)->standard, "%s: no standard", (*kind)->key);
    }
    struct meter_rig *rig = meter_rig_create(&(struct meter_rig_setup){
        .n_lanes = 2, .channels = 2, .rate_hz = RATE, .domain = GS_DIGITAL, .clip_at = 0.9 });
    const float *silence = calloc(RATE, sizeof(float));
    float *noise = rig_noise(0.1, RATE, 7), *loud = rig_noise(1.0, RATE, 8);
    const float *sound[][2] = {
        { silence, silence }, { noise, loud }, { loud, loud }, { loud, silence }, { noise, noise }
    };
    for (size_t s = 0; s < sizeof sound / sizeof *sound; s++) {
        meter_rig_feed(rig, sound[s], NULL, RATE);
        for (int r = 0; r < gs_reading_count(); r++) {
            const struct gs_reading *row = gs_reading_row(r);
            bool level = row->low == row->high;
            double value = gs_readout_value(meter_rig_readout(rig), 0, r);
            cr_expect(isinf(value) ||
                          (value >= (level ? -144 : row->low) && value <= (level ? 144 : row->high)),
                      "%s: %g in sound %zu", row->key, value, s);
        }
    }
    free((void *)silence);
    free(noise);
    free(loud);
    meter_rig_destroy(rig);
}
