/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bank and readout under test: see meter_rig.h. */
#include "meter_rig.h"

#include "meter/bank.h"

#undef NDEBUG
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct meter_rig {
    struct meter_rig_setup setup;
    void *memory;
    struct gs_bank *bank;
    struct gs_readout *readout;
    float path[GS_PATHS][RIG_LANES_MAX][GS_CELL];
    uint32_t clip[RIG_LANES_MAX];
    unsigned filled;
    uint64_t cell, bin_at;
    bool hold;
};

struct meter_rig *meter_rig_create(const struct meter_rig_setup *setup)
{
    struct meter_rig *rig = calloc(1, sizeof *rig);
    assert(rig && setup->n_lanes <= RIG_LANES_MAX);
    rig->setup = *setup;
    if (rig->setup.alignment.dbu_at_0dbfs == 0 && rig->setup.alignment.nominal_dbfs == 0) {
        rig->setup.alignment = (struct gs_alignment){ 18, -18 };
    }
    rig->memory = aligned_alloc(64, (gs_bank_size(setup->n_lanes) + 63) / 64 * 64);
    rig->bank = gs_bank_init(rig->memory, setup->n_lanes, setup->rate_hz);
    struct gs_readout_lane lane[RIG_LANES_MAX];
    unsigned channels = setup->channels ? setup->channels : 1;
    for (size_t i = 0; i < setup->n_lanes; i++) {
        gs_bank_connect(rig->bank, i, rig->path[GS_REAL][i], rig->path[GS_IDEAL][i], &rig->clip[i]);
        lane[i] =
            (struct gs_readout_lane){ .domain = setup->domain,
                                      .channel = (unsigned)i % channels,
                                      .channels = channels,
                                      .role = setup->roles ? setup->roles[i % channels] : GS_CHANNEL_FRONT };
    }
    rig->readout = gs_readout_create(lane, setup->n_lanes, &rig->setup.alignment, setup->rate_hz);
    assert(rig->readout);
    return rig;
}

void meter_rig_destroy(struct meter_rig *rig)
{
    gs_readout_destroy(rig->readout);
    free(rig->memory);
    free(rig);
}

static void take_bin(struct meter_rig *rig)
{
    size_t n_lanes = gs_bank_lanes(rig->setup.n_lanes);
    struct gs_bin *bin = calloc(1, sizeof *bin + gs_bank_fields() * n_lanes * sizeof(float));
    bin->first_frame = rig->bin_at;
    bin->frames = (uint32_t)(rig->cell * GS_CELL - rig->bin_at);
    bin->n_fields = (uint32_t)gs_bank_fields();
    bin->n_lanes = (uint32_t)n_lanes;
    gs_bank_take(rig->bank, bin->field);
    gs_readout_bin(rig->readout, bin);
    free(bin);
    rig->bin_at = rig->cell * GS_CELL;
}

static void finish_cell(struct meter_rig *rig)
{
    gs_bank_cell(rig->bank);
    memset(rig->clip, 0, sizeof rig->clip);
    rig->filled = 0;
    bool ends = gs_bin_ends(rig->cell, rig->setup.rate_hz);
    rig->cell++;
    if (ends && !rig->hold) {
        take_bin(rig);
    }
}

void meter_rig_feed(struct meter_rig *rig, const float *const *real, const float *const *ideal, size_t frames)
{
    for (size_t i = 0; i < frames; i++) {
        for (size_t lane = 0; lane < rig->setup.n_lanes; lane++) {
            float x = real[lane] ? real[lane][i] : 0;
            rig->path[GS_REAL][lane][rig->filled] = x;
            rig->path[GS_IDEAL][lane][rig->filled] = !ideal ? x : ideal[lane] ? ideal[lane][i] : 0;
            if (rig->setup.clip_at > 0 && fabs((double)x) >= rig->setup.clip_at) {
                rig->clip[lane] |= 1u << rig->filled;
            }
        }
        if (++rig->filled == GS_CELL) {
            finish_cell(rig);
        }
    }
}

void meter_rig_feed_all(struct meter_rig *rig, const float *real, size_t frames)
{
    const float *lanes[RIG_LANES_MAX];
    for (size_t i = 0; i < RIG_LANES_MAX; i++) {
        lanes[i] = real;
    }
    meter_rig_feed(rig, lanes, NULL, frames);
}

void meter_rig_hold_bins(struct meter_rig *rig, bool hold)
{
    rig->hold = hold;
}

struct gs_readout *meter_rig_readout(struct meter_rig *rig)
{
    return rig->readout;
}

double meter_rig_value(struct meter_rig *rig, size_t lane, const char *key)
{
    int reading = gs_reading_find(NULL, key);
    if (reading < 0) {
        fprintf(stderr, "no reading %s\n", key);
        abort();
    }
    return gs_readout_value(rig->readout, lane, reading);
}

float *rig_sine(double rate_hz, double hz, double amplitude, double phase, size_t frames)
{
    float *x = malloc((frames + 1) * sizeof *x);
    for (size_t i = 0; i < frames; i++) {
        double turns = fmod(hz * (double)i / rate_hz, 1);
        x[i] = (float)(amplitude * sin(2 * M_PI * turns + phase));
    }
    return x;
}

/* splitmix64: Steele, Lea, Flood, OOPSLA 2014. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

float *rig_noise(double rms, size_t frames, unsigned seed)
{
    float *x = malloc((frames + 1) * sizeof *x);
    uint64_t state = seed;
    for (size_t i = 0; i < frames; i++) {
        double u = ((double)(next_random(&state) >> 11) + 0.5) / 9007199254740992.0;
        double v = ((double)(next_random(&state) >> 11) + 0.5) / 9007199254740992.0;
        x[i] = (float)(rms * sqrt(-2 * log(u)) * cos(2 * M_PI * v));
    }
    return x;
}
