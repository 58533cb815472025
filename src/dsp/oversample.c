/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See oversample.h. Sums run over taps in one order for every frame, whatever the vector, so that results do
 * not depend on how a cell is cut. */
#include "dsp/oversample.h"

#include <math.h>
#include <string.h>

#define KAISER_BETA 8.0
#define BLOCK       8 /* frames at once: two vectors, whose sums do not wait for each other */
/* Silence in for this long, and every history below is zero: 8 frames at 4x, 32 at 2x. */
#define SILENT_FRAMES 48

typedef float quad __attribute__((vector_size(16), aligned(4)));

static inline quad at(const float *x)
{
    return *(const quad *)(const void *)x;
}

static inline void put(float *x, quad first, quad second)
{
    memcpy(x, &first, sizeof first);
    memcpy(x + 4, &second, sizeof second);
}

/* Modified Bessel function of the first kind, order 0, by its series. */
static double bessel(double x)
{
    double sum = 1.0, term = 1.0;
    for (int k = 1; k < 40; k++) {
        term *= (x / 2 / k) * (x / 2 / k);
        sum += term;
    }
    return sum;
}

/* Side taps of a half-band whose middle tap has `reach` taps on either side. */
static void half_band(float *tap, int taps, int reach)
{
    double exact[32], sum = 0.0;
    for (int i = 0; i < taps; i++) {
        double d = 2 * i - taps + 1;
        double window = bessel(KAISER_BETA * sqrt(1.0 - d * d / reach / reach)) / bessel(KAISER_BETA);
        exact[i] = sin(M_PI * d / 2) / (M_PI * d) * window;
        sum += exact[i];
    }
    for (int i = 0; i < taps; i++) {
        tap[i] = (float)(exact[i] * 0.5 / sum);
    }
}

/* The greatest sum of magnitudes that any of the four phases weighs its input with. */
static float crest(const struct gs_halfbands *bands)
{
    float most = 1.0f;
    for (int phase = 0; phase < GS_OVERSAMPLE_PHASES; phase++) {
        float sum = 0.0f;
        for (int n = 0; n < GS_OVERSAMPLE_PAST; n++) {
            struct gs_upsampler up = { { 0 } };
            float out[GS_OVERSAMPLE_PHASES][GS_CELL];
            up.x[n + 1] = 1.0f;
            gs_upsampler_run(&up, bands, out, 1);
            sum += fabsf(out[phase][0]);
        }
        most = sum > most ? sum : most;
    }
    return most * 1.0001f; /* rounding */
}

void gs_halfbands_init(struct gs_halfbands *bands)
{
    half_band(bands->outer, 32, 31);
    half_band(bands->inner, 10, 10);
    bands->crest = crest(bands);
}

/* The five taps beginning at `tap`, every other one, over x, x one frame earlier, ... */
static inline void add_inner(quad sum[2], const float *x, const float *tap)
{
    for (int i = 0; i < 5; i++) {
        sum[0] += tap[2 * i] * at(x - i);
        sum[1] += tap[2 * i] * at(x - i + 4);
    }
}

/* All outer taps, which are the same from both ends. */
static inline void add_outer(quad sum[2], const float *x, const float *tap)
{
    for (int i = 0; i < 16; i++) {
        sum[0] += tap[i] * (at(x - i) + at(x - 31 + i));
        sum[1] += tap[i] * (at(x - i + 4) + at(x - 31 + i + 4));
    }
}

float gs_upsampler_push(struct gs_upsampler *up, const float *in, unsigned frames)
{
    float peak = 0.0f;
    memcpy(up->x + GS_OVERSAMPLE_PAST, in, frames * sizeof *in);
    for (unsigned i = 0; i < GS_OVERSAMPLE_PAST + frames; i++) {
        float size = fabsf(up->x[i]);
        peak = size > peak ? size : peak;
    }
    return peak;
}

void gs_upsampler_next(struct gs_upsampler *up, unsigned frames)
{
    memmove(up->x, up->x + frames, GS_OVERSAMPLE_PAST * sizeof *up->x);
}

/* At 2x, odd samples are the input 15 frames late, even ones are interpolated by the outer taps; at 4x again
 * phases 0 and 2 are those of 2x late by five, 1 and 3 interpolated by the inner taps. */
void gs_upsampler_run(const struct gs_upsampler *up, const struct gs_halfbands *bands,
                      float out[GS_OVERSAMPLE_PHASES][GS_CELL], unsigned frames)
{
    float padded[GS_OVERSAMPLE_PAST + GS_CELL + BLOCK] = { 0 };
    float even_room[BLOCK + GS_CELL + BLOCK], *even = even_room + BLOCK;
    const float *x = padded + GS_OVERSAMPLE_PAST, *odd = x - 15;
    memcpy(padded, up->x, (GS_OVERSAMPLE_PAST + frames) * sizeof *padded);
    for (int n = -BLOCK; n < (int)frames; n += BLOCK) {
        quad sum[2] = { { 0 } };
        add_outer(sum, x + n, bands->outer);
        put(even + n, sum[0] + sum[0], sum[1] + sum[1]);
    }
    for (int n = 0; n < (int)frames; n += BLOCK) {
        quad one[2] = { { 0 } }, three[2] = { { 0 } };
        add_inner(one, even + n, bands->inner);
        add_inner(one, odd + n - 1, bands->inner + 1);
        add_inner(three, odd + n, bands->inner);
        add_inner(three, even + n, bands->inner + 1);
        put(out[0] + n, at(odd + n - 3), at(odd + n + 1));
        put(out[1] + n, one[0] + one[0], one[1] + one[1]);
        put(out[2] + n, at(even + n - 2), at(even + n + 2));
        put(out[3] + n, three[0] + three[0], three[1] + three[1]);
    }
}

static void take(struct gs_downsampler *down, const float (*in)[GS_CELL], unsigned frames)
{
    for (int p = 0; p < GS_OVERSAMPLE_PHASES; p++) {
        float *fresh = down->fine[p] + 8;
        memset(fresh, 0, GS_CELL * sizeof *fresh);
        if (in) {
            memcpy(fresh, in[p], frames * sizeof *fresh);
        }
    }
}

static void to_2x(struct gs_downsampler *down, const struct gs_halfbands *bands, unsigned frames)
{
    const float *zero = down->fine[0] + 8, *one = down->fine[1] + 8;
    const float *two = down->fine[2] + 8, *three = down->fine[3] + 8;
    for (int n = 0; n < (int)frames; n += BLOCK) {
        quad even[2] = { 0.5f * at(two + n - 3), 0.5f * at(two + n + 1) };
        quad odd[2] = { 0.5f * at(zero + n - 2), 0.5f * at(zero + n + 2) };
        add_inner(even, three + n - 1, bands->inner);
        add_inner(even, one + n - 1, bands->inner + 1);
        add_inner(odd, one + n, bands->inner);
        add_inner(odd, three + n - 1, bands->inner + 1);
        put(down->even + 32 + n, even[0], even[1]);
        put(down->odd + 32 + n, odd[0], odd[1]);
    }
}

static void to_base(const struct gs_downsampler *down, const struct gs_halfbands *bands, float *out,
                    unsigned frames)
{
    float whole[GS_CELL];
    const float *even = down->even + 32, *odd = down->odd + 32;
    for (int n = 0; n < (int)frames; n += BLOCK) {
        quad sum[2] = { 0.5f * at(odd + n - 16), 0.5f * at(odd + n - 12) };
        add_outer(sum, even + n, bands->outer);
        put(whole + n, sum[0], sum[1]);
    }
    memcpy(out, whole, frames * sizeof *out);
}

bool gs_downsampler_run(struct gs_downsampler *down, const struct gs_halfbands *bands,
                        const float (*in)[GS_CELL], float *out, unsigned frames)
{
    down->silent = in ? 0 : down->silent + frames;
    if (down->silent >= SILENT_FRAMES + frames) {
        down->silent = SILENT_FRAMES + GS_CELL;
        memset(out, 0, frames * sizeof *out);
        return false;
    }
    take(down, in, frames);
    to_2x(down, bands, frames);
    to_base(down, bands, out, frames);
    for (int p = 0; p < GS_OVERSAMPLE_PHASES; p++) {
        memmove(down->fine[p], down->fine[p] + frames, 8 * sizeof(float));
    }
    memmove(down->even, down->even + frames, 32 * sizeof(float));
    memmove(down->odd, down->odd + frames, 32 * sizeof(float));
    return true;
}
