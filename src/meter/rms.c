/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RMS level after AES17: the RMS level of a sine equals its peak level. Full bandwidth of the wire. What else
 * comes from energy, peak and sum: the K-System of Katz, crest factor, direct current. */
#include "meter/lanes.h"
#include "meter/rms_highest.h"

#include <math.h>

struct state {
    double energy[GS_LANES], sum[GS_LANES]; /* double: a bin that nobody fetches grows for minutes */
    float peak[GS_LANES];
} __attribute__((aligned(64)));

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    (void)shared;
    struct state *s = state;
    for (int p = 0; p < gs_parts(cell); p++) {
        gs_part energy[2] = { { 0 } }, sum[2] = { { 0 } };
        GS_EACH_FRAME(i)
        {
            gs_part x = gs_part_load(cell->real[i], p);
            energy[i & 1] += x * x;
            sum[i & 1] += x;
        }
        gs_part_store(s->peak, p, gs_part_max(gs_part_load(s->peak, p), gs_part_load(cell->real_peak, p)));
        gs_part_add_up(s->energy, p, energy[0] + energy[1]);
        gs_part_add_up(s->sum, p, sum[0] + sum[1]);
    }
}

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    (void)shared;
    struct state *s = state;
    for (int lane = 0; lane < GS_LANES; lane++) {
        field[GS_RMS_ENERGY][lane] = (float)s->energy[lane];
        field[GS_RMS_SUM][lane] = (float)s->sum[lane];
        field[GS_RMS_PEAK][lane] = s->peak[lane];
    }
    *s = (struct state){ 0 };
}

static const struct gs_meter_field fields[GS_RMS_FIELDS] = {
    [GS_RMS_ENERGY] = { "energy", GS_FOLD_SUM },
    [GS_RMS_SUM] = { "sum", GS_FOLD_SUM },
    [GS_RMS_PEAK] = { "peak", GS_FOLD_MAX },
};

static double level(const double *field, double frames, const struct gs_meter_site *site)
{
    return gs_rms_to_db(site->domain, sqrt(field[GS_RMS_ENERGY] / frames));
}

static double highest(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return gs_rms_to_db(site->domain, sqrt(fmax(0, field[GS_RMS_HIGHEST])));
}

static double to_full_scale_db(const double *field, double frames, const struct gs_meter_site *site)
{
    return gs_rms_to_db(GS_DIGITAL, site->to_full_scale * sqrt(field[GS_RMS_ENERGY] / frames));
}

static double k20(const double *field, double frames, const struct gs_meter_site *site)
{
    return to_full_scale_db(field, frames, site) + 20;
}

static double k14(const double *field, double frames, const struct gs_meter_site *site)
{
    return to_full_scale_db(field, frames, site) + 14;
}

static double k12(const double *field, double frames, const struct gs_meter_site *site)
{
    return to_full_scale_db(field, frames, site) + 12;
}

/* Of true RMS: a sine has 3.01 dB, a square 0. */
static double crest(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)site;
    double rms = sqrt(field[GS_RMS_ENERGY] / frames);
    return rms > 0 ? gs_gain_to_db(field[GS_RMS_PEAK] / rms) : -INFINITY;
}

static double mean(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)site;
    return field[GS_RMS_SUM] / frames;
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
    { .key = "rms_max",
      .label = "RMS maximum",
      .doc = "Highest RMS level over 400 ms since reset (AES17).",
      .span = GS_SPAN_HOLD,
      .value = highest },
    { .key = "k20",
      .label = "K-20",
      .doc =
          "RMS level of the last 600 ms on the K-20 scale (Katz): 0 is -20 dBFS, by the chain's alignment.",
      .unit = "dB",
      .span = GS_SPAN_NOW,
      .window_ms = 600,
      .value = k20 },
    { .key = "k14",
      .label = "K-14",
      .doc = "RMS level of the last 600 ms on the K-14 scale (Katz): 0 is -14 dBFS.",
      .unit = "dB",
      .span = GS_SPAN_NOW,
      .window_ms = 600,
      .value = k14 },
    { .key = "k12",
      .label = "K-12",
      .doc = "RMS level of the last 600 ms on the K-12 scale (Katz): 0 is -12 dBFS.",
      .unit = "dB",
      .span = GS_SPAN_NOW,
      .window_ms = 600,
      .value = k12 },
    { .key = "crest",
      .label = "Crest factor",
      .doc = "Sample peak over true RMS of the last second: a sine has 3.01 dB, a square 0.",
      .unit = "dB",
      .span = GS_SPAN_NOW,
      .window_ms = 1000,
      .value = crest },
    { .key = "crest_total",
      .label = "Crest factor since reset",
      .doc = "Sample peak over true RMS since reset.",
      .unit = "dB",
      .span = GS_SPAN_HOLD,
      .value = crest },
    { .key = "dc",
      .label = "DC",
      .doc = "Mean value of the last second, in pascal, volt or full scale.",
      .unit = "",
      .low = -INFINITY,
      .high = INFINITY,
      .span = GS_SPAN_NOW,
      .window_ms = 1000,
      .value = mean },
    { .key = "dc_total",
      .label = "DC since reset",
      .doc = "Mean value since reset, in pascal, volt or full scale.",
      .unit = "",
      .low = -INFINITY,
      .high = INFINITY,
      .span = GS_SPAN_HOLD,
      .value = mean },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_rms) = {
    .key = "rms",
    .doc = "RMS level of the real path, full bandwidth; K-System, crest factor, direct current.",
    .standard = "AES17 (RMS), Katz (K-System)",
    .ballistics = "RMS over 400 ms, K-System over 600 ms, the totals since reset.",
    .fields = fields,
    .n_fields = GS_RMS_FIELDS,
    .readings = readings,
    .n_readings = sizeof readings / sizeof readings[0],
    .after = &gs_rms_highest_after,
    .size = sizeof(struct state),
    .cell = cell,
    .take = take,
};
