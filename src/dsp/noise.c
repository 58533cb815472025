/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See noise.h. */
#include "dsp/noise.h"

#include "gainstage/rt.h"

#include <string.h>

typedef uint32_t words __attribute__((vector_size(32)));
typedef int32_t integers __attribute__((vector_size(32)));
typedef float numbers __attribute__((vector_size(32)));

/* Four uniform 16-bit numbers: mean of the sum, and 1 / its standard deviation sqrt((2^32 - 1) / 3). */
#define SUM_MEAN  131070
#define SUM_SCALE 2.6428671e-5f

/* splitmix64 (Vigna): spreads any seed over all bits. */
static uint64_t spread(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void gs_noise_init(struct gs_noise *noise, enum gs_noise_shape shape, uint64_t seed, unsigned stream)
{
    uint64_t state = seed ^ (0xD1B54A32D192ED03u * (stream + 1u));
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned lane = 0; lane < 8; lane++) {
            noise->word[i][lane] = (uint32_t)(spread(&state) >> 32) | 1u; /* all zero would stay so */
        }
    }
    noise->left = 0;
    noise->shape = shape;
}

/* Vectors travel by pointer: the way they are returned differs between instruction sets. */
static inline void draw(words *x)
{
    words t = x[0] ^ (x[0] << 11);
    x[0] = x[1];
    x[1] = x[2];
    x[2] = x[3];
    x[3] = x[3] ^ (x[3] >> 19) ^ t ^ (t >> 8);
}

static inline void add_halves(integers *sum, const words *x)
{
    *sum += (integers)((*x & 0xFFFFu) + (*x >> 16));
}

static void refill(struct gs_noise *noise)
{
    words x[4];
    numbers made;
    memcpy(x, noise->word, sizeof x);
    integers sum = { 0 };
    draw(x);
    if (noise->shape == GS_NOISE_CIRCUIT) {
        add_halves(&sum, &x[3]);
        draw(x);
        add_halves(&sum, &x[3]);
        made = __builtin_convertvector(sum - SUM_MEAN, numbers) * SUM_SCALE;
    } else if (noise->shape == GS_NOISE_UNIFORM) {
        made = __builtin_convertvector((integers)x[3], numbers) * 0x1p-32f;
    } else {
        add_halves(&sum, &x[3]);
        made = __builtin_convertvector(sum - 65535, numbers) * 0x1p-16f;
    }
    memcpy(noise->word, x, sizeof x);
    memcpy(noise->ready, &made, sizeof made);
    noise->left = 8;
}

void gs_noise_fill(struct gs_noise *noise, float *out, unsigned frames)
{
    while (frames > 0) {
        if (noise->left == 0) {
            refill(noise);
        }
        unsigned n = frames < noise->left ? frames : noise->left;
        memcpy(out, noise->ready + 8 - noise->left, n * sizeof *out);
        noise->left -= n;
        out += n;
        frames -= n;
    }
}

void gs_noise_add(struct gs_noise *noise, float *x, float rms, unsigned frames)
{
    float fresh[GS_CELL];
    if (rms == 0.0f) {
        return;
    }
    gs_noise_fill(noise, fresh, frames);
    for (unsigned i = 0; i < frames; i++) {
        x[i] += rms * fresh[i];
    }
}
