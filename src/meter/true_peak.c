/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * True peak (ITU-R BS.1770-5 annex 2, EBU Tech 3341): the largest magnitude of the signal itself, not only
 * of its samples, at 4 times the sample rate. Never below the sample peak. The kernel is that of
 * dsp/truepeak.h. */
#include "dsp/truepeak.h"
#include "meter/lanes.h"

#include <stdbool.h>
#include <string.h>

#define PAST_MAX (GS_TRUEPEAK_TAPS_MAX + 1) /* frames kept before a cell, for any kernel */
#define BLOCK    4 /* frames worked on at once, so that coefficients stay in registers */
_Static_assert(PAST_MAX <= GS_CELL, "the peak of one cell before tells what can come of the past");

typedef float frame[GS_LANES];

struct state {
    frame x[PAST_MAX + GS_CELL]; /* the past, the cell */
    float recent[GS_LANES];      /* sample peak of the cell before */
    float top[GS_LANES];         /* of the bin */
} __attribute__((aligned(64)));

static void prepare(void *shared, const struct gs_meter_setup *setup)
{
    gs_truepeak_design(shared, setup->rate_hz);
}

/* What is known of the places behind `n` frames from `at` on without their neighbours' half-way points. `n` and
 * `pairs` are constants where this is inlined. */
static inline __attribute__((always_inline)) void half_way(const frame x[], int p, int at, int n, int pairs,
                                                           const struct gs_truepeak *c, gs_part half[],
                                                           gs_part even[])
{
    gs_part sum[BLOCK] = { { 0 } }, near[BLOCK] = { { 0 } };
#pragma GCC unroll 16
    for (int i = 0; i < pairs; i++) {
#pragma GCC unroll 4
        for (int k = 0; k < n; k++) {
            gs_part pair = gs_part_load(x[at + k - i], p) + gs_part_load(x[at + k + 1 + i], p);
            sum[k] += c->half[i] * pair;
            if (i + 1 < GS_TRUEPEAK_EVEN) {
                near[k] += c->even[i + 1] * pair;
            }
        }
    }
#pragma GCC unroll 4
    for (int k = 0; k < n; k++) {
        half[k] = sum[k];
        even[k] = near[k] + c->even[0] * sum[k];
    }
}

/* The largest magnitude between `frames` frames behind the past of `x`. |even + odd| or |even - odd|, whichever is
 * larger, is |even| + |odd|. */
static inline __attribute__((always_inline)) gs_part scan(const frame x[], int p, int frames, int pairs,
                                                          const struct gs_truepeak *c)
{
    gs_part top = { 0 };
    gs_part half[2 + BLOCK], even[2 + BLOCK]; /* the first two are the last of the block before */
    half_way(x, p, pairs - 1, 2, pairs, c, half, even);
    for (int at = pairs; at < pairs + frames; at += BLOCK) {
        half_way(x, p, at + 1, BLOCK, pairs, c, half + 2, even + 2);
#pragma GCC unroll 4
        for (int k = 0; k < BLOCK; k++) {
            gs_part odd = c->odd[0] * (half[k] - half[k + 2]) +
                          c->odd[1] * (gs_part_load(x[at + k], p) - gs_part_load(x[at + k + 1], p));
            top = gs_part_max(top, gs_part_abs(half[k + 1]));
            top = gs_part_max(top, gs_part_abs(even[k + 1]) + gs_part_abs(odd));
        }
        for (int k = 0; k < 2; k++) {
            half[k] = half[BLOCK + k];
            even[k] = even[BLOCK + k];
        }
    }
    return top;
}

/* True when no interpolated value can exceed what the bin has already: silence, and the valleys behind a
 * peak. */
static bool nothing_new(gs_part top, gs_part peak, gs_part recent, const struct gs_truepeak *c)
{
    return !gs_part_any(c->gain_max * gs_part_max(peak, recent) > top);
}

/* By the length of the kernel, each with its loops unrolled. */
static gs_part scan_with(const frame x[], int p, int frames, const struct gs_truepeak *c)
{
    switch (c->taps) {
    case 16:
        return scan(x, p, frames, 8, c);
    case 22:
        return scan(x, p, frames, 11, c);
    default:
        return scan(x, p, frames, GS_TRUEPEAK_TAPS_MAX / 2, c);
    }
}

/* No frame waits for the one before: half a register that is idle may take the second half of the cell. */
static gs_part scan_folded(const frame x[], const struct gs_truepeak *c)
{
    frame folded[PAST_MAX + GS_CELL / 2] GS_LANES_ALIGNED;
    for (int i = 0; i < (int)c->taps + 1 + GS_CELL / 2; i++) {
        gs_part_store(folded[i], 0, gs_part_join(gs_part_load(x[i], 0), gs_part_load(x[i + GS_CELL / 2], 0)));
    }
    gs_part top = scan_with(folded, 0, GS_CELL / 2, c);
    return gs_part_max(top, gs_part_upper(top));
}

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    struct state *s = state;
    const struct gs_truepeak *c = shared;
    int past = (int)c->taps + 1;
    for (int p = 0; p < gs_parts(cell); p++) {
        for (int i = 0; i < GS_CELL; i++) {
            gs_part_store(s->x[past + i], p, gs_part_load(cell->real[i], p));
        }
        gs_part peak = gs_part_load(cell->real_peak, p);
        gs_part top = gs_part_max(gs_part_load(s->top, p), peak);
        if (!nothing_new(top, peak, gs_part_load(s->recent, p), c)) {
            gs_part between = gs_half_idle(cell) ? scan_folded(s->x, c) : scan_with(s->x, p, GS_CELL, c);
            top = gs_part_max(top, between);
        }
        gs_part_store(s->top, p, top);
        gs_part_store(s->recent, p, peak);
        for (int i = 0; i < past; i++) {
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
      .doc = "Largest magnitude of the signal since reset, pauses left out, 4 times oversampled (ITU-R "
             "BS.1770-5 "
             "annex 2): dBTP on a digital wire.",
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
      .doc = "True peak since reset in dBTP, pauses left out; analogue and acoustic wires as if brought to "
             "full scale.",
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
    .ballistics =
        "none: the largest value of the window or since reset; rests with the loudness measurement.",
    .fields = fields,
    .n_fields = 1,
    .programme = true,
    .readings = readings,
    .n_readings = sizeof readings / sizeof readings[0],
    .shared_size = sizeof(struct gs_truepeak),
    .prepare = prepare,
    .size = sizeof(struct state),
    .cell = cell,
    .take = take,
};
