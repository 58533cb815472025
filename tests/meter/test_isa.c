/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All instruction sets that this machine runs give the same fields within 0.01 dB, for every kind, for noise,
 * bursts and clipping at 44.1, 48 and 96 kHz. */
#include "../support/meter_rig.h"
#include "meter/bank.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

#define LANES   (GS_LANES + 11) /* a full group, and one in which some parts rest */
#define COUNTS  3
#define CELLS   6000
#define SIGNALS 11

/* With so few that half a register rests: of 3 in x86-64-v3 and v4, of 2 in the baseline, too. */
static const size_t lane_counts[COUNTS] = { LANES, 3, 2 };

struct run {
    size_t n_lanes;
    void *memory;
    struct gs_bank *bank;
    float *field;
};

static struct run start(size_t n_lanes, double rate_hz, const struct gs_meter_isa *isa,
                        float path[GS_PATHS][LANES][GS_CELL], uint32_t clip[LANES])
{
    struct run run = { .n_lanes = n_lanes,
                       .memory = aligned_alloc(64, (gs_bank_size(n_lanes) + 63) / 64 * 64) };
    run.bank = gs_bank_init_isa(run.memory, n_lanes, rate_hz, isa);
    run.field = calloc(gs_bank_fields() * gs_bank_lanes(n_lanes), sizeof *run.field);
    for (size_t lane = 0; lane < n_lanes; lane++) {
        gs_bank_connect(run.bank, lane, path[GS_REAL][lane], path[GS_IDEAL][lane], &clip[lane]);
    }
    return run;
}

/* Bursts of noise on some lanes, tones on others; the real path clips at 0.8. */
static void make_cell(double rate_hz, long cell, const float *noise, size_t n_lanes,
                      float path[GS_PATHS][LANES][GS_CELL], uint32_t clip[LANES])
{
    for (size_t lane = 0; lane < n_lanes; lane++) {
        long kind = (long)lane % SIGNALS;
        clip[lane] = 0;
        for (int i = 0; i < GS_CELL; i++) {
            long frame = cell * GS_CELL + i;
            double tone = sin(2 * M_PI * (double)frame * (100 + 1900.0 * (double)kind) / rate_hz);
            bool burst = frame / 3000 % (kind + 2) == 0;
            double ideal = kind % 2 ? 0.9 * tone : burst ? noise[(frame + 77 * kind) % 30000] : 0;
            double real = fmax(-0.8, fmin(0.8, ideal)) + 1e-5 * noise[(frame + 555) % 30000];
            path[GS_IDEAL][lane][i] = (float)ideal;
            path[GS_REAL][lane][i] = (float)real;
            clip[lane] |= (uint32_t)(fabs(ideal) > 0.8) << i;
        }
    }
}

static void compare(const struct run *a, const struct run *b, const char *name)
{
    gs_bank_take(a->bank, a->field);
    gs_bank_take(b->bank, b->field);
    size_t row = gs_bank_lanes(a->n_lanes);
    for (size_t i = 0; i < gs_bank_fields() * row; i++) {
        double x = a->field[i], y = b->field[i];
        bool same = x == y || fabs(x - y) <= 0.0011 * fabs(x) + 1e-13; /* 0.01 dB of an amplitude */
        cr_assert(same || i % row >= a->n_lanes, "%s, field %zu lane %zu of %zu: %.9g, baseline %.9g", name,
                  i / row, i % row, a->n_lanes, x, y);
    }
}

static void finish(struct run *run)
{
    free(run->memory);
    free(run->field);
}

static void check(size_t n_lanes, double rate_hz, const struct gs_meter_isa *isa,
                  const struct gs_meter_isa *baseline, const float *noise)
{
    static float path[GS_PATHS][LANES][GS_CELL];
    static uint32_t clip[LANES];
    struct run a = start(n_lanes, rate_hz, isa, path, clip);
    struct run b = start(n_lanes, rate_hz, baseline, path, clip);
    for (long cell = 0; cell < CELLS; cell++) {
        make_cell(rate_hz, cell, noise, n_lanes, path, clip);
        gs_bank_cell(a.bank);
        gs_bank_cell(b.bank);
        if (gs_bin_ends((uint64_t)cell, rate_hz)) {
            compare(&a, &b, isa->name);
        }
    }
    finish(&a);
    finish(&b);
}

Test(isa, all_agree)
{
    static const double rates[] = { 44100, 48000, 96000 };
    float *noise = rig_noise(0.4, 30000, 9);
    size_t baseline = 0;
    while (gs_meter_isa(baseline + 1)) {
        baseline++;
    }
    cr_assert(gs_meter_isa(baseline)->kind == gs_meter_kinds);
    for (size_t r = 0; r < 3; r++) {
        for (size_t isa = 0; isa < baseline; isa++) {
            for (size_t i = 0; i < COUNTS; i++) {
                check(lane_counts[i], rates[r], gs_meter_isa(isa), gs_meter_isa(baseline), noise);
            }
        }
    }
    free(noise);
}
