/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pan laws: how much of a signal goes left and right. Faders and the mixer before a bus use the same
 * arithmetic, so that a signal panned on a strip or on a send sounds alike. */
#ifndef DSP_PAN_H
#define DSP_PAN_H

#include "gainstage/param.h"

enum gs_pan_law {
    GS_PAN_SINCOS,  /* -3.01 dB in the middle: equal power */
    GS_PAN_MINUS45, /* -4.5 dB: square root of the laws above and below */
    GS_PAN_LINEAR,  /* -6.02 dB: equal amplitude, sums to the whole in mono */
    GS_PAN_BALANCE  /* 0 dB: only turns the other side down */
};

/* Words of the laws in the order of the enumeration, for parameter rows; ends with a NULL word. */
extern const struct gs_choice gs_pan_laws[];

struct gs_pan {
    float left, right;
};

/* Gains of the two sides for `pan` -1 (left) .. +1 (right); beyond is as the end. A stereo signal is only
 * balanced, whatever the law: its sides already stand where they belong. [any, rt] */
struct gs_pan gs_pan_gains(enum gs_pan_law law, unsigned channels_in, float pan);

#endif
