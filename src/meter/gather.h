/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From wires to lanes: channels' cells, each in its own place, become one cell of lanes. */
#ifndef METER_GATHER_H
#define METER_GATHER_H

#include "meter/lanes.h"

/* Where the cells of one group of lanes lie. No entry is NULL. */
struct gs_gather {
    const float *real[GS_LANES];
    const float *ideal[GS_LANES];
    const uint32_t *clip[GS_LANES];
    const float *reduction_db[GS_LANES]; /* 0 or less, as stages say it */
};

/* Fills `cell`, whose `lanes` say how many. A lane with a NaN, an infinity or 2^50 and more on
 * either path is silent in it, and has not clipped. [rt] */
void GS_ISA_NAME(gs_gather_cell)(const struct gs_gather *from, struct gs_lanes_cell *cell);

#endif
