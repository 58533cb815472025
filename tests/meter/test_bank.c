/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lane bank, for whatever kinds the table lists: every lane reads alike whatever its neighbours carry,
 * a NaN harms one cell of one lane, and bins end where the contract says. */
#include "meter/bank.h"
#include "../support/meter_rig.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE   48000
#define FRAMES 96000
#define WIDE   (GS_LANES + 8) /* lanes: a full group, and one in which parts rest */

static const double rates[] = { 44100, 48000, 88200, 96000, 176400, 192000 };

/* The definition, counted out in whole numbers. */
Test(bank, bins_end_where_the_contract_says)
{
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        uint64_t rate = (uint64_t)rates[r], k = 0;
        for (uint64_t cell = 0; cell < 100000; cell++) {
            bool ends = (k + 1) * rate / (GS_BIN_HZ * GS_CELL) == cell + 1;
            cr_assert(gs_bin_ends(cell, rates[r]) == ends, "cell %lu at %lu Hz", cell, rate);
            k += ends;
        }
        cr_assert(k == 100000ull * GS_BIN_HZ * GS_CELL / rate);
    }
}

static bool same(double a, double b)
{
    return a == b || fabs(a - b) < 1e-12;
}

static void assert_lanes_read_alike(struct meter_rig *a, size_t lane_a, struct meter_rig *b, size_t lane_b)
{
    for (int i = 0; i < gs_reading_count(); i++) {
        double x = gs_readout_value(meter_rig_readout(a), lane_a, i);
        double y = gs_readout_value(meter_rig_readout(b), lane_b, i);
        cr_assert(same(x, y), "%s: lane %zu reads %.9g, lane %zu reads %.9g", gs_reading_row(i)->key, lane_a,
                  x, lane_b, y);
    }
}

static struct meter_rig *rig_of(size_t n_lanes)
{
    return meter_rig_create(&(struct meter_rig_setup){
        .n_lanes = n_lanes, .rate_hz = RATE, .domain = GS_DIGITAL, .clip_at = 0.5 });
}

/* Mono wires on even lanes only and nothing beside them would hide a mixture of neighbours: all lanes are
 * loud with different noise but the one at hand. */
Test(bank, every_lane_reads_alike_beside_any_neighbours)
{
    float *signal = rig_noise(0.2, FRAMES, 1), *other[WIDE];
    const float *lane[WIDE];
    for (unsigned i = 0; i < WIDE; i++) {
        other[i] = rig_noise(0.9, FRAMES, 100 + i);
    }
    struct meter_rig *alone = rig_of(1);
    meter_rig_feed_all(alone, signal, FRAMES);
    for (size_t at = 0; at < WIDE; at += 5) {
        struct meter_rig *rig = rig_of(WIDE);
        for (size_t i = 0; i < WIDE; i++) {
            lane[i] = i == at ? signal : other[i];
        }
        meter_rig_feed(rig, lane, NULL, FRAMES);
        assert_lanes_read_alike(rig, at, alone, 0);
        meter_rig_destroy(rig);
    }
    meter_rig_destroy(alone);
    free(signal);
    for (unsigned i = 0; i < WIDE; i++) {
        free(other[i]);
    }
}

/* The first and the last of a register, of a group and of what lies behind. */
Test(bank, every_number_of_lanes_reads_alike)
{
    static const size_t n_lanes[] = { 2, 4, 5, 8, 9, 15, 16, 17, 31, 32, 33, 48, 49, 64 };
    float *signal = rig_noise(0.2, FRAMES / 4, 1);
    struct meter_rig *alone = rig_of(1);
    meter_rig_feed_all(alone, signal, FRAMES / 4);
    for (size_t i = 0; i < sizeof n_lanes / sizeof n_lanes[0]; i++) {
        struct meter_rig *rig = rig_of(n_lanes[i]);
        meter_rig_feed_all(rig, signal, FRAMES / 4);
        assert_lanes_read_alike(rig, 0, alone, 0);
        assert_lanes_read_alike(rig, n_lanes[i] - 1, alone, 0);
        meter_rig_destroy(rig);
    }
    meter_rig_destroy(alone);
    free(signal);
}

/* Few lanes leave half a register to their own errors and later frames: every lane has a signal and an error of its
 * own, and must read them as among many. */
Test(bank, few_lanes_read_as_among_many)
{
    enum {
        FEW = 9
    };
    float *real[GS_LANES], *ideal[GS_LANES];
    for (unsigned i = 0; i < GS_LANES; i++) {
        real[i] = rig_noise(0.1 * (i % FEW + 1), FRAMES / 4, 1 + i % FEW);
        ideal[i] = rig_noise(0.05 * (FEW - i % FEW), FRAMES / 4, 100 + i % FEW);
    }
    const float *const *from = (const float *const *)real, *const *without = (const float *const *)ideal;
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        struct meter_rig_setup setup = {
            .n_lanes = GS_LANES, .rate_hz = rates[r], .domain = GS_DIGITAL, .clip_at = 0.5
        };
        struct meter_rig *many = meter_rig_create(&setup);
        meter_rig_feed(many, from, without, FRAMES / 4);
        for (setup.n_lanes = 1; setup.n_lanes <= FEW; setup.n_lanes++) {
            struct meter_rig *few = meter_rig_create(&setup);
            meter_rig_feed(few, from, without, FRAMES / 4);
            for (size_t lane = 0; lane < setup.n_lanes; lane++) {
                assert_lanes_read_alike(few, lane, many, lane);
            }
            meter_rig_destroy(few);
        }
        meter_rig_destroy(many);
    }
    for (unsigned i = 0; i < GS_LANES; i++) {
        free(real[i]);
        free(ideal[i]);
    }
}

/* One bad sample: its lane reads as if that whole cell were silent, its neighbours as if nothing were. */
static void check_poison(float poison)
{
    float *clean = rig_noise(0.2, FRAMES, 1), *bad = rig_noise(0.2, FRAMES, 1),
          *silent = rig_noise(0.2, FRAMES, 1);
    size_t cell = 30000 / GS_CELL * GS_CELL;
    bad[cell + 17] = poison;
    memset(silent + cell, 0, GS_CELL * sizeof *silent);
    for (size_t at = 0; at < GS_LANES; at += GS_LANES - 1) {
        const float *lane[GS_LANES];
        for (size_t i = 0; i < GS_LANES; i++) {
            lane[i] = i == at ? bad : clean;
        }
        struct meter_rig *poisoned = rig_of(GS_LANES), *without = rig_of(GS_LANES), *gap = rig_of(1);
        meter_rig_feed(poisoned, lane, NULL, FRAMES);
        meter_rig_feed_all(without, clean, FRAMES);
        meter_rig_feed_all(gap, silent, FRAMES);
        for (size_t i = 0; i < GS_LANES; i++) {
            assert_lanes_read_alike(poisoned, i, i == at ? gap : without, i == at ? 0 : i);
        }
        meter_rig_destroy(poisoned);
        meter_rig_destroy(without);
        meter_rig_destroy(gap);
    }
    free(clean);
    free(bad);
    free(silent);
}

Test(bank, nan_is_silence_for_one_cell_of_one_lane)
{
    check_poison(NAN);
    check_poison(-NAN);
}

Test(bank, infinity_is_silence_for_one_cell_of_one_lane)
{
    check_poison(INFINITY);
    check_poison(-INFINITY);
}

/* Finite, but a filter or a sum of squares would make infinity of it, and NaN of that for ever. */
Test(bank, beyond_all_measure_is_silence_for_one_cell_of_one_lane)
{
    check_poison(3e38f);
    check_poison(-3e38f);
    check_poison(1e19f);
}

/* 200 dB above the unit: more than any wire carries, and read like anything else. */
Test(bank, what_is_merely_loud_is_read)
{
    float *tone = rig_sine(RATE, 997, 1e10, 0, FRAMES);
    struct meter_rig *rig = rig_of(GS_LANES);
    meter_rig_feed_all(rig, tone, FRAMES);
    cr_expect_float_eq(meter_rig_value(rig, GS_LANES - 1, "peak"), 200, 0.01);
    cr_expect_float_eq(meter_rig_value(rig, GS_LANES - 1, "rms"), 200, 0.01);
    cr_expect_float_eq(meter_rig_value(rig, GS_LANES - 1, "noise"), 200, 0.1);
    meter_rig_destroy(rig);
    free(tone);
}

Test(bank, nothing_connected_is_silence)
{
    size_t n = gs_bank_lanes(3);
    void *memory = aligned_alloc(64, (gs_bank_size(3) + 63) / 64 * 64);
    struct gs_bank *bank = gs_bank_init(memory, 3, RATE);
    float *field = calloc(gs_bank_fields() * n, sizeof *field);
    for (int i = 0; i < 100; i++) {
        gs_bank_cell(bank);
    }
    gs_bank_take(bank, field);
    for (size_t i = 0; i < gs_bank_fields() * n; i++) {
        cr_assert(!isnan(field[i]) && (field[i] <= 0 || isinf(field[i])));
    }
    free(field);
    free(memory);
}

Test(bank, keys_of_readings_are_unique_and_rows_whole)
{
    for (int i = 0; i < gs_reading_count(); i++) {
        const struct gs_reading *row = gs_reading_row(i);
        cr_assert(gs_reading_find(NULL, row->key) == i, "%s", row->key);
        cr_assert(row->label && row->doc && row->doc[strlen(row->doc) - 1] == '.', "%s", row->key);
        cr_assert((row->value != NULL) + (row->state != NULL) + (row->of && row->minus) == 1, "%s", row->key);
        cr_assert(!row->of || (gs_reading_find(NULL, row->of) >= 0 && gs_reading_find(NULL, row->minus) >= 0),
                  "%s", row->key);
        cr_assert(row->span != GS_SPAN_NOW || row->window_ms > 0, "%s", row->key);
    }
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        cr_assert((*kind)->n_fields + ((*kind)->after ? (*kind)->after->n_fields : 0) <= GS_METER_FIELDS_MAX,
                  "%s", (*kind)->key);
        cr_assert(gs_meter_kind((*kind)->key) == *kind);
    }
    cr_assert(gs_meter_kind("no such") == NULL);
    cr_assert(gs_reading_find("peak", "rms") < 0);
}
