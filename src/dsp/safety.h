/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last thing before a person's ears: whatever comes in, what goes out is finite, free of DC and never
 * above the ceiling, and it comes in from silence. While nothing is wrong it is bit-transparent. */
#ifndef DSP_SAFETY_H
#define DSP_SAFETY_H

#include <stdbool.h>
#include <stdint.h>

struct gs_safety {
    float ceiling;  /* full scale */
    double dc_pole; /* four poles at 1 Hz find the DC */
    double dc[2][4];
    int dc_sign;                /* of the louder DC found: -1, +1; 0: none */
    unsigned dc_since, dc_wait; /* frames that it has been there, and that it must be */
    float dc_engaged;           /* 0..1: how much of the found DC is taken out */
    float dc_step;
    double limit;         /* gain of the limiter, 1 while nothing is too loud */
    double limit_release; /* one pole, 200 ms */
    bool limiting;
    float gate;          /* 0 shut, 1 open */
    float gate_step;     /* per frame */
    uint64_t trips;      /* times that limiter, DC or a non-finite sample made it act */
    uint64_t not_finite; /* samples */
};

/* Starts shut. `ceiling_db` in dBFS, `fade_ms` from shut to open. [control] */
void gs_safety_init(struct gs_safety *safety, double rate_hz, double ceiling_db, double fade_ms);

/* Two channels in place; `open` false fades to silence. [rt] */
void gs_safety_process(struct gs_safety *safety, float *left, float *right, unsigned frames, bool open);

/* The fade-out has arrived. [rt] */
static inline bool gs_safety_silent(const struct gs_safety *safety)
{
    return safety->gate <= 0.0f;
}

#endif
