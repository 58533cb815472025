/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sample peak of both paths: the largest absolute sample value. What the ideal path reads is what the wire
 * would have peaked at, had nothing clipped. */
#include "meter/lanes.h"

struct state {
    float real[GS_LANES], ideal[GS_LANES];
} GS_LANES_ALIGNED;

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    (void)shared;
    struct state *s = state;
    for (int p = 0; p < gs_parts(cell); p++) {
        gs_part_store(s->real, p, gs_part_max(gs_part_load(s->real, p), gs_part_load(cell->real_peak, p)));
        gs_part_store(s->ideal, p, gs_part_max(gs_part_load(s->ideal, p), gs_part_load(cell->ideal_peak, p)));
    }
}

enum {
    REAL,
    IDEAL,
    FIELDS
};

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    (void)shared;
    struct state *s = state;
    for (int p = 0; p < GS_PARTS; p++) {
        gs_part_store(field[REAL], p, gs_part_load(s->real, p));
        gs_part_store(field[IDEAL], p, gs_part_load(s->ideal, p));
    }
    *s = (struct state){ 0 };
}

static const struct gs_meter_field fields[FIELDS] = {
    [REAL] = { "peak", GS_FOLD_MAX },
    [IDEAL] = { "ideal_peak", GS_FOLD_MAX },
};

static double real_db(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return gs_peak_to_db(site->domain, field[REAL]);
}

static double ideal_db(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return gs_peak_to_db(site->domain, field[IDEAL]);
}

static const struct gs_reading readings[] = {
    { .key = "peak",
      .label = "Peak",
      .doc = "Largest absolute sample value since reset.",
      .span = GS_SPAN_HOLD,
      .value = real_db },
    { .key = "peak_now",
      .label = "Peak now",
      .doc = "Largest absolute sample value of the last 100 ms.",
      .span = GS_SPAN_NOW,
      .window_ms = 100,
      .maximum = true,
      .value = real_db },
    { .key = "ideal_peak",
      .label = "Would have peaked",
      .doc = "Largest absolute sample value of the ideal path since reset: the peak without any clipping.",
      .span = GS_SPAN_HOLD,
      .value = ideal_db },
    { .key = "ideal_peak_now",
      .label = "Would peak now",
      .doc = "Largest absolute sample value of the ideal path in the last 100 ms.",
      .span = GS_SPAN_NOW,
      .window_ms = 100,
      .maximum = true,
      .value = ideal_db },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_peak) = {
    .key = "peak",
    .doc = "Sample peak of the real and of the ideal path.",
    .standard = "AES17 (full scale)",
    .ballistics = "none: the largest sample of the window or since reset.",
    .fields = fields,
    .n_fields = FIELDS,
    .readings = readings,
    .n_readings = sizeof readings / sizeof readings[0],
    .size = sizeof(struct state),
    .cell = cell,
    .take = take,
};
