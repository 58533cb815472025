/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the chain did wrong: level of real - ideal, and SINAD, the energy of the ideal path over the energy
 * of the error (IEEE 1241 in spirit, on any programme instead of a test tone). */
#include "meter/lanes.h"

#include <math.h>

struct state {
    double error[GS_LANES], ideal[GS_LANES]; /* energies; double: a bin may grow for minutes */
} __attribute__((aligned(64)));

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    (void)shared;
    struct state *s = state;
    for (int p = 0; p < gs_parts(cell); p++) {
        gs_part error[2] = { { 0 } }, ideal[2] = { { 0 } };
        GS_EACH_FRAME(i)
        {
            gs_part x = gs_part_load(cell->ideal[i], p);
            gs_part e = gs_part_load(cell->real[i], p) - x;
            error[i & 1] += e * e;
            ideal[i & 1] += x * x;
        }
        gs_part_add_up(s->error, p, error[0] + error[1]);
        gs_part_add_up(s->ideal, p, ideal[0] + ideal[1]);
    }
}

enum {
    ERROR,
    IDEAL,
    FIELDS
};

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    (void)shared;
    struct state *s = state;
    for (int lane = 0; lane < GS_LANES; lane++) {
        field[ERROR][lane] = (float)s->error[lane];
        field[IDEAL][lane] = (float)s->ideal[lane];
    }
    *s = (struct state){ 0 };
}

static const struct gs_meter_field fields[FIELDS] = {
    [ERROR] = { "error_energy", GS_FOLD_SUM },
    [IDEAL] = { "ideal_energy", GS_FOLD_SUM },
};

static double error_db(const double *field, double frames, const struct gs_meter_site *site)
{
    return gs_rms_to_db(site->domain, sqrt(field[ERROR] / frames));
}

static double ideal_db(const double *field, double frames, const struct gs_meter_site *site)
{
    return gs_rms_to_db(site->domain, sqrt(field[IDEAL] / frames));
}

static double sinad(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    (void)site;
    if (field[IDEAL] <= 0) {
        return -INFINITY;
    }
    return field[ERROR] > 0 ? 10 * log10(field[IDEAL] / field[ERROR]) : INFINITY;
}

static const struct gs_reading readings[] = {
    { .key = "error",
      .label = "Error",
      .doc = "RMS level of real minus ideal in the last 400 ms (AES17).",
      .span = GS_SPAN_NOW,
      .window_ms = 400,
      .value = error_db },
    { .key = "error_total",
      .label = "Error since reset",
      .doc = "RMS level of real minus ideal since reset (AES17).",
      .span = GS_SPAN_HOLD,
      .value = error_db },
    { .key = "ideal_rms_total",
      .label = "Ideal RMS since reset",
      .doc = "RMS level of the ideal path since reset (AES17).",
      .span = GS_SPAN_HOLD,
      .value = ideal_db },
    { .key = "sinad",
      .label = "SINAD",
      .doc = "Energy of the ideal path over energy of the error in the last 400 ms; infinite without error.",
      .unit = "dB",
      .span = GS_SPAN_NOW,
      .window_ms = 400,
      .value = sinad },
    { .key = "sinad_total",
      .label = "SINAD since reset",
      .doc = "Energy of the ideal path over energy of the error since reset; infinite without error.",
      .unit = "dB",
      .span = GS_SPAN_HOLD,
      .value = sinad },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_error) = {
    .key = "error",
    .doc = "Level of everything the chain did wrong, and SINAD.",
    .standard = "AES17 (RMS)",
    .ballistics = "RMS over 400 ms, the totals since reset.",
    .fields = fields,
    .n_fields = FIELDS,
    .readings = readings,
    .n_readings = sizeof readings / sizeof readings[0],
    .size = sizeof(struct state),
    .cell = cell,
    .take = take,
};
