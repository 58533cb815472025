/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * True peak (ITU-R BS.1770-5 annex 2, EBU Tech 3341): the largest magnitude of the signal itself, not only
 * of its samples, at 4 times the sample rate. Never below the sample peak. The kernel is that of
 * dsp/truepeak.h. */
#include "dsp/truepeak.h"
#include "meter/lanes.h"

#include <stdbool.h>
#include <string.h>

#define HISTORY GS_TRUEPEAK_TAPS_MAX /* frames kept before a cell, for any kernel */
#define BLOCK   2                    /* places worked on at once, so that coefficients stay in registers */

struct state {
    float x[HISTORY + GS_CELL][GS_LANES];
    float recent[GS_LANES]; /* sample peak of the cell before */
    float top[GS_LANES];    /* of the bin */
} __attribute__((aligned(64)));

static size_t shared_size(const struct gs_meter_setup *setup)
{
    (void)setup;
    return sizeof(struct gs_truepeak);
}

static void prepare(void *shared, const struct gs_meter_setup *setup)
{
    gs_truepeak_design(shared, setup->rate_hz);
}

static size_t size(const struct gs_meter_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

/* The largest value at the 3 x BLOCK places behind each of the frames `at` .. `at` + BLOCK - 1. `pairs` is a
 * constant where this is inlined. |even + odd| or |even - odd|, whichever is larger, is |even| + |odd|. */
static inline __attribute__((always_inline)) gs_part block(const struct state *s, int p, int at, int pairs,
                                                           const struct gs_truepeak *c)
{
    gs_part half[BLOCK] = { 0 }, even[BLOCK] = { 0 }, odd[BLOCK] = { 0 };
#pragma GCC unroll 2
    for (int i = 0; i < pairs; i++) {
#pragma GCC unroll 2
        for (int b = 0; b < BLOCK; b++) {
            gs_part before = gs_part_load(s->x[at + b - i], p),
                    behind = gs_part_load(s->x[at + b + 1 + i], p);
            gs_part sum = before + behind, difference = before - behind;
            half[b] += c->half[i] * sum;
            even[b] += c->even[i] * sum;
            odd[b] += c->odd[i] * difference;
        }
    }
    gs_part top = { 0 };
#pragma GCC unroll 2
    for (int b = 0; b < BLOCK; b++) {
        top = gs_part_max(top, gs_part_max(gs_part_abs(half[b]), gs_part_abs(even[b]) + gs_part_abs(odd[b])));
    }
    return top;
}

static inline __attribute__((always_inline)) gs_part scan(const struct state *s, int p, gs_part top,
                                                          int pairs, const struct gs_truepeak *c)
{
    for (int frame = 0; frame < GS_CELL; frame += BLOCK) {
        top = gs_part_max(top, block(s, p, HISTORY - pairs + frame, pairs, c));
    }
    return top;
}

/* True when no interpolated value can exceed what the bin has already: silence, and the valleys behind a
 * peak. */
static bool nothing_new(gs_part top, gs_part peak, gs_part recent, const struct gs_truepeak *c)
{
    gs_part_bits higher = c->gain_max * gs_part_max(peak, recent) > top;
    int32_t any = 0;
    for (int lane = 0; lane < GS_PART; lane++) {
        any |= higher[lane];
    }
    return !any;
}

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    struct state *s = state;
    const struct gs_truepeak *c = shared;
    for (int p = 0; p < GS_PARTS; p++) {
        for (int i = 0; i < GS_CELL; i++) {
            gs_part_store(s->x[HISTORY + i], p, gs_part_load(cell->real[i], p));
        }
        gs_part peak = gs_part_load(cell->real_peak, p);
        gs_part top = gs_part_max(gs_part_load(s->top, p), peak);
        if (!nothing_new(top, peak, gs_part_load(s->recent, p), c)) {
            top = c->taps == GS_TRUEPEAK_TAPS_MAX ? scan(s, p, top, GS_TRUEPEAK_TAPS_MAX / 2, c)
                                                  : scan(s, p, top, 8, c);
        }
        gs_part_store(s->top, p, top);
        gs_part_store(s->recent, p, peak);
        for (int i = 0; i < HISTORY; i++) {
            gs_part_store(s->x[i], p, gs_part_load(s->x[GS_CELL + i], p));
        }
    }
}

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    (void)shared;
    struct state *s = state;
    memcpy(field[0], s->top, sizeof s->top);
    memset(s->top, 0, sizeof s->top);
}

static const struct gs_meter_field fields[] = {
    { "true_peak", GS_FOLD_MAX },
};

static double level(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return gs_peak_to_db(site->domain, field[0]);
}

static double level_fs(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return gs_gain_to_db(field[0] * site->to_full_scale);
}

static const struct gs_reading readings[] = {
    { .key = "true_peak",
      .label = "True peak",
      .doc =
          "Largest magnitude of the signal since reset, 4 times oversampled (ITU-R BS.1770-5 annex 2): dBTP "
          "on a digital wire.",
      .span = GS_SPAN_HOLD,
      .value = level },
    { .key = "true_peak_now",
      .label = "True peak now",
      .doc = "Largest magnitude of the signal in the last 100 ms, 4 times oversampled.",
      .span = GS_SPAN_NOW,
      .window_ms = 100,
      .maximum = true,
      .value = level },
    { .key = "true_peak_fs",
      .label = "True peak to full scale",
      .doc = "True peak since reset in dBTP; analogue and acoustic wires as if brought to full scale.",
      .unit = "dBTP",
      .span = GS_SPAN_HOLD,
      .value = level_fs },
    { .key = "true_peak_fs_3s",
      .label = "True peak of 3 s",
      .doc = "True peak of the last 3 s in dBTP; analogue and acoustic wires as if brought to full scale.",
      .unit = "dBTP",
      .span = GS_SPAN_NOW,
      .window_ms = 3000,
      .value = level_fs },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_true_peak) = {
    .key = "true_peak",
    .doc = "Peak of the signal between its samples.",
    .standard = "ITU-R BS.1770-5, annex 2",
    .ballistics = "none: the largest value of the window or since reset.",
    .fields = fields,
    .n_fields = 1,
    .readings = readings,
    .n_readings = sizeof readings / sizeof readings[0],
    .shared_size = shared_size,
    .prepare = prepare,
    .size = size,
    .cell = cell,
    .take = take,
};
