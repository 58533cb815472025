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

struct network {
    struct gs_high_pass_state low;
    struct gs_biquad_state high[GS_BAND_SECTIONS];
    struct gs_high_pass_state a_low[2];
    struct gs_biquad_state a_high;
};

enum {
    WIRE,
    WIRE_A,
    ERROR,
    ERROR_A,
    FIELDS
};

struct state {
    struct network wire, error;
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
    gs_a_weighting_design(&c->a, setup->rate_hz);
}

static size_t size(const struct gs_meter_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static gs_part energy_of(float x[GS_CELL][GS_LANES], int p)
{
    gs_part sum = { 0 };
    for (int frame = 0; frame < GS_CELL; frame++) {
        gs_part value = gs_part_load(x[frame], p);
        sum += value * value;
    }
    return sum;
}

/* Leaves the energies of the band and of the weighted band in flat[] and weighted[]. */
static void measure(struct network *s, const struct shared *c, float x[GS_CELL][GS_LANES], int p,
                    float flat[GS_LANES], float weighted[GS_LANES])
{
    gs_high_pass_cell(x, p, &s->low, &c->band.low);
    for (int i = 0; i < GS_BAND_SECTIONS; i++) {
        gs_biquad_cell(x, p, &s->high[i], &c->band.high[i]);
    }
    gs_part_store(flat, p, energy_of(x, p));
    gs_high_pass_cell(x, p, &s->a_low[0], &c->a.low[0]);
    gs_high_pass_cell(x, p, &s->a_low[1], &c->a.low[1]);
    gs_biquad_cell(x, p, &s->a_high, &c->a.high);
    gs_part_store(weighted, p, energy_of(x, p));
}

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    struct state *s = state;
    float x[GS_CELL][GS_LANES] __attribute__((aligned(32)));
    float energy[FIELDS][GS_LANES] __attribute__((aligned(32)));
    for (int p = 0; p < GS_PARTS; p++) {
        for (int frame = 0; frame < GS_CELL; frame++) {
            gs_part_store(x[frame], p, gs_part_load(cell->real[frame], p));
        }
        measure(&s->wire, shared, x, p, energy[WIRE], energy[WIRE_A]);
        for (int frame = 0; frame < GS_CELL; frame++) {
            gs_part_store(x[frame], p,
                          gs_part_load(cell->real[frame], p) - gs_part_load(cell->ideal[frame], p));
        }
        measure(&s->error, shared, x, p, energy[ERROR], energy[ERROR_A]);
    }
    for (int field = 0; field < FIELDS; field++) {
        for (int lane = 0; lane < GS_LANES; lane++) {
            s->energy[field][lane] += energy[field][lane];
        }
    }
}

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    (void)shared;
    struct state *s = state;
    for (int f = 0; f < FIELDS; f++) {
        for (int lane = 0; lane < GS_LANES; lane++) {
            field[f][lane] = (float)s->energy[f][lane];
            s->energy[f][lane] = 0;
        }
    }
}

static const struct gs_meter_field fields[FIELDS] = {
    [WIRE] = { "band_energy", GS_FOLD_SUM },
    [WIRE_A] = { "a_energy", GS_FOLD_SUM },
    [ERROR] = { "error_band_energy", GS_FOLD_SUM },
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
      .doc = "RMS level of the wire within 20 Hz..20 kHz (AES17) over the last second: without a signal, its "
             "noise.",
      .span = GS_SPAN_NOW,
      .window_ms = 1000,
      .value = wire_db },
    { .key = "noise_total",
      .label = "Noise since reset",
      .doc = "RMS level of the wire within 20 Hz..20 kHz (AES17) since reset.",
      .span = GS_SPAN_HOLD,
      .value = wire_db },
    { .key = "noise_a",
      .label = "Noise A",
      .doc = "RMS level of the wire within 20 Hz..20 kHz, A-weighted (IEC 61672-1), over the last second.",
      .span = GS_SPAN_NOW,
      .window_ms = 1000,
      .value = wire_a_db },
    { .key = "noise_a_total",
      .label = "Noise A since reset",
      .doc = "RMS level of the wire within 20 Hz..20 kHz, A-weighted (IEC 61672-1), since reset.",
      .span = GS_SPAN_HOLD,
      .value = wire_a_db },
    { .key = "error_noise",
      .label = "Error noise",
      .doc = "RMS level of the error within 20 Hz..20 kHz (AES17) over the last second: the noise beside a "
             "signal.",
      .span = GS_SPAN_NOW,
      .window_ms = 1000,
      .value = error_db },
    { .key = "error_noise_total",
      .label = "Error noise since reset",
      .doc = "RMS level of the error within 20 Hz..20 kHz (AES17) since reset.",
      .span = GS_SPAN_HOLD,
      .value = error_db },
    { .key = "error_noise_a",
      .label = "Error noise A",
      .doc = "RMS level of the error within 20 Hz..20 kHz, A-weighted (IEC 61672-1), over the last second.",
      .span = GS_SPAN_NOW,
      .window_ms = 1000,
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
