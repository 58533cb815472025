/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two channels together: phase correlation, balance, mid and side. The channels of a stereo wire are
 * neighbouring lanes; each lane of a pair sees the same sums. There is no standard for the ballistics of
 * correlation: a rectangular window of 400 ms, as for momentary loudness. Of a wire with more than two
 * channels the first two count. */
#include "meter/correlation.h"
#include "meter/lanes.h"

#include <math.h>

#define BALANCE_MAX_DB 96.0 /* one side silent */

struct state {
    double energy[GS_STEREO_FIELDS][GS_LANES]; /* double: a bin that nobody fetches grows for minutes */
} __attribute__((aligned(64)));

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    (void)shared;
    struct state *s = state;
    const gs_part sign = gs_part_pair(1, -1);
    for (int p = 0; p < gs_parts(cell); p++) {
        gs_part own[2] = { { 0 } }, both[2] = { { 0 } }; /* sum on even lanes, difference on odd ones */
        GS_EACH_FRAME(i)
        {
            gs_part x = gs_part_load(cell->real[i], p);
            gs_part y = gs_part_swap_pairs(x) + sign * x;
            own[i & 1] += x * x;
            both[i & 1] += y * y;
        }
        own[0] += own[1];
        both[0] += both[1];
        gs_part other = gs_part_swap_pairs(both[0]);
        gs_part_add_up(s->energy[GS_STEREO_OWN], p, own[0]);
        gs_part_add_up(s->energy[GS_STEREO_OTHER], p, gs_part_swap_pairs(own[0]));
        gs_part_add_up(s->energy[GS_STEREO_MID], p, gs_part_select(sign > 0, both[0], other));
        gs_part_add_up(s->energy[GS_STEREO_SIDE], p, gs_part_select(sign > 0, other, both[0]));
    }
}

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    (void)shared;
    struct state *s = state;
    for (int f = 0; f < GS_STEREO_FIELDS; f++) {
        double factor = f == GS_STEREO_MID || f == GS_STEREO_SIDE ? 0.25 : 1; /* mid = (left + right) / 2 */
        for (int lane = 0; lane < GS_LANES; lane++) {
            field[f][lane] = (float)(factor * s->energy[f][lane]);
            s->energy[f][lane] = 0;
        }
    }
}

static const struct gs_meter_field fields[GS_STEREO_FIELDS] = {
    [GS_STEREO_OWN] = { "energy", GS_FOLD_SUM },
    [GS_STEREO_OTHER] = { "other_energy", GS_FOLD_SUM },
    [GS_STEREO_MID] = { "mid_energy", GS_FOLD_SUM },
    [GS_STEREO_SIDE] = { "side_energy", GS_FOLD_SUM },
};

/* ---- readings: of the wire, asked of its first lane -------------------------------------------------------- */

static double correlation(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    (void)site;
    return field[GS_CORRELATION_LAST];
}

static double lowest(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    (void)site;
    return isfinite(field[GS_CORRELATION_LOWEST]) ? field[GS_CORRELATION_LOWEST] : -INFINITY;
}

static double mean(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    (void)site;
    double count = field[GS_CORRELATION_COUNT];
    return count > 0 ? field[GS_CORRELATION_SUM] / count : -INFINITY;
}

static double balance(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    double left = field[GS_STEREO_OWN], right = field[GS_STEREO_OTHER];
    if (site->channels < 2 || left + right <= 0) {
        return -INFINITY;
    }
    return fmax(-BALANCE_MAX_DB, fmin(BALANCE_MAX_DB, 10 * log10(left / right)));
}

static double level(double energy, double frames, const struct gs_meter_site *site)
{
    return site->channels < 2 ? -INFINITY : gs_rms_to_db(site->domain, sqrt(energy / frames));
}

static double mid_db(const double *field, double frames, const struct gs_meter_site *site)
{
    return level(field[GS_STEREO_MID], frames, site);
}

static double side_db(const double *field, double frames, const struct gs_meter_site *site)
{
    return level(field[GS_STEREO_SIDE], frames, site);
}

static const struct gs_reading readings[] = {
    { .key = "correlation",
      .label = "Correlation",
      .doc = "Phase correlation of left and right over 400 ms, -1..+1; nothing while a side is silent.",
      .unit = "",
      .low = -1,
      .high = 1,
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .wire = true,
      .value = correlation },
    { .key = "correlation_min",
      .label = "Lowest correlation",
      .doc = "Lowest phase correlation since reset.",
      .unit = "",
      .low = -1,
      .high = 1,
      .span = GS_SPAN_HOLD,
      .wire = true,
      .value = lowest },
    { .key = "correlation_mean",
      .label = "Mean correlation",
      .doc = "Mean of the phase correlation since reset.",
      .unit = "",
      .low = -1,
      .high = 1,
      .span = GS_SPAN_HOLD,
      .wire = true,
      .value = mean },
    { .key = "balance",
      .label = "Balance",
      .doc = "Energy of left over right in the last 400 ms; positive: left is louder.",
      .unit = "dB",
      .span = GS_SPAN_NOW,
      .window_ms = 400,
      .wire = true,
      .value = balance },
    { .key = "mid",
      .label = "Mid",
      .doc = "RMS level of (left + right) / 2 in the last 400 ms.",
      .span = GS_SPAN_NOW,
      .window_ms = 400,
      .wire = true,
      .value = mid_db },
    { .key = "side",
      .label = "Side",
      .doc = "RMS level of (left - right) / 2 in the last 400 ms.",
      .span = GS_SPAN_NOW,
      .window_ms = 400,
      .wire = true,
      .value = side_db },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_stereo) = {
    .key = "stereo",
    .doc = "Phase correlation, balance, mid and side of a stereo wire.",
    .standard = "",
    .ballistics = "RMS and products over 400 ms.",
    .fields = fields,
    .n_fields = GS_STEREO_FIELDS,
    .readings = readings,
    .n_readings = sizeof readings / sizeof readings[0],
    .after = &gs_correlation_after,
    .size = sizeof(struct state),
    .cell = cell,
    .take = take,
};
