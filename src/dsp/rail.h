/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an analogue stage does wrong to a signal: colour (a few per cent of second and third harmonic), knee
 * and rail. Two qualities. Accurate: the signal goes straight through a delay and only what is wrong with it
 * is computed at 4x and added, so below the knee the stage is transparent to the bit, above it the
 * fundamental is right and nearly nothing aliases; 36 frames late, on both paths. Live: the same at the base
 * rate, no latency, with the aliases that brings. */
#ifndef DSP_RAIL_H
#define DSP_RAIL_H

#include "dsp/knee.h"
#include "dsp/oversample.h"

/* How it bends. Colour: y = x + c2 x^2 + c3 x^3, without the DC that x^2 makes. */
struct gs_bend {
    struct gs_ramp rail; /* INFINITY: none */
    float knee;
    float c2, c3;  /* per unit and per unit^2; both 0: no colour */
    float c_limit; /* the polynomial is followed to here, then kept: a stage folds nothing back */
};

/* c2, c3 and c_limit from the second and third harmonic (parts of the fundamental) of a sine of `peak`:
 * c2 = 2 d2 / A, c3 = -4 d3 / A^2. [any] */
void gs_bend_colour(struct gs_bend *bend, double d2, double d3, double peak);
/* What colour, knee and rail make of x at rest, rail from bend->rail.now. [any] */
double gs_bend_curve(const struct gs_bend *bend, double x);

struct gs_rail {
    struct gs_halfbands bands;
    double dc_pole;
    bool accurate;
    struct gs_rail_channel {
        double dc; /* of the colour */
        struct gs_upsampler up;
        struct gs_downsampler down;
        float late[GS_PATHS][GS_OVERSAMPLE_LATENCY + GS_CELL];
        uint64_t late_flags;
    } channel[GS_CHANNELS];
};

/* `rail` is zeroed. [any] */
void gs_rail_init(struct gs_rail *rail, bool accurate, double rate_hz);

/* Phases that a signal on the detour has: GS_OVERSAMPLE_PHASES, or 1 when live. */
static inline unsigned gs_rail_phases(const struct gs_rail *rail)
{
    return rail->accurate ? GS_OVERSAMPLE_PHASES : 1;
}

/* Bends `real` in place and delays both paths alike. `earlier` (NULL: none) is what earlier parts of the
 * stage did wrong, on the detour and in phases. Bit i: frame i of the detour lay beyond the knee. [rt] */
uint32_t gs_rail_run(struct gs_rail *rail, unsigned channel, const struct gs_bend *bend,
                     const float (*earlier)[GS_CELL], float *real, float *ideal, unsigned frames);
/* Clip flags as late as the signal: of the frames that went in, and (0: not wanted) of the detour. Call it
 * once for each gs_rail_run(), behind it. [rt] */
uint32_t gs_rail_flags(struct gs_rail *rail, unsigned channel, uint32_t in, uint32_t detour, unsigned frames);

#endif
