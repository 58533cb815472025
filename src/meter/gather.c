/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gathers one cell of eight lanes: see gather.h. One pass over the data also finds the peak of each lane
 * and whether all of it is finite, by bit pattern: as integers, the magnitudes of floats are in order, and
 * infinities and NaNs lie above all numbers. */
#include "meter/gather.h"

#include "meter/lanes.h"

#include <stdbool.h>
#include <string.h>

#define INFINITY_BITS 0x7f800000

static void transpose(const float *const from[GS_LANES], float to[GS_CELL][GS_LANES])
{
    for (int frame = 0; frame < GS_CELL; frame++) {
        for (int lane = 0; lane < GS_LANES; lane++) {
            to[frame][lane] = from[lane][frame];
        }
    }
}

static void find_peak(float cell[GS_CELL][GS_LANES], float peak[GS_LANES])
{
    for (int p = 0; p < GS_PARTS; p++) {
        gs_part_bits top = { 0 };
        for (int frame = 0; frame < GS_CELL; frame++) {
            gs_part_bits bits = (gs_part_bits)gs_part_load(cell[frame], p) & 0x7fffffff;
            gs_part_bits higher = bits > top;
            top = (higher & bits) | (~higher & top);
        }
        gs_part_store(peak, p, (gs_part)top);
    }
}

static bool is_finite(float peak)
{
    int32_t bits;
    memcpy(&bits, &peak, sizeof bits);
    return bits < INFINITY_BITS;
}

static void silence(struct gs_lanes_cell *cell, int lane)
{
    for (int frame = 0; frame < GS_CELL; frame++) {
        cell->real[frame][lane] = 0;
        cell->ideal[frame][lane] = 0;
    }
    cell->real_peak[lane] = 0;
    cell->ideal_peak[lane] = 0;
    cell->clip[lane] = 0;
}

void GS_ISA_NAME(gs_gather_cell)(const struct gs_gather *from, struct gs_lanes_cell *cell)
{
    transpose(from->real, cell->real);
    transpose(from->ideal, cell->ideal);
    find_peak(cell->real, cell->real_peak);
    find_peak(cell->ideal, cell->ideal_peak);
    for (int lane = 0; lane < GS_LANES; lane++) {
        cell->clip[lane] = *from->clip[lane];
        if (!is_finite(cell->real_peak[lane]) || !is_finite(cell->ideal_peak[lane])) {
            silence(cell, lane);
        }
    }
}
