/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Noise: RMS in the measuring band of AES17 (20 Hz..20 kHz), and A-weighted within it, of the real path and
 * of the error. Without a signal the noise is what is on the wire; with one it is in the error. */
#include "meter/weighting.h"

#include <math.h>

struct shared {
    struct gs_band band;
    struct gs_a_weighting a;
};

#define STREAMS 2 /* the real path and the error */

enum {
    WIRE,
    ERROR,
    WIRE_A,
    ERROR_A,
    FIELDS
};

struct state {
    struct part {
        struct pass_1 {
            gs_part low[STREAMS][2], half[STREAMS], high[STREAMS][2];
        } pass_1;
        struct pass_between {
            gs_part high[2][STREAMS][2];
        } between;
        struct pass_2 {
            gs_part high[STREAMS][2], a_low[STREAMS][2];
        } pass_2;
        struct pass_3 {
            gs_part a_low[STREAMS][2], a_high[STREAMS][2];
        } pass_3;
    } part[GS_PARTS];
    double energy[FIELDS][GS_LANES]; /* double: a bin that nobody fetches grows for minutes */
} __attribute__((aligned(64)));

static size_t shared_size(const struct gs_meter_setup *setup)
{
    (void)setup;
    return sizeof(struct shared);
}

static void prepare(void *shared, const struct gs_meter_setup *setup)
{
    struct shared *c = shared;
    gs_band_design(&c->band, setup->rate_hz);
    gs_a_weighting_design(&c->a, &c->band, setup->rate_hz);
}

static size_t size(const struct gs_meter_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

/* The sections are run in passes over the cell, both streams side by side: enough independent recursions at a
 * time to hide their latency, few enough to stay in registers. The band has two sections more at high rates:
 * a pass of their own between the first and the last. */
typedef gs_part cell_of_streams[GS_CELL][STREAMS];

#define EACH_STREAM _Pragma("GCC unroll 2") for (int k = 0; k < STREAMS; k++)

static void pass_1(struct pass_1 *s, const struct shared *c, const struct gs_lanes_cell *cell, int p,
                   cell_of_streams x)
{
    struct pass_1 f = *s;
    for (int i = 0; i < GS_CELL; i++) {
        gs_part real = gs_part_load(cell->real[i], p);
        gs_part stream[STREAMS] = { real, real - gs_part_load(cell->ideal[i], p) };
        EACH_STREAM
        {
            gs_part y = gs_high_pass_step(stream[k], f.low[k], &c->band.low);
            y = gs_half_pole_step(y, &f.half[k], &c->band.half);
            x[i][k] = gs_notch_step(y, f.high[k], &c->band.high[0]);
        }
    }
    *s = f;
}

static void pass_between(struct pass_between *s, const struct shared *c, cell_of_streams x)
{
    struct pass_between f = *s;
    for (int i = 0; i < GS_CELL; i++) {
        EACH_STREAM
        {
            gs_part y = gs_notch_step(x[i][k], f.high[0][k], &c->band.high[1]);
            x[i][k] = gs_notch_step(y, f.high[1][k], &c->band.high[2]);
        }
    }
    *s = f;
}

static void pass_2(struct pass_2 *s, const struct shared *c, cell_of_streams x, gs_part energy[STREAMS])
{
    const struct gs_biquad *last = &c->band.high[c->band.sections - 1];
    struct pass_2 f = *s;
    gs_part sum[STREAMS] = { { 0 } };
    for (int i = 0; i < GS_CELL; i++) {
        EACH_STREAM
        {
            gs_part y = gs_notch_step(x[i][k], f.high[k], last);
            sum[k] += y * y;
            x[i][k] = gs_high_pass_step(y, f.a_low[k], &c->a.low[0]);
        }
    }
    EACH_STREAM energy[k] = sum[k];
    *s = f;
}

static void pass_3(struct pass_3 *s, const struct shared *c, cell_of_streams x, gs_part energy[STREAMS])
{
    struct pass_3 f = *s;
    gs_part sum[STREAMS] = { { 0 } };
    for (int i = 0; i < GS_CELL; i++) {
        EACH_STREAM
        {
            gs_part y = gs_high_pass_step(x[i][k], f.a_low[k], &c->a.low[1]);
            y = gs_biquad_step(y, f.a_high[k], &c->a.high);
            sum[k] += y * y;
        }
    }
    EACH_STREAM energy[k] = sum[k];
    *s = f;
}

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    struct state *s = state;
    const struct shared *c = shared;
    gs_part energy[FIELDS];
    cell_of_streams x;
    for (int p = 0; p < gs_parts(cell); p++) {
        pass_1(&s->part[p].pass_1, c, cell, p, x);
        if (c->band.sections == GS_BAND_SECTIONS) {
            pass_between(&s->part[p].between, c, x);
        }
        pass_2(&s->part[p].pass_2, c, x, &energy[WIRE]);
        pass_3(&s->part[p].pass_3, c, x, &energy[WIRE_A]);
        for (int field = 0; field < FIELDS; field++) {
            gs_part_add_up(s->energy[field], p, energy[field]);
        }
    }
}

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    const struct shared *c = shared;
    struct state *s = state;
    for (int f = 0; f < FIELDS; f++) {
        double power = f < WIRE_A ? c->band.power : c->band.power * c->a.power;
        for (int lane = 0; lane < GS_LANES; lane++) {
            field[f][lane] = (float)(power * s->energy[f][lane]);
            s->energy[f][lane] = 0;
        }
    }
}

static const struct gs_meter_field fields[FIELDS] = {
    [WIRE] = { "band_energy", GS_FOLD_SUM },
    [ERROR] = { "error_band_energy", GS_FOLD_SUM },
    [WIRE_A] = { "a_energy", GS_FOLD_SUM },
    [ERROR_A] = { "error_a_energy", GS_FOLD_SUM },
};

static double level(double energy, double frames, const struct gs_meter_site *site)
{
    return gs_rms_to_db(site->domain, sqrt(energy / frames));
}

static double wire_db(const double *field, double frames, const struct gs_meter_site *site)
{
    return level(field[WIRE], frames, site);
}

static double wire_a_db(const double *field, double frames, const struct gs_meter_site *site)
{
    return level(field[WIRE_A], frames, site);
}

static double error_db(const double *field, double frames, const struct gs_meter_site *site)
{
    return level(field[ERROR], frames, site);
}

static double error_a_db(const double *field, double frames, const struct gs_meter_site *site)
{
    return level(field[ERROR_A], frames, site);
}

static const struct gs_reading readings[] = {
    { .key = "noise",
      .label = "Noise",
      .doc = "RMS level of the wire within 20 Hz..20 kHz (AES17) in the last 400 ms: without a signal, its "
             "noise.",
      .span = GS_SPAN_NOW,
      .window_ms = 400,
      .value = wire_db },
    { .key = "noise_total",
      .label = "Noise since reset",
      .doc = "RMS level of the wire within 20 Hz..20 kHz (AES17) since reset.",
      .span = GS_SPAN_HOLD,
      .value = wire_db },
    { .key = "noise_a",
      .label = "Noise A",
      .doc = "RMS level of the wire within 20 Hz..20 kHz, A-weighted (IEC 61672-1), in the last 400 ms.",
      .span = GS_SPAN_NOW,
      .window_ms = 400,
      .value = wire_a_db },
    { .key = "noise_a_total",
      .label = "Noise A since reset",
      .doc = "RMS level of the wire within 20 Hz..20 kHz, A-weighted (IEC 61672-1), since reset.",
      .span = GS_SPAN_HOLD,
      .value = wire_a_db },
    { .key = "error_noise",
      .label = "Error noise",
      .doc = "RMS level of the error within 20 Hz..20 kHz (AES17) in the last 400 ms: the noise beside a "
             "signal.",
      .span = GS_SPAN_NOW,
      .window_ms = 400,
      .value = error_db },
    { .key = "error_noise_total",
      .label = "Error noise since reset",
      .doc = "RMS level of the error within 20 Hz..20 kHz (AES17) since reset.",
      .span = GS_SPAN_HOLD,
      .value = error_db },
    { .key = "error_noise_a",
      .label = "Error noise A",
      .doc = "RMS level of the error within 20 Hz..20 kHz, A-weighted (IEC 61672-1), in the last 400 ms.",
      .span = GS_SPAN_NOW,
      .window_ms = 400,
      .value = error_a_db },
    { .key = "error_noise_a_total",
      .label = "Error noise A since reset",
      .doc = "RMS level of the error within 20 Hz..20 kHz, A-weighted (IEC 61672-1), since reset.",
      .span = GS_SPAN_HOLD,
      .value = error_a_db },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_noise) = {
    .key = "noise",
    .doc = "Band-limited and A-weighted noise of the wire and of the error.",
    .standard = "AES17 (20 Hz to 20 kHz), IEC 61672-1 (A)",
    .ballistics = "RMS over windows, without ballistics.",
    .fields = fields,
    .n_fields = FIELDS,
    .readings = readings,
    .n_readings = sizeof readings / sizeof readings[0],
    .shared_size = shared_size,
    .prepare = prepare,
    .size = size,
    .cell = cell,
    .take = take,
};
