/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programme peak meters of IEC 60268-10: type I (DIN, Nordic) and type II (IIa BBC, IIb EBU; the same needle
 * on two scales). Each needle is the mixture of two rectifiers that charge at different rates and fall
 * together; that meets the tables of tone bursts, which a single time constant does not. */
#include "meter/lanes.h"

#include <math.h>

#define READ_EVERY 8 /* frames between two looks at a needle, when it falls too: 12 dB/s, i.e. 0.002 dB */
#define DETECTORS  2

enum {
    TYPE_1,
    TYPE_2,
    TYPES
};

/* Fitted to the bursts of IEC 60268-10 tables 1 and 2 (type II: EBU Tech 3205, table 2). */
static const struct ballistics {
    double charge_hz[DETECTORS]; /* 1 / s */
    double mix;                  /* of the first */
    double fall_db_s;
    double gain_db; /* so that a steady sine reads its level */
} types[TYPES] = {
    [TYPE_1] = { { 463, 1405 }, 0.623, 20 / 1.7, 0.19 }, /* 20 dB in 1.7 s */
    [TYPE_2] = { { 201, 886 }, 0.5, 24 / 2.8, 0.23 },    /* 24 dB in 2.8 s */
};

struct shared {
    struct needle {
        float fall;            /* factor from look to look */
        float keep[DETECTORS]; /* of the difference, a frame */
        float mix[DETECTORS];  /* charge and gain included */
    } needle[TYPES];
};

struct state {
    struct part {
        gs_part level[TYPES][DETECTORS];
        gs_part now[TYPES], top[TYPES]; /* of the needle, in this bin */
    } part[GS_PARTS];
} __attribute__((aligned(64)));

static void prepare(void *shared, const struct gs_meter_setup *setup)
{
    struct shared *c = shared;
    for (int t = 0; t < TYPES; t++) {
        double gain = gs_db_to_gain(types[t].gain_db);
        double fall = gs_db_to_gain(-types[t].fall_db_s * READ_EVERY / setup->rate_hz);
        c->needle[t].fall = (float)fall;
        for (int d = 0; d < DETECTORS; d++) {
            double charge = -expm1(-types[t].charge_hz[d] / setup->rate_hz);
            c->needle[t].keep[d] = (float)(1 - charge);
            c->needle[t].mix[d] = (float)(charge * gain * (d == 0 ? types[t].mix : 1 - types[t].mix));
        }
    }
}

/* Where the signal is above, the difference shrinks. Levels are in units of 1 / charge: one multiplication less. */
static inline gs_part follow(gs_part level, gs_part magnitude, const struct needle *c, int d)
{
    return gs_part_max(level, c->keep[d] * level + magnitude);
}

#define EACH_NEEDLE(t)   _Pragma("GCC unroll 2") for (int t = 0; t < TYPES; t++)
#define EACH_DETECTOR(d) _Pragma("GCC unroll 2") for (int d = 0; d < DETECTORS; d++)

static inline __attribute__((always_inline)) void read(struct state *s, const struct shared *c,
                                                       const struct gs_lanes_cell *cell, int p, int n)
{
    struct part f[GS_ABREAST];
    GS_EACH_ABREAST(k, n) f[k] = s->part[p + k];
    for (int at = 0; at < GS_CELL; at += READ_EVERY) {
        GS_EACH_ABREAST(k, n) EACH_NEEDLE(t) EACH_DETECTOR(d) f[k].level[t][d] *= c->needle[t].fall;
        for (int i = at; i < at + READ_EVERY; i++) {
            GS_EACH_ABREAST(k, n)
            {
                gs_part magnitude = gs_part_abs(gs_part_load(cell->real[i], p + k));
                EACH_NEEDLE(t)
                EACH_DETECTOR(d) f[k].level[t][d] = follow(f[k].level[t][d], magnitude, &c->needle[t], d);
            }
        }
        GS_EACH_ABREAST(k, n) EACH_NEEDLE(t)
        {
            f[k].now[t] = c->needle[t].mix[0] * f[k].level[t][0] + c->needle[t].mix[1] * f[k].level[t][1];
            f[k].top[t] = gs_part_max(f[k].top[t], f[k].now[t]);
        }
    }
    GS_EACH_ABREAST(k, n) s->part[p + k] = f[k];
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
    NOW_1,
    NOW_2,
    TOP_1,
    TOP_2,
    FIELDS
};

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    (void)shared;
    struct state *s = state;
    for (int p = 0; p < GS_PARTS; p++) {
        for (int t = 0; t < TYPES; t++) {
            gs_part_store(field[NOW_1 + t], p, s->part[p].now[t]);
            gs_part_store(field[TOP_1 + t], p, s->part[p].top[t]);
            s->part[p].top[t] = (gs_part){ 0 };
        }
    }
}

static const struct gs_meter_field fields[FIELDS] = {
    [NOW_1] = { "type_1", GS_FOLD_LAST },
    [NOW_2] = { "type_2", GS_FOLD_LAST },
    [TOP_1] = { "type_1_max", GS_FOLD_MAX },
    [TOP_2] = { "type_2_max", GS_FOLD_MAX },
};

/* ---- readings ---------------------------------------------------------------------------------------------- */

#define DIN_ZERO_DBU   6.0 /* IEC 60268-10 type I: 0 dB on the scale */
#define BBC_MARK_4_DBU 0.0 /* type IIa: mark 4 */
#define BBC_DB_A_MARK  4.0

static double dbu(double needle, const struct gs_meter_site *site)
{
    return gs_gain_to_db(needle * site->to_full_scale) + site->alignment.dbu_at_0dbfs;
}

static double type_1(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return gs_peak_to_db(site->domain, field[TOP_1]);
}

static double type_2(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return gs_peak_to_db(site->domain, field[TOP_2]);
}

static double din(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return dbu(field[TOP_1], site) - DIN_ZERO_DBU;
}

static double bbc(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return 4 + (dbu(field[TOP_2], site) - BBC_MARK_4_DBU) / BBC_DB_A_MARK;
}

static double ebu(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return dbu(field[TOP_2], site);
}

/* The needle now is its top over the newest bin. */
static const struct gs_reading readings[] = {
    { .key = "ppm1",
      .label = "PPM I",
      .doc =
          "Programme peak meter type I (IEC 60268-10), as the level of the steady sine that reads the same.",
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .maximum = true,
      .value = type_1 },
    { .key = "ppm1_max",
      .label = "PPM I maximum",
      .doc = "Highest reading of the programme peak meter type I since reset.",
      .span = GS_SPAN_HOLD,
      .value = type_1 },
    { .key = "ppm2",
      .label = "PPM II",
      .doc =
          "Programme peak meter type II (IEC 60268-10), as the level of the steady sine that reads the same.",
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .maximum = true,
      .value = type_2 },
    { .key = "ppm2_max",
      .label = "PPM II maximum",
      .doc = "Highest reading of the programme peak meter type II since reset.",
      .span = GS_SPAN_HOLD,
      .value = type_2 },
    { .key = "ppm_din",
      .label = "PPM DIN",
      .doc = "Type I on the DIN scale: 0 dB is +6 dBu, by the chain's alignment.",
      .unit = "dB",
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .maximum = true,
      .value = din },
    { .key = "ppm_bbc",
      .label = "PPM BBC",
      .doc = "Type IIa on the BBC scale: mark 4 is 0 dBu, 4 dB a mark, by the chain's alignment.",
      .unit = "",
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .maximum = true,
      .value = bbc },
    { .key = "ppm_ebu",
      .label = "PPM EBU",
      .doc = "Type IIb on the EBU scale: TEST is 0 dBu, by the chain's alignment.",
      .unit = "dB",
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .maximum = true,
      .value = ebu },
    { .key = "ppm_din_max",
      .label = "PPM DIN maximum",
      .doc = "Highest type I reading since reset on the DIN scale.",
      .unit = "dB",
      .span = GS_SPAN_HOLD,
      .value = din },
    { .key = "ppm_bbc_max",
      .label = "PPM BBC maximum",
      .doc = "Highest type IIa reading since reset on the BBC scale.",
      .unit = "",
      .span = GS_SPAN_HOLD,
      .value = bbc },
    { .key = "ppm_ebu_max",
      .label = "PPM EBU maximum",
      .doc = "Highest type IIb reading since reset on the EBU scale.",
      .unit = "dB",
      .span = GS_SPAN_HOLD,
      .value = ebu },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_ppm) = {
    .key = "ppm",
    .doc = "Programme peak meters of IEC 60268-10, types I, IIa and IIb.",
    .standard = "IEC 60268-10 (types I, IIa, IIb)",
    .ballistics =
        "Type I: integration 5 ms, falls 20 dB in 1.7 s. Type II: integration 10 ms, falls 24 dB in 2.8 s.",
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
