/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pan laws: see dsp/pan.h. Computed in double and rounded once, so that the middle and the ends are exact. */
#include "dsp/pan.h"

#include <math.h>
#include <stddef.h>

const struct gs_choice gs_pan_laws[] = {
    [GS_PAN_SINCOS] = { "sincos", "-3.01 dB in the middle: equal power" },
    [GS_PAN_MINUS45] = { "-4.5", "-4.5 dB in the middle: between equal power and equal amplitude" },
    [GS_PAN_LINEAR] = { "linear", "-6.02 dB in the middle: equal amplitude, adds up to the whole in mono" },
    [GS_PAN_BALANCE] = { "balance", "0 dB in the middle: panning only turns the other side down" },
    { NULL, NULL },
};

/* Share of one side; `way` is 0 when panned fully to it, 1 when panned fully away. */
static double side(enum gs_pan_law law, double way)
{
    double equal_power = way < 1.0 ? cos(way * M_PI_2) : 0.0;
    double equal_amplitude = 1.0 - way;
    switch (law) {
    case GS_PAN_MINUS45:
        return sqrt(equal_power * equal_amplitude);
    case GS_PAN_LINEAR:
        return equal_amplitude;
    case GS_PAN_BALANCE:
        return way > 0.5 ? 2.0 * equal_amplitude : 1.0;
    case GS_PAN_SINCOS:
        break;
    }
    return equal_power;
}

struct gs_pan gs_pan_gains(enum gs_pan_law law, unsigned channels_in, float pan)
{
    double way = pan > -1.0f ? (pan < 1.0f ? (1.0 + (double)pan) / 2.0 : 1.0) : 0.0;
    if (channels_in > 1) {
        law = GS_PAN_BALANCE;
    }
    return (struct gs_pan){ .left = (float)side(law, way), .right = (float)side(law, 1.0 - way) };
}
