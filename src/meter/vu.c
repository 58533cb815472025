/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * VU meter (IEC 60268-17, ANSI C16.5): full-wave rectified average behind a second-order movement that reaches
 * 99 % in 300 ms and overshoots by 1.25 %, calibrated with a sine. The movement advances cell by cell, by the
 * exact solution for a constant input. */
#include "meter/lanes.h"

#include <math.h>

#define DAMPING 0.813 /* zeta and omega together give 99 % at 0.300 s and 1.25 % of overshoot */
#define OMEGA   13.5  /* rad/s */

/* Position y and speed v of the movement: y' = v, v' = omega^2 (input - y) - 2 zeta omega v. Over one cell
 * (y - input, v) is multiplied with this matrix; v is kept in units of omega. */
struct shared {
    float yy, yv, vy, vv;
    float mean; /* sum of magnitudes of a cell -> sine-calibrated average */
};

struct state {
    gs_part y[GS_PARTS], v[GS_PARTS], top[GS_PARTS];
} __attribute__((aligned(64)));

static void prepare(void *shared, const struct gs_meter_setup *setup)
{
    struct shared *c = shared;
    double t = GS_CELL * OMEGA / setup->rate_hz, ring = sqrt(1 - DAMPING * DAMPING);
    double decay = exp(-DAMPING * t), cosine = cos(ring * t), sine = sin(ring * t) / ring;
    c->yy = (float)(decay * (cosine + DAMPING * sine));
    c->yv = (float)(decay * sine);
    c->vy = (float)(-decay * sine);
    c->vv = (float)(decay * (cosine - DAMPING * sine));
    c->mean = (float)(M_PI / 2 / GS_CELL); /* a sine's peak is pi / 2 times its rectified average */
}

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    struct state *s = state;
    const struct shared *c = shared;
    for (int p = 0; p < gs_parts(cell); p++) {
        gs_part sum[2] = { { 0 } };
        GS_EACH_FRAME(i)
        {
            sum[i & 1] += gs_part_abs(gs_part_load(cell->real[i], p));
        }
        gs_part input = c->mean * (sum[0] + sum[1]), off = s->y[p] - input, v = s->v[p];
        s->y[p] = input + c->yy * off + c->yv * v;
        s->v[p] = c->vy * off + c->vv * v;
        s->top[p] = gs_part_max(s->top[p], s->y[p]);
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
        gs_part_store(field[NOW], p, s->y[p]);
        gs_part_store(field[TOP], p, s->top[p]);
        s->top[p] = s->y[p];
    }
}

static const struct gs_meter_field fields[FIELDS] = {
    [NOW] = { "needle", GS_FOLD_LAST },
    [TOP] = { "needle_max", GS_FOLD_MAX },
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

static double top_on_scale(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return gs_gain_to_db(field[TOP] * site->to_full_scale) - site->alignment.nominal_dbfs;
}

static double on_scale(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return gs_gain_to_db(field[NOW] * site->to_full_scale) - site->alignment.nominal_dbfs;
}

static const struct gs_reading readings[] = {
    { .key = "vu",
      .label = "VU",
      .doc = "VU meter (IEC 60268-17), as the level of the steady sine that reads the same.",
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .value = now },
    { .key = "vu_max",
      .label = "VU maximum",
      .doc = "Highest reading of the VU meter since reset, as the level of a steady sine.",
      .span = GS_SPAN_HOLD,
      .value = top },
    { .key = "vu_scale",
      .label = "VU scale",
      .doc = "VU meter on its own scale: 0 VU is the nominal level of the chain's alignment.",
      .unit = "VU",
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .value = on_scale },
    { .key = "vu_scale_max",
      .label = "VU scale maximum",
      .doc = "Highest reading of the VU meter since reset on its own scale.",
      .unit = "VU",
      .span = GS_SPAN_HOLD,
      .value = top_on_scale },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_vu) = {
    .key = "vu",
    .doc = "VU meter of IEC 60268-17.",
    .standard = "IEC 60268-17",
    .ballistics = "Rises to 99 % in 300 ms with 1 to 1.5 % of overshoot, and falls alike.",
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
