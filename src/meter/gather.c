/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gathers one cell of a group of lanes: see gather.h. The peak of each lane is found by bit pattern, and says too
 * whether all of the lane can be measured. */
#include "meter/gather.h"

#include "meter/lanes.h"

/* 2^50, 301 dB above the unit of any wire: beyond all sound, and the squares of less are far from infinity in a float,
 * however they are filtered and summed. */
#define BEYOND_BITS 0x58800000
#define FRAMES      4 /* transposed at once: as many as the quarter of a register holds that comes from one lane */

#if GS_PART == 16
#define MERGE_LOW(a, b)          _mm512_unpacklo_ps(a, b)
#define MERGE_HIGH(a, b)         _mm512_unpackhi_ps(a, b)
#define CHOOSE(a, b, which)      _mm512_shuffle_ps(a, b, which)
#define QUARTER(to, from, where) _mm512_insertf32x4(to, _mm_loadu_ps(from), where)
#define FIRST_QUARTER(from)      _mm512_castps128_ps512(_mm_loadu_ps(from))
#elif defined __AVX__
#define MERGE_LOW(a, b)          _mm256_unpacklo_ps(a, b)
#define MERGE_HIGH(a, b)         _mm256_unpackhi_ps(a, b)
#define CHOOSE(a, b, which)      _mm256_shuffle_ps(a, b, which)
#define QUARTER(to, from, where) _mm256_insertf128_ps(to, _mm_loadu_ps(from), where)
#define FIRST_QUARTER(from)      _mm256_castps128_ps256(_mm_loadu_ps(from))
#elif defined __SSE__
#define MERGE_LOW(a, b)     _mm_unpacklo_ps(a, b)
#define MERGE_HIGH(a, b)    _mm_unpackhi_ps(a, b)
#define CHOOSE(a, b, which) _mm_shuffle_ps(a, b, which)
#define FIRST_QUARTER(from) _mm_loadu_ps(from)
#endif

/* Frames `at` .. `at` + 3 of the lanes of a part, from rows of lanes to columns. */
#ifdef FIRST_QUARTER
static inline void transpose(const float *const from[GS_PART], int at, gs_part frame[FRAMES])
{
    gs_part row[4]; /* row i: four frames of each of the lanes i, i + 4, i + 8 ... */
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        row[i] = FIRST_QUARTER(from[i] + at);
#if GS_PART > 4
        row[i] = QUARTER(row[i], from[i + 4] + at, 1);
#endif
#if GS_PART > 8
        row[i] = QUARTER(row[i], from[i + 8] + at, 2);
        row[i] = QUARTER(row[i], from[i + 12] + at, 3);
#endif
    }
    gs_part low_01 = MERGE_LOW(row[0], row[1]), low_23 = MERGE_LOW(row[2], row[3]);
    gs_part high_01 = MERGE_HIGH(row[0], row[1]), high_23 = MERGE_HIGH(row[2], row[3]);
    frame[0] = CHOOSE(low_01, low_23, 0x44);
    frame[1] = CHOOSE(low_01, low_23, 0xee);
    frame[2] = CHOOSE(high_01, high_23, 0x44);
    frame[3] = CHOOSE(high_01, high_23, 0xee);
}
#else
static inline void transpose(const float *const from[GS_PART], int at, gs_part frame[FRAMES])
{
    for (int i = 0; i < FRAMES; i++) {
        for (int lane = 0; lane < GS_PART; lane++) {
            frame[i][lane] = from[lane][at + i];
        }
    }
}
#endif

static void gather_path(const float *const from[GS_LANES], int p, float to[GS_CELL][GS_LANES],
                        float peak[GS_LANES])
{
    gs_part_bits top[2] = { { 0 } };
    for (int at = 0; at < GS_CELL; at += FRAMES) {
        gs_part frame[FRAMES];
        transpose(from + p * GS_PART, at, frame);
#pragma GCC unroll 4
        for (int i = 0; i < FRAMES; i++) {
            gs_part_store(to[at + i], p, frame[i]);
            top[i % 2] = gs_part_bits_max(top[i % 2], (gs_part_bits)gs_part_abs(frame[i]));
        }
    }
    gs_part_store(peak, p, (gs_part)gs_part_bits_max(top[0], top[1]));
}

static gs_part_bits beyond_measure(const struct gs_lanes_cell *cell, int p)
{
    gs_part_bits real = (gs_part_bits)gs_part_load(cell->real_peak, p);
    gs_part_bits ideal = (gs_part_bits)gs_part_load(cell->ideal_peak, p);
    return gs_part_bits_max(real, ideal) >= BEYOND_BITS;
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
    for (int lane = 0; lane < gs_parts(cell) * GS_PART; lane++) {
        cell->clip[lane] = *from->clip[lane];
        cell->reduction_db[lane] = -*from->reduction_db[lane];
    }
    for (int p = 0; p < gs_parts(cell); p++) {
        gather_path(from->real, p, cell->real, cell->real_peak);
        gather_path(from->ideal, p, cell->ideal, cell->ideal_peak);
        gs_part_bits bad = beyond_measure(cell, p);
        for (int lane = 0; gs_part_any(bad) && lane < GS_PART; lane++) {
            if (bad[lane]) {
                silence(cell, p * GS_PART + lane);
            }
        }
    }
}
