/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Digital peak meter of IEC 60268-18: shows every sample peak at once (integration time below 5 ms), returns
 * 20 dB in 1.7 s. The return is reckoned cell by cell; within one it is less than 0.01 dB. */
#include "meter/lanes.h"

#include <math.h>

#define FALL_DB_S (20 / 1.7)

struct shared {
    float fall; /* factor a cell */
};

struct state {
    gs_part now[GS_PARTS], top[GS_PARTS];
} __attribute__((aligned(64)));

static void prepare(void *shared, const struct gs_meter_setup *setup)
{
    ((struct shared *)shared)->fall = (float)gs_db_to_gain(-FALL_DB_S * GS_CELL / setup->rate_hz);
}

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    struct state *s = state;
    const struct shared *c = shared;
    for (int p = 0; p < gs_parts(cell); p++) {
        s->now[p] = gs_part_max(c->fall * s->now[p], gs_part_load(cell->real_peak, p));
        s->top[p] = gs_part_max(s->top[p], s->now[p]);
    }
}

enum {
    NOW,
    TOP,
    FIELDS
};

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    (void)shared;
    struct state *s = state;
    for (int p = 0; p < GS_PARTS; p++) {
        gs_part_store(field[NOW], p, s->now[p]);
        gs_part_store(field[TOP], p, s->top[p]);
        s->top[p] = s->now[p];
    }
}

static const struct gs_meter_field fields[FIELDS] = {
    [NOW] = { "now", GS_FOLD_LAST },
    [TOP] = { "max", GS_FOLD_MAX },
};

static double now(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return gs_peak_to_db(site->domain, field[NOW]);
}

static double top(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return gs_peak_to_db(site->domain, field[TOP]);
}

static const struct gs_reading readings[] = {
    { .key = "dpm",
      .label = "Digital peak meter",
      .doc = "Digital peak meter (IEC 60268-18): sample peak with a return of 20 dB in 1.7 s.",
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .value = now },
    { .key = "dpm_max",
      .label = "Digital peak meter maximum",
      .doc = "Highest reading of the digital peak meter since reset.",
      .span = GS_SPAN_HOLD,
      .value = top },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_dpm) = {
    .key = "dpm",
    .doc = "Digital peak meter of IEC 60268-18.",
    .standard = "IEC 60268-18",
    .ballistics = "Attack at most 5 ms to 1 dB below a steady tone; falls 20 dB in 1.7 s.",
    .fields = fields,
    .n_fields = FIELDS,
    .readings = readings,
    .n_readings = sizeof readings / sizeof readings[0],
    .shared_size = sizeof(struct shared),
    .prepare = prepare,
    .size = sizeof(struct state),
    .cell = cell,
    .take = take,
};
