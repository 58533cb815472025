/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Windows, gates and range of programme loudness: see programme.h. All from bins of 10 ms; gating blocks
 * are 400 ms every 100 ms, short-term values for the range come every 100 ms. Blocks are kept in a histogram over
 * their energy whose steps are a fraction of an octave, with the exact sum of each step: memory does not grow
 * with the programme, and integrated loudness is exact but for blocks within 0.03 dB of the gate. */
#include "meter/programme.h"

#include "meter/window.h"

#include <math.h>
#include <string.h>

#define MOMENTARY_MS  400  /* Tech 3341, 2.2 */
#define SHORT_TERM_MS 3000 /* Tech 3341, 2.2 */
#define HOP_MS        100  /* 75 % overlap of gating blocks; >= 10 Hz for the range (Tech 3342) */

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
    unsigned bin_hz;
    size_t hop; /* bins */
    float now[GS_PROGRAMME_FIELDS];
    struct gs_window momentary, short_term;
    uint64_t counted;  /* bins since reset, pauses left out */
    uint64_t in_a_row; /* of them without a pause between */
    bool from_silence; /* the windows hold nothing from before the reset or a pause */
    struct histogram blocks, range;
    struct kept {
        bool valid;
        double value;
    } integrated_kept, range_kept; /* as long as no block comes */
    double place[];                /* of both windows */
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

double gs_programme_integrated(void *state, const struct gs_meter_site *site)
{
    (void)site;
    struct programme *p = state;
    if (!p->integrated_kept.valid) {
        double count, mean = mean_above(&p->blocks, 0, &count);
        double gated = mean_above(&p->blocks, mean * RELATIVE_GATE, &count);
        p->integrated_kept = (struct kept){ true, gs_programme_lufs(gated) };
    }
    return p->integrated_kept.value;
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

static double range_of(const struct histogram *h)
{
    double count, gate = mean_above(h, 0, &count) * RANGE_GATE;
    mean_above(h, gate, &count);
    if (count < 1) {
        return -INFINITY;
    }
    /* Tech 3342, the reference implementation: round((n - 1) p / 100 + 1), counted from 1. */
    double low = ranked(h, gate, round((count - 1) * RANGE_LOW));
    double high = ranked(h, gate, round((count - 1) * RANGE_HIGH));
    return 10 * log10(high / low);
}

double gs_programme_range(void *state, const struct gs_meter_site *site)
{
    (void)site;
    struct programme *p = state;
    if (!p->range_kept.valid) {
        p->range_kept = (struct kept){ true, range_of(&p->range) };
    }
    return p->range_kept.value;
}

double gs_programme_seconds(void *state, const struct gs_meter_site *site)
{
    (void)site;
    const struct programme *p = state;
    return (double)p->counted / p->bin_hz;
}

double gs_programme_stable(void *state, const struct gs_meter_site *site)
{
    return gs_programme_seconds(state, site) >= GS_PROGRAMME_STABLE_S;
}

/* ---- bins -------------------------------------------------------------------------------------------------- */

static const struct gs_meter_field fields[GS_PROGRAMME_FIELDS] = {
    [GS_PROGRAMME_MOMENTARY] = { "momentary", GS_FOLD_MAX },
    [GS_PROGRAMME_SHORT_TERM] = { "short_term", GS_FOLD_MAX },
    [GS_PROGRAMME_MOMENTARY_COUNTED] = { "momentary_counted", GS_FOLD_MAX },
    [GS_PROGRAMME_SHORT_TERM_COUNTED] = { "short_term_counted", GS_FOLD_MAX },
};

static size_t bins_of(unsigned ms, const struct gs_meter_setup *setup)
{
    return (size_t)ms * setup->bin_hz / 1000;
}

static size_t size(const struct gs_meter_setup *setup)
{
    size_t places = bins_of(MOMENTARY_MS, setup) + bins_of(SHORT_TERM_MS, setup);
    return sizeof(struct programme) + places * sizeof(double);
}

static void init(void *state, const struct gs_meter_setup *setup)
{
    struct programme *p = state;
    size_t momentary = bins_of(MOMENTARY_MS, setup);
    p->nominal_frames = setup->rate_hz / setup->bin_hz;
    p->bin_hz = setup->bin_hz;
    p->hop = bins_of(HOP_MS, setup);
    p->from_silence = true;
    p->momentary = (struct gs_window){ .place = p->place, .n = momentary };
    p->short_term = (struct gs_window){ .place = p->place + momentary, .n = bins_of(SHORT_TERM_MS, setup) };
}

static void reset(void *state)
{
    struct programme *p = state;
    p->counted = p->in_a_row = 0;
    p->from_silence = false;
    p->integrated_kept.valid = p->range_kept.valid = false;
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

/* One bin of the nominal length; a block that is not complete at the end of a programme is dropped (BS.1770-5
 * annex 1, equation 3). */
static void push(struct programme *p, double mean_square, bool complete, bool paused)
{
    double momentary = gs_window_push(&p->momentary, mean_square) / (double)p->momentary.n;
    double short_term = gs_window_push(&p->short_term, mean_square) / (double)p->short_term.n;
    p->now[GS_PROGRAMME_MOMENTARY] = (float)momentary;
    p->now[GS_PROGRAMME_SHORT_TERM] = (float)short_term;
    if (paused) {
        p->in_a_row = 0;
        p->from_silence = false;
        return;
    }
    p->counted++;
    p->in_a_row++;
    bool hop = complete && p->in_a_row % p->hop == 0;
    if (p->from_silence || p->in_a_row >= p->momentary.n) {
        raise(&p->now[GS_PROGRAMME_MOMENTARY_COUNTED], (float)momentary);
    }
    if (p->from_silence || p->in_a_row >= p->short_term.n) {
        raise(&p->now[GS_PROGRAMME_SHORT_TERM_COUNTED], (float)short_term);
    }
    if (hop && p->in_a_row >= p->momentary.n) {
        count_block(&p->blocks, momentary);
        p->integrated_kept.valid = false;
    }
    if (hop && p->in_a_row >= p->short_term.n) {
        count_block(&p->range, short_term);
        p->range_kept.valid = false;
    }
}

static void bin(void *state, const struct gs_meter_wire_bin *bin, float *derived)
{
    struct programme *p = state;
    double mean_square = bin->frames > 0 ? weighted_energy(bin) / bin->frames : 0;
    /* Bins differ by a cell at 44.1 kHz; only the end of a file falls into one. */
    bool complete = fmod(bin->frames, GS_CELL) == 0 && bin->frames > p->nominal_frames - GS_CELL;
    p->now[GS_PROGRAMME_MOMENTARY_COUNTED] = p->now[GS_PROGRAMME_SHORT_TERM_COUNTED] = -INFINITY;
    for (long n = gs_window_bins(bin->frames, p->nominal_frames); n > 0; n--) {
        push(p, mean_square, complete, bin->paused);
    }
    memcpy(derived, p->now, sizeof p->now);
}

const struct gs_meter_after gs_programme_after = {
    .fields = fields,
    .n_fields = GS_PROGRAMME_FIELDS,
    .size = size,
    .init = init,
    .bin = bin,
    .reset = reset,
};
