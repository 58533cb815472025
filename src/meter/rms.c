/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RMS level after AES17: the RMS level of a sine equals its peak level. Full bandwidth of the wire. */
#include "meter/lanes.h"

#include <math.h>

struct state {
    double energy[GS_LANES]; /* double: a bin that nobody fetches grows for minutes */
} __attribute__((aligned(64)));

static size_t size(const struct gs_meter_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    (void)shared;
    struct state *s = state;
    float energy[GS_LANES] __attribute__((aligned(32)));
    for (int p = 0; p < GS_PARTS; p++) {
        gs_part sum = { 0 };
        for (int frame = 0; frame < GS_CELL; frame++) {
            gs_part x = gs_part_load(cell->real[frame], p);
            sum += x * x;
        }
        gs_part_store(energy, p, sum);
    }
    for (int lane = 0; lane < GS_LANES; lane++) {
        s->energy[lane] += energy[lane];
    }
}

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    (void)shared;
    struct state *s = state;
    for (int lane = 0; lane < GS_LANES; lane++) {
        field[0][lane] = (float)s->energy[lane];
    }
    *s = (struct state){ 0 };
}

static const struct gs_meter_field fields[] = {
    { "energy", GS_FOLD_SUM },
};

static double level(const double *field, double frames, const struct gs_meter_site *site)
{
    return gs_rms_to_db(site->domain, sqrt(field[0] / frames));
}

static const struct gs_reading readings[] = {
    { .key = "rms",
      .label = "RMS",
      .doc = "RMS level of the last 400 ms, a sine reading as its peak (AES17).",
      .span = GS_SPAN_NOW,
      .window_ms = 400,
      .value = level },
    { .key = "rms_total",
      .label = "RMS since reset",
      .doc = "RMS level since reset, a sine reading as its peak (AES17).",
      .span = GS_SPAN_HOLD,
      .value = level },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_rms) = {
    .key = "rms",
    .doc = "RMS level of the real path, full bandwidth.",
    .fields = fields,
    .n_fields = 1,
    .readings = readings,
    .n_readings = sizeof readings / sizeof readings[0],
    .size = size,
    .cell = cell,
    .take = take,
};
