/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Noise after ITU-R BS.468-4: weighted by its network, read by its quasi-peak meter, and as plain RMS behind
 * the same network. The meter charges in 1.41 ms, discharges in 293 ms and reads through 140 ms; that meets
 * every window of the recommendation's tables 2 and 3. It charges at twice the sample rate: samples of a tone at
 * a sixth of the rate, 8 kHz at 48, may all miss its peaks. */
#include "meter/weighting.h"

#include <math.h>

#define CHARGE_S    0.00141
#define DISCHARGE_S 0.293
#define READING_S   0.140
#define READ_EVERY  8 /* frames between two looks at the charge: it falls by 0.005 dB meanwhile */

#define TWICE 2 /* looks a frame */

/* Two all-pass filters, half a frame apart: an elliptic half-band filter of order 5, transition of 0.08 of the doubled
 * rate (R. Valenzuela, A. Constantinides, Digital signal processing schemes for efficient interpolation and
 * decimation, IEE Proc. 130 G, 1983). The earlier look first. */
static const float half_band[TWICE] = { 0.26612015f, 0.74519965f };

struct shared {
    struct gs_468_weighting weighting;
    float discharge;   /* factor a frame */
    float keep[TWICE]; /* of the difference, a look, while it charges; of the second with the discharge */
    float reading, calibration; /* share of the difference a cell; needle -> amplitude of a 1 kHz sine */
};

struct state {
    struct part {
        gs_part section[GS_468_SECTIONS][2];
        gs_part past, look[TWICE]; /* weighted, a frame ago: what went into the all-passes and came out */
        gs_part level, needle, top;
    } part[GS_PARTS];
    double energy[GS_LANES];
} __attribute__((aligned(64)));

/* Mean level of the charged capacitor for a steady 1 kHz sine of amplitude 1. */
static double level_of_sine(double charge, double discharge, double rate_hz)
{
    double level = 0, sum = 0;
    long settling = lround(0.1 * rate_hz), measuring = lround(0.05 * rate_hz); /* whole periods */
    for (long i = 0; i < settling + measuring; i++) {
        double magnitude = fabs(sin(2 * M_PI * 1000 * (double)i / rate_hz));
        level *= discharge;
        level += magnitude > level ? charge * (magnitude - level) : 0;
        sum += i >= settling ? level : 0;
    }
    return sum / (double)measuring;
}

static void prepare(void *shared, const struct gs_meter_setup *setup)
{
    struct shared *c = shared;
    double looks_hz = TWICE * setup->rate_hz;
    double charge = -expm1(-1 / (CHARGE_S * looks_hz));
    double discharge = exp(-1 / (DISCHARGE_S * looks_hz));
    gs_468_weighting_design(&c->weighting, setup->rate_hz);
    c->discharge = (float)pow(discharge, TWICE);
    c->keep[0] = (float)(1 - charge);
    c->keep[1] = (float)((1 - charge) * pow(discharge, TWICE));
    c->reading = (float)-expm1(-GS_CELL / (READING_S * setup->rate_hz));
    c->calibration = (float)(charge * sqrt(c->weighting.power) / level_of_sine(charge, discharge, looks_hz));
}

static inline __attribute__((always_inline)) gs_part weigh(struct part *f, gs_part x,
                                                           const struct gs_biquad section[GS_468_SECTIONS])
{
    gs_part y = gs_biquad_step(x, f->section[0], &section[0]);
    y = gs_pole_pair_step(y, f->section[1], &section[1]);
    return gs_slope_step(y, f->section[2], &section[2]);
}

/* The second look does the discharging of both. */
static inline __attribute__((always_inline)) void charge(struct part *f, gs_part y, const struct shared *c)
{
    f->look[0] = half_band[0] * (y - f->look[0]) + f->past;
    f->look[1] = half_band[1] * (y - f->look[1]) + f->past;
    f->past = y;
    f->level = gs_part_max(f->level, c->keep[0] * f->level + gs_part_abs(f->look[0]));
    f->level = gs_part_max(c->discharge * f->level, c->keep[1] * f->level + gs_part_abs(f->look[1]));
}

static inline __attribute__((always_inline)) void read(struct state *s, const struct shared *c,
                                                       const struct gs_lanes_cell *cell, int p, int n)
{
    struct part f[GS_ABREAST];
    gs_part energy[GS_ABREAST] = { { 0 } }, sum[GS_ABREAST] = { { 0 } };
    GS_EACH_ABREAST(k, n) f[k] = s->part[p + k];
    for (int at = 0; at < GS_CELL; at += READ_EVERY) {
        for (int i = at; i < at + READ_EVERY; i++) {
            GS_EACH_ABREAST(k, n)
            {
                gs_part y = weigh(&f[k], gs_part_load(cell->real[i], p + k), c->weighting.section);
                energy[k] += y * y;
                charge(&f[k], y, c);
            }
        }
        GS_EACH_ABREAST(k, n) sum[k] += f[k].level;
    }
    GS_EACH_ABREAST(k, n)
    {
        f[k].needle += c->reading * (sum[k] * ((float)READ_EVERY / GS_CELL) - f[k].needle);
        f[k].top = gs_part_max(f[k].top, f[k].needle);
        s->part[p + k] = f[k];
        gs_part_add_up(s->energy, p + k, energy[k]);
    }
}

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    int p = 0;
    for (; p + GS_ABREAST <= gs_parts(cell); p += GS_ABREAST) {
        read(state, shared, cell, p, GS_ABREAST);
    }
    for (; p < gs_parts(cell); p++) {
        read(state, shared, cell, p, 1);
    }
}

enum {
    ENERGY,
    NOW,
    TOP,
    FIELDS
};

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    struct state *s = state;
    const struct shared *c = shared;
    for (int p = 0; p < GS_PARTS; p++) {
        gs_part_store(field[NOW], p, c->calibration * s->part[p].needle);
        gs_part_store(field[TOP], p, c->calibration * s->part[p].top);
        s->part[p].top = s->part[p].needle;
    }
    for (int lane = 0; lane < GS_LANES; lane++) {
        field[ENERGY][lane] = (float)(c->weighting.power * s->energy[lane]);
        s->energy[lane] = 0;
    }
}

static const struct gs_meter_field fields[FIELDS] = {
    [ENERGY] = { "energy", GS_FOLD_SUM },
    [NOW] = { "needle", GS_FOLD_LAST },
    [TOP] = { "needle_max", GS_FOLD_MAX },
};

static double rms(const double *field, double frames, const struct gs_meter_site *site)
{
    return gs_rms_to_db(site->domain, sqrt(field[ENERGY] / frames));
}

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
    { .key = "rms_468",
      .label = "RMS 468",
      .doc = "RMS level of the last 400 ms behind the weighting network of ITU-R BS.468-4.",
      .span = GS_SPAN_NOW,
      .window_ms = 400,
      .value = rms },
    { .key = "rms_468_total",
      .label = "RMS 468 since reset",
      .doc = "RMS level since reset behind the weighting network of ITU-R BS.468-4.",
      .span = GS_SPAN_HOLD,
      .value = rms },
    { .key = "qp_468",
      .label = "Quasi-peak 468",
      .doc = "Noise by weighting network and quasi-peak meter of ITU-R BS.468-4, 1 kHz reading its level.",
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .value = now },
    { .key = "qp_468_max",
      .label = "Quasi-peak 468 maximum",
      .doc = "Highest reading of the quasi-peak meter of ITU-R BS.468-4 since reset.",
      .span = GS_SPAN_HOLD,
      .value = top },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_noise_468) = {
    .key = "noise_468",
    .doc = "Noise after ITU-R BS.468-4, quasi-peak and RMS.",
    .standard = "ITU-R BS.468-4",
    .ballistics = "Quasi-peak with the burst response of its table 2; RMS without ballistics.",
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
