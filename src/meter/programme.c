/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Windows, gates and range of programme loudness: see programme.h. All from bins of 10 ms; gating blocks are
 * 40 bins every 10, short-term values for the range come every 10 bins. Blocks are kept in a histogram over
 * their energy whose steps are a fraction of an octave, with the exact sum of each step: memory does not grow
 * with the programme, and integrated loudness is exact but for blocks within 0.03 dB of the gate. */
#include "meter/programme.h"

#include "meter/window.h"

#include <math.h>
#include <string.h>

#define MOMENTARY_BINS  40  /* 400 ms (Tech 3341, 2.2) */
#define SHORT_TERM_BINS 300 /* 3 s */
#define HOP_BINS        10  /* 75 % overlap of gating blocks; >= 10 Hz for the range (Tech 3342) */

#define ABSOLUTE_GATE_LUFS (-70.0) /* BS.1770-5 annex 1, equation 5 */
#define RELATIVE_GATE      0.1     /* -10 LU */
#define RANGE_GATE         0.01    /* -20 LU (Tech 3342) */
#define RANGE_LOW          0.10
#define RANGE_HIGH         0.95

/* Steps from 2^-24 (below the absolute gate, -72.9 LUFS) to 2^10 (+29.4 LUFS; louder counts as that). */
#define STEPS_PER_OCTAVE 64
#define OCTAVE_LOW       (-24)
#define OCTAVES          34
#define STEPS            (OCTAVES * STEPS_PER_OCTAVE)

struct histogram {
    double sum[STEPS];
    uint32_t count[STEPS];
};

struct programme {
    double nominal_frames; /* of a bin */
    struct gs_window momentary, short_term;
    double momentary_place[MOMENTARY_BINS], short_term_place[SHORT_TERM_BINS];
    uint64_t counted;  /* bins since reset, pauses left out */
    uint64_t in_a_row; /* of them without a pause between */
    bool from_silence; /* the windows hold nothing from before the reset or a pause */
    struct histogram blocks, range;
};

double gs_programme_lufs(double mean_square)
{
    return mean_square > 0 ? -0.691 + 10 * log10(mean_square) : -INFINITY;
}

/* ---- histogram --------------------------------------------------------------------------------------------- */

static double absolute_gate(void)
{
    return pow(10, (ABSOLUTE_GATE_LUFS + 0.691) / 10);
}

static size_t step_of(double energy)
{
    int octave;
    double mantissa = frexp(energy, &octave); /* 0.5 .. 1 */
    long step = (long)(octave - 1 - OCTAVE_LOW) * STEPS_PER_OCTAVE +
                (long)((mantissa - 0.5) * (2 * STEPS_PER_OCTAVE));
    return step < 0 ? 0 : step < STEPS ? (size_t)step : STEPS - 1;
}

static void count_block(struct histogram *h, double energy)
{
    if (energy > absolute_gate()) {
        size_t step = step_of(energy);
        h->sum[step] += energy;
        h->count[step]++;
    }
}

/* Mean energy of the blocks above `gate`, their number through `count`. A step counts as a whole, by its own
 * mean. */
static double mean_above(const struct histogram *h, double gate, double *count)
{
    double sum = 0;
    *count = 0;
    for (size_t i = gate > 0 ? step_of(gate) : 0; i < STEPS; i++) {
        if (h->count[i] > 0 && h->sum[i] > gate * h->count[i]) {
            sum += h->sum[i];
            *count += h->count[i];
        }
    }
    return *count > 0 ? sum / *count : 0;
}

double gs_programme_integrated(const void *state, const struct gs_meter_site *site)
{
    (void)site;
    const struct programme *p = state;
    double count, mean = mean_above(&p->blocks, 0, &count);
    return gs_programme_lufs(mean_above(&p->blocks, mean * RELATIVE_GATE, &count));
}

/* Energy of the value of the given rank (from 0) among those above `gate`. */
static double ranked(const struct histogram *h, double gate, double rank)
{
    double mean = 0;
    for (size_t i = gate > 0 ? step_of(gate) : 0; i < STEPS && rank >= 0; i++) {
        if (h->count[i] > 0 && h->sum[i] > gate * h->count[i]) {
            mean = h->sum[i] / h->count[i];
            rank -= h->count[i];
        }
    }
    return mean;
}

double gs_programme_range(const void *state, const struct gs_meter_site *site)
{
    (void)site;
    const struct programme *p = state;
    double count, gate = mean_above(&p->range, 0, &count) * RANGE_GATE;
    mean_above(&p->range, gate, &count);
    if (count < 1) {
        return -INFINITY;
    }
    /* Tech 3342, the reference implementation: round((n - 1) p / 100 + 1), counted from 1. */
    double low = ranked(&p->range, gate, round((count - 1) * RANGE_LOW));
    double high = ranked(&p->range, gate, round((count - 1) * RANGE_HIGH));
    return 10 * log10(high / low);
}

double gs_programme_seconds(const void *state, const struct gs_meter_site *site)
{
    (void)site;
    return (double)((const struct programme *)state)->counted / GS_BIN_HZ;
}

/* ---- bins -------------------------------------------------------------------------------------------------- */

static const struct gs_meter_field fields[GS_PROGRAMME_FIELDS] = {
    [GS_PROGRAMME_MOMENTARY] = { "momentary", GS_FOLD_MAX },
    [GS_PROGRAMME_SHORT_TERM] = { "short_term", GS_FOLD_MAX },
    [GS_PROGRAMME_MOMENTARY_COUNTED] = { "momentary_counted", GS_FOLD_MAX },
    [GS_PROGRAMME_SHORT_TERM_COUNTED] = { "short_term_counted", GS_FOLD_MAX },
};

static size_t size(const struct gs_meter_setup *setup)
{
    (void)setup;
    return sizeof(struct programme);
}

static void init(void *state, const struct gs_meter_setup *setup)
{
    struct programme *p = state;
    p->nominal_frames = setup->rate_hz / GS_BIN_HZ;
    p->from_silence = true;
    p->momentary = (struct gs_window){ .place = p->momentary_place, .n = MOMENTARY_BINS };
    p->short_term = (struct gs_window){ .place = p->short_term_place, .n = SHORT_TERM_BINS };
}

static void reset(void *state)
{
    struct programme *p = state;
    p->counted = p->in_a_row = 0;
    p->from_silence = false;
    memset(&p->blocks, 0, sizeof p->blocks);
    memset(&p->range, 0, sizeof p->range);
}

static double weighted_energy(const struct gs_meter_wire_bin *bin)
{
    double energy = 0;
    for (unsigned c = 0; c < bin->channels; c++) {
        double gain = bin->site[c].to_full_scale;
        energy += bin->field[c] * bin->site[c].weight * gain * gain;
    }
    return energy;
}

static void raise(float *to, float value)
{
    *to = value > *to ? value : *to;
}

/* One bin of the nominal length. */
static void push(struct programme *p, double mean_square, bool paused, float derived[GS_PROGRAMME_FIELDS])
{
    double momentary = gs_window_push(&p->momentary, mean_square) / MOMENTARY_BINS;
    double short_term = gs_window_push(&p->short_term, mean_square) / SHORT_TERM_BINS;
    derived[GS_PROGRAMME_MOMENTARY] = (float)momentary;
    derived[GS_PROGRAMME_SHORT_TERM] = (float)short_term;
    if (paused) {
        p->in_a_row = 0;
        p->from_silence = false;
        return;
    }
    p->counted++;
    p->in_a_row++;
    bool hop = p->in_a_row % HOP_BINS == 0;
    if (p->from_silence || p->in_a_row >= MOMENTARY_BINS) {
        raise(&derived[GS_PROGRAMME_MOMENTARY_COUNTED], (float)momentary);
    }
    if (p->from_silence || p->in_a_row >= SHORT_TERM_BINS) {
        raise(&derived[GS_PROGRAMME_SHORT_TERM_COUNTED], (float)short_term);
    }
    if (hop && p->in_a_row >= MOMENTARY_BINS) {
        count_block(&p->blocks, momentary);
    }
    if (hop && p->in_a_row >= SHORT_TERM_BINS) {
        count_block(&p->range, short_term);
    }
}

/* A bin that had to wait for room is longer; it counts as so many bins of its mean. */
static void bin(void *state, const struct gs_meter_wire_bin *bin, float *derived)
{
    struct programme *p = state;
    double mean_square = bin->frames > 0 ? weighted_energy(bin) / bin->frames : 0;
    derived[GS_PROGRAMME_MOMENTARY_COUNTED] = derived[GS_PROGRAMME_SHORT_TERM_COUNTED] = -INFINITY;
    for (long n = lround(fmax(1, bin->frames / p->nominal_frames)); n > 0; n--) {
        push(p, mean_square, bin->paused, derived);
    }
}

const struct gs_meter_after gs_programme_after = {
    .fields = fields,
    .n_fields = GS_PROGRAMME_FIELDS,
    .size = size,
    .init = init,
    .bin = bin,
    .reset = reset,
};
