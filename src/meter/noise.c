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
        struct band {
            gs_part low[STREAMS][2], half[STREAMS], high[2][STREAMS][2];
        } band;
        struct further {
            gs_part high[2][STREAMS][2];
        } further;
        struct a {
            gs_part low[2][STREAMS][2], high[STREAMS][2];
        } a;
    } part[GS_PARTS];
    double energy[FIELDS][GS_LANES]; /* double: a bin that nobody fetches grows for minutes */
} __attribute__((aligned(64)));

static void prepare(void *shared, const struct gs_meter_setup *setup)
{
    struct shared *c = shared;
    gs_band_design(&c->band, setup->rate_hz);
    gs_a_weighting_design(&c->a, &c->band, setup->rate_hz);
}

/* The sections are run in passes over the cell, both streams side by side: enough independent recursions at a
 * time to hide their latency, few enough to stay in registers. The band has two sections more at high rates. Of `n`
 * streams, a constant where this is inlined, a single one carries the error in the half of the register that few lanes
 * leave idle. */
typedef gs_part cell_of_streams[GS_CELL][STREAMS];

#define EACH_STREAM(k, n) _Pragma("GCC unroll 2") for (int k = 0; k < (n); k++)
#define INLINE            static inline __attribute__((always_inline))

INLINE void pass_band(struct band *s, const struct gs_band *c, const struct gs_lanes_cell *cell, int p, int n,
                      cell_of_streams x, gs_part energy[STREAMS])
{
    struct band f = *s;
    gs_part sum[STREAMS] = { { 0 } };
    for (int i = 0; i < GS_CELL; i++) {
        gs_part real = gs_part_load(cell->real[i], p);
        gs_part error = real - gs_part_load(cell->ideal[i], p);
        gs_part stream[STREAMS] = { n == 1 ? gs_part_join(real, error) : real, error };
        EACH_STREAM(k, n)
        {
            gs_part y = gs_high_pass_step(stream[k], f.low[k], &c->low);
            y = gs_half_pole_step(y, &f.half[k], &c->half);
            y = gs_notch_step(y, f.high[0][k], &c->high[0]);
            y = gs_notch_step(y, f.high[1][k], &c->high[1]);
            sum[k] += y * y;
            x[i][k] = y;
        }
    }
    EACH_STREAM(k, n) energy[k] = sum[k];
    *s = f;
}

INLINE void pass_further(struct further *s, const struct gs_band *c, int n, cell_of_streams x,
                         gs_part energy[STREAMS])
{
    struct further f = *s;
    gs_part sum[STREAMS] = { { 0 } };
    for (int i = 0; i < GS_CELL; i++) {
        EACH_STREAM(k, n)
        {
            gs_part y = gs_notch_step(x[i][k], f.high[0][k], &c->high[2]);
            y = gs_notch_step(y, f.high[1][k], &c->high[3]);
            sum[k] += y * y;
            x[i][k] = y;
        }
    }
    EACH_STREAM(k, n) energy[k] = sum[k];
    *s = f;
}

INLINE void pass_a(struct a *s, const struct gs_a_weighting *c, int n, cell_of_streams x,
                   gs_part energy[STREAMS])
{
    struct a f = *s;
    gs_part sum[STREAMS] = { { 0 } };
    for (int i = 0; i < GS_CELL; i++) {
        EACH_STREAM(k, n)
        {
            gs_part y = gs_high_pass_step(x[i][k], f.low[0][k], &c->low[0]);
            y = gs_high_pass_step(y, f.low[1][k], &c->low[1]);
            y = gs_biquad_step(y, f.high[k], &c->high);
            sum[k] += y * y;
        }
    }
    EACH_STREAM(k, n) energy[k] = sum[k];
    *s = f;
}

INLINE void weigh(struct part *s, const struct shared *c, const struct gs_lanes_cell *cell, int p, int n,
                  gs_part energy[FIELDS])
{
    cell_of_streams x;
    pass_band(&s->band, &c->band, cell, p, n, x, energy + WIRE);
    if (c->band.sections == GS_BAND_SECTIONS) {
        pass_further(&s->further, &c->band, n, x, energy + WIRE);
    }
    pass_a(&s->a, &c->a, n, x, energy + WIRE_A);
}

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    struct state *s = state;
    gs_part energy[FIELDS];
    for (int p = 0; p < gs_parts(cell); p++) {
        if (gs_half_idle(cell)) {
            weigh(&s->part[p], shared, cell, p, 1, energy);
            energy[ERROR] = gs_part_upper(energy[WIRE]);
            energy[ERROR_A] = gs_part_upper(energy[WIRE_A]);
        } else {
            weigh(&s->part[p], shared, cell, p, STREAMS, energy);
        }
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
    .shared_size = sizeof(struct shared),
    .prepare = prepare,
    .size = sizeof(struct state),
    .cell = cell,
    .take = take,
};
