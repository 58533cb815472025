/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A look-ahead limiter of true peaks. Every sample is late by the look-ahead, so that the gain is down before
 * a peak comes: the needed reduction is held for the look-ahead's length, let go with the release, and
 * smoothed by two running means, which together are as long as the look-ahead. Reductions are whole numbers
 * from the hold on, so the running means never drift, and a limiter that has nothing to do is transparent to
 * the bit. All signals of a wire get the same gain; it is found on the real path. */
#ifndef DSP_LIMITER_H
#define DSP_LIMITER_H

#include "dsp/finepeak.h"
#include "gainstage/rt.h"

#include <stdbool.h>
#include <stddef.h>

/* True peaks are held 0.02 dB below the ceiling: room for tops that move while the gain does. */
#define GS_LIMITER_UNDER 0.9975

struct gs_limiter_hold {
    uint32_t *need; /* falling from the oldest on */
    uint64_t *when;
    unsigned room, oldest, count;
};

struct gs_limiter_mean {
    uint64_t *value;
    uint64_t sum;
    unsigned length, at;
};

struct gs_limiter {
    struct gs_finepeak kernel;
    float past[GS_CHANNELS][GS_FINEPEAK_PAST + GS_CELL];
    float *late[GS_PATHS][GS_CHANNELS]; /* the signals on their way */
    unsigned latency, at;
    unsigned channels;
    uint64_t frame; /* only while it acts */
    unsigned window;
    struct gs_limiter_hold hold;
    double reduction; /* behind the release: 0..1 */
    struct gs_limiter_mean mean[2];
    float release_ms;
    double release;
    double rate_hz;
    float least; /* gain in the last call */
};

/* Frames by which everything is late. [any] */
unsigned gs_limiter_latency(double rate_hz, double lookahead_ms);

/* Bytes behind the struct that gs_limiter_init() wants, aligned like it; zeroed. [control] */
size_t gs_limiter_room(double rate_hz, double lookahead_ms, unsigned channels);
void gs_limiter_init(struct gs_limiter *limiter, void *room, double rate_hz, double lookahead_ms,
                     unsigned channels);

/* In place, on every channel of both paths. What is not a number becomes silence. `ceiling` in the unit of the
 * samples, `release` in milliseconds. [rt] */
void gs_limiter_run(struct gs_limiter *limiter, const struct gs_span *span, const struct gs_ramp *ceiling,
                    const struct gs_ramp *release, unsigned frames);

#endif
