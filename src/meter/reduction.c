/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gain reduction of the dynamics stage that drives a wire: the deepest, so that no grip is missed. The stage itself
 * says how far it has turned down; on wires behind other stages it is 0. */
#include "meter/lanes.h"

#include <math.h>

struct state {
    float deepest[GS_LANES];
} __attribute__((aligned(64)));

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    (void)shared;
    struct state *s = state;
    for (int p = 0; p < gs_parts(cell); p++) {
        gs_part deepest = gs_part_load(s->deepest, p);
        gs_part_store(s->deepest, p, gs_part_max(deepest, gs_part_load(cell->reduction_db, p)));
    }
}

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    (void)shared;
    struct state *s = state;
    for (int p = 0; p < GS_PARTS; p++) {
        gs_part_store(field[0], p, gs_part_load(s->deepest, p));
    }
    *s = (struct state){ 0 };
}

static const struct gs_meter_field fields[] = {
    { "deepest", GS_FOLD_MAX },
};

static double deepest(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    (void)site;
    return fmax(field[0], 0);
}

static const struct gs_reading readings[] = {
    { .key = "gain_reduction",
      .label = "Gain reduction",
      .doc = "How far a compressor, gate or limiter turned down at most in the last 100 ms; 0 behind other "
             "stages.",
      .unit = "dB",
      .span = GS_SPAN_NOW,
      .window_ms = 100,
      .maximum = true,
      .value = deepest },
    { .key = "gain_reduction_max",
      .label = "Gain reduction maximum",
      .doc = "How far a compressor, gate or limiter turned down at most since reset.",
      .unit = "dB",
      .span = GS_SPAN_HOLD,
      .value = deepest },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_reduction) = {
    .key = "reduction",
    .doc = "Gain reduction of dynamics stages.",
    .standard = "",
    .ballistics = "none: the largest reduction of the window or since reset.",
    .fields = fields,
    .n_fields = sizeof fields / sizeof fields[0],
    .readings = readings,
    .n_readings = sizeof readings / sizeof readings[0],
    .size = sizeof(struct state),
    .cell = cell,
    .take = take,
};
