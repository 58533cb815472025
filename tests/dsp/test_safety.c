/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The safety stage: transparent while nothing is wrong, and whatever comes in, what goes out is finite,
 * below the ceiling and free of DC. */
#include "dsp/safety.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

#define RATE    48000
#define CEILING -1.0
#define BLOCK   256

static struct gs_safety opened(void)
{
    struct gs_safety safety;
    gs_safety_init(&safety, RATE, CEILING, 50);
    float l[BLOCK], r[BLOCK];
    for (int i = 0; i < RATE / BLOCK; i++) {
        memset(l, 0, sizeof l);
        memset(r, 0, sizeof r);
        gs_safety_process(&safety, l, r, BLOCK, true);
    }
    return safety;
}

Test(safety, is_bit_transparent_for_tones_below_the_ceiling)
{
    static const double hertz[] = { 20, 50, 1000, 15000 };
    for (size_t h = 0; h < 4; h++) {
        struct gs_safety safety = opened();
        for (int b = 0; b < 5 * RATE / BLOCK; b++) {
            float l[BLOCK], r[BLOCK], kept[BLOCK];
            for (int i = 0; i < BLOCK; i++) {
                kept[i] = l[i] = r[i] = (float)(0.89 * sin(2 * M_PI * hertz[h] * (b * BLOCK + i) / RATE));
            }
            gs_safety_process(&safety, l, r, BLOCK, true);
            cr_assert_eq(memcmp(l, kept, sizeof l), 0, "changed a tone of %g Hz", hertz[h]);
            cr_assert_eq(memcmp(r, kept, sizeof r), 0);
        }
        cr_assert_eq(safety.trips, 0u);
    }
}

static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    return *state ^= *state << 5;
}

/* Any bit pattern is a float: NaN, infinity, denormals and 1e38 among them. */
Test(safety, random_bits_never_pass)
{
    struct gs_safety safety = opened();
    uint32_t state = 1;
    float ceiling = (float)pow(10, CEILING / 20);
    for (int b = 0; b < 20000; b++) {
        float x[2][BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            uint32_t bits[2] = { next(&state), next(&state) };
            memcpy(&x[0][i], &bits[0], 4);
            memcpy(&x[1][i], &bits[1], 4);
        }
        gs_safety_process(&safety, x[0], x[1], BLOCK, true);
        for (int i = 0; i < BLOCK; i++) {
            cr_assert(isfinite(x[0][i]) && isfinite(x[1][i]));
            cr_assert(fabsf(x[0][i]) <= ceiling && fabsf(x[1][i]) <= ceiling);
        }
    }
    cr_assert_gt(safety.not_finite, 0u);
}

Test(safety, a_jump_of_80_db_stops_at_the_ceiling_and_releases)
{
    struct gs_safety safety = opened();
    float l[BLOCK], r[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
        l[i] = r[i] = i < BLOCK / 2 ? 1e-4f : (i & 1 ? 1.0f : -1.0f);
    }
    gs_safety_process(&safety, l, r, BLOCK, true);
    cr_assert_float_eq(fabsf(l[BLOCK - 1]), pow(10, CEILING / 20), 1e-6);
    cr_assert_eq(safety.trips, 1u, "one event, one trip");
    for (int b = 0; b < 4 * RATE / BLOCK; b++) {
        for (int i = 0; i < BLOCK; i++) {
            l[i] = r[i] = i & 1 ? 0.1f : -0.1f;
        }
        gs_safety_process(&safety, l, r, BLOCK, true);
    }
    cr_assert_eq(l[1], 0.1f, "transparent again");
}

Test(safety, takes_out_dc)
{
    struct gs_safety safety = opened();
    double sum = 0;
    for (int b = 0; b < 6 * RATE / BLOCK; b++) {
        float l[BLOCK], r[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            l[i] = r[i] = (float)(0.3 + 0.2 * sin(2 * M_PI * 1000 * (b * BLOCK + i) / RATE));
        }
        gs_safety_process(&safety, l, r, BLOCK, true);
        sum = 0;
        for (int i = 0; i < 240; i++) { /* five whole periods of the tone */
            sum += l[i];
        }
    }
    cr_assert_float_eq(sum / 240, 0.0, 1e-3);
}

Test(safety, starts_silent_fades_in_and_out)
{
    struct gs_safety safety;
    gs_safety_init(&safety, RATE, CEILING, 50);
    cr_assert(gs_safety_silent(&safety));
    float l[RATE / 10], r[RATE / 10], last = 0;
    for (int i = 0; i < RATE / 10; i++) {
        l[i] = r[i] = i & 1 ? 0.5f : -0.5f;
    }
    gs_safety_process(&safety, l, r, RATE / 10, true);
    for (int i = 0; i < RATE / 10; i++) {
        cr_assert_geq(fabsf(l[i]) - last, 0.0f);
        cr_assert_leq(fabsf(l[i]) - last, 0.5f / (0.05f * RATE) * 1.01f, "a step of the fade is too large");
        last = fabsf(l[i]);
    }
    cr_assert_eq(last, 0.5f);
    gs_safety_process(&safety, l, r, RATE / 10, false);
    cr_assert(gs_safety_silent(&safety));
    cr_assert_eq(l[RATE / 10 - 1], 0.0f);
}
