/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Up four times and down again: a sine comes out at the times in between, then 36 frames late and otherwise
 * as it was; nothing depends on how it is cut; silence costs nothing. */
#include "dsp/oversample.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum {
    N = 512
};

static float phases[GS_OVERSAMPLE_PHASES][N], back[N];

/* `piece` frames a call: all phases into `phases`, the way back into `back`. */
static void there_and_back(const float *x, unsigned piece)
{
    struct gs_halfbands bands;
    struct gs_upsampler up = { { 0 } };
    struct gs_downsampler down = { .silent = 0 };
    gs_halfbands_init(&bands);
    for (unsigned at = 0; at < N; at += piece) {
        unsigned n = piece < N - at ? piece : N - at;
        float fine[GS_OVERSAMPLE_PHASES][GS_CELL];
        gs_upsampler_push(&up, x + at, n);
        gs_upsampler_run(&up, &bands, fine, n);
        gs_upsampler_next(&up, n);
        gs_downsampler_run(&down, &bands, (const float(*)[GS_CELL])fine, back + at, n);
        for (int p = 0; p < GS_OVERSAMPLE_PHASES; p++) {
            memcpy(phases[p] + at, fine[p], n * sizeof(float));
        }
    }
}

static void sine(float *x, double cycles)
{
    for (int i = 0; i < N; i++) {
        x[i] = (float)sin(2 * M_PI * cycles * i);
    }
}

/* Kaiser beta 8: ripple 1e-4; flat to 20 kHz at 48 kHz. */
Test(oversample, a_sine_stays_one)
{
    float x[N];
    for (double cycles = 0.01; cycles < 0.415; cycles += 0.05) {
        sine(x, cycles);
        there_and_back(x, GS_CELL);
        for (int i = 100; i < N; i++) {
            for (int p = 0; p < GS_OVERSAMPLE_PHASES; p++) {
                double t = i - GS_OVERSAMPLE_UP + p / 4.0;
                cr_assert_float_eq(phases[p][i], sin(2 * M_PI * cycles * t), 4e-4, "%g, phase %d", cycles, p);
            }
            cr_assert_float_eq(back[i], x[i - GS_OVERSAMPLE_LATENCY], 6e-4, "%g", cycles);
        }
    }
}

Test(oversample, constant_is_exact)
{
    float x[N];
    for (int i = 0; i < N; i++) {
        x[i] = 1;
    }
    there_and_back(x, GS_CELL);
    cr_assert_float_eq(back[N - 1], 1, 1e-6);
}

/* What lies above the base rate's band is 80 dB down after the way back: 28 kHz at 48 kHz and up. */
Test(oversample, rejects_what_would_alias)
{
    struct gs_halfbands bands;
    gs_halfbands_init(&bands);
    for (double cycles = 0.59; cycles < 1.99; cycles += 0.05) { /* of the base rate */
        struct gs_downsampler down = { .silent = 0 };
        double most = 0;
        for (int at = 0; at < N; at += GS_CELL) {
            float fine[GS_OVERSAMPLE_PHASES][GS_CELL], out[GS_CELL];
            for (int i = 0; i < GS_CELL * GS_OVERSAMPLE_PHASES; i++) {
                fine[i % 4][i / 4] = (float)sin(2 * M_PI * cycles / 4 * (at * 4 + i));
            }
            gs_downsampler_run(&down, &bands, (const float(*)[GS_CELL])fine, out, GS_CELL);
            for (int i = 0; i < GS_CELL && at > 64; i++) {
                most = fmax(most, fabs(out[i]));
            }
        }
        cr_assert_lt(most, 2e-4, "%g: %g", cycles, most);
    }
}

Test(oversample, crest_bounds_every_signal)
{
    struct gs_halfbands bands;
    float worst = 0;
    gs_halfbands_init(&bands);
    for (int p = 0; p < GS_OVERSAMPLE_PHASES; p++) { /* the signs of the weights, turned round in time */
        struct gs_upsampler up = { { 0 } };
        float weights[GS_OVERSAMPLE_PAST + 1], out[GS_OVERSAMPLE_PHASES][GS_CELL];
        for (int i = 0; i <= GS_OVERSAMPLE_PAST; i++) {
            memset(&up, 0, sizeof up);
            up.x[i] = 1;
            gs_upsampler_run(&up, &bands, out, 1);
            weights[i] = out[p][0];
        }
        for (int i = 0; i <= GS_OVERSAMPLE_PAST; i++) {
            up.x[i] = weights[i] < 0 ? -1 : 1;
        }
        gs_upsampler_run(&up, &bands, out, 1);
        cr_assert_leq(fabsf(out[p][0]), bands.crest);
        worst = fmaxf(worst, fabsf(out[p][0]));
    }
    cr_assert_gt(worst, bands.crest * 0.999f, "the bound is reached");
}

Test(oversample, does_not_depend_on_cuts)
{
    static float whole[GS_OVERSAMPLE_PHASES][N], whole_back[N];
    float x[N];
    for (int i = 0; i < N; i++) {
        x[i] = sinf((float)(i * i));
    }
    there_and_back(x, GS_CELL);
    memcpy(whole, phases, sizeof whole);
    memcpy(whole_back, back, sizeof back);
    for (unsigned piece = 1; piece < GS_CELL; piece += 3) {
        there_and_back(x, piece);
        cr_assert_arr_eq(whole, phases, sizeof whole, "pieces of %u", piece);
        cr_assert_arr_eq(whole_back, back, sizeof back, "pieces of %u", piece);
    }
}

Test(oversample, silence_ends_the_work)
{
    struct gs_halfbands bands;
    struct gs_downsampler down = { .silent = 0 };
    float fine[GS_OVERSAMPLE_PHASES][GS_CELL], out[GS_CELL];
    gs_halfbands_init(&bands);
    for (int i = 0; i < GS_CELL * GS_OVERSAMPLE_PHASES; i++) {
        fine[i % 4][i / 4] = 1;
    }
    cr_assert(gs_downsampler_run(&down, &bands, (const float(*)[GS_CELL])fine, out, GS_CELL));
    double sum = 0;
    int calls = 0;
    while (gs_downsampler_run(&down, &bands, NULL, out, GS_CELL)) {
        for (int i = 0; i < GS_CELL; i++) {
            sum += fabsf(out[i]);
        }
        cr_assert_lt(++calls, 5);
    }
    cr_assert_gt(sum, GS_OVERSAMPLE_UP - 1, "what was under way still came");
    cr_assert_eq(out[0], 0);
}
