/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vocabulary of the audio thread: cells, paths, spans and ramps. Code that includes only this, the
 * other contracts and the C library's string.h and math.h may run in the audio thread; it never
 * allocates, locks, logs, waits or calls the system. */
#ifndef GAINSTAGE_RT_H
#define GAINSTAGE_RT_H

#include <stdint.h>

/* The processing grid, in frames of the absolute frame counter. A JACK period that cuts a cell processes
 * the two parts, so that the result does not depend on the period. 32 makes a mask of one cell one word. */
#define GS_CELL 32

#define GS_CHANNELS 2 /* at most, on a wire */

/* Two paths on every wire: the signal as the equipment passes it, and the signal that the same gains,
 * filters and gain reduction would give if nothing went wrong. error = real - ideal. */
enum gs_path {
    GS_REAL,
    GS_IDEAL,
    GS_PATHS,
    GS_ERROR = GS_PATHS
};

/* The frames at hand (1..GS_CELL) of one wire. [rt] */
struct gs_span {
    float *ch[GS_PATHS][GS_CHANNELS]; /* pascal, volt or full scale; channels beyond the wire's are NULL */
    uint32_t clip[GS_CHANNELS];       /* bit i: this stage clipped the real path in frame i of the span */
};

/* A parameter over the frames at hand: a constant, or one value a frame. [rt] */
struct gs_ramp {
    float now;         /* the value; with a ramp, the value at its last frame */
    const float *ramp; /* NULL: constant */
};

static inline float gs_ramp_at(const struct gs_ramp *r, unsigned frame)
{
    return r->ramp ? r->ramp[frame] : r->now;
}

#endif
