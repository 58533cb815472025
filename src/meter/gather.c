/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gathers one cell of eight lanes: see gather.h. The peak of each lane is found by bit pattern, and says too
 * whether all of the lane is finite. */
#include "meter/gather.h"

#include "meter/lanes.h"

#include <stdbool.h>
#include <string.h>

#define INFINITY_BITS 0x7f800000

#if defined __AVX__
/* Eight frames of eight lanes, halves first so that each row is loaded once. */
static void transpose_8x8(const float *const from[GS_LANES], int at, float to[][GS_LANES])
{
    __m256 row[8], pair[8];
    for (int i = 0; i < 4; i++) {
        row[i] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(from[i] + at)),
                                      _mm_loadu_ps(from[i + 4] + at), 1);
        row[i + 4] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(from[i] + at + 4)),
                                          _mm_loadu_ps(from[i + 4] + at + 4), 1);
    }
    for (int i = 0; i < 8; i += 4) {
        pair[i] = _mm256_unpacklo_ps(row[i], row[i + 1]);
        pair[i + 1] = _mm256_unpackhi_ps(row[i], row[i + 1]);
        pair[i + 2] = _mm256_unpacklo_ps(row[i + 2], row[i + 3]);
        pair[i + 3] = _mm256_unpackhi_ps(row[i + 2], row[i + 3]);
        _mm256_store_ps(to[i], _mm256_shuffle_ps(pair[i], pair[i + 2], 0x44));
        _mm256_store_ps(to[i + 1], _mm256_shuffle_ps(pair[i], pair[i + 2], 0xee));
        _mm256_store_ps(to[i + 2], _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0x44));
        _mm256_store_ps(to[i + 3], _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0xee));
    }
}

static void transpose(const float *const from[GS_LANES], float to[GS_CELL][GS_LANES])
{
    for (int at = 0; at < GS_CELL; at += 8) {
        transpose_8x8(from, at, to + at);
    }
}
#elif defined __SSE__
static void transpose(const float *const from[GS_LANES], float to[GS_CELL][GS_LANES])
{
    for (int at = 0; at < GS_CELL; at += 4) {
        for (int lane = 0; lane < GS_LANES; lane += 4) {
            __m128 row0 = _mm_loadu_ps(from[lane] + at), row1 = _mm_loadu_ps(from[lane + 1] + at);
            __m128 row2 = _mm_loadu_ps(from[lane + 2] + at), row3 = _mm_loadu_ps(from[lane + 3] + at);
            _MM_TRANSPOSE4_PS(row0, row1, row2, row3);
            _mm_store_ps(&to[at][lane], row0);
            _mm_store_ps(&to[at + 1][lane], row1);
            _mm_store_ps(&to[at + 2][lane], row2);
            _mm_store_ps(&to[at + 3][lane], row3);
        }
    }
}
#else
static void transpose(const float *const from[GS_LANES], float to[GS_CELL][GS_LANES])
{
    for (int frame = 0; frame < GS_CELL; frame++) {
        for (int lane = 0; lane < GS_LANES; lane++) {
            to[frame][lane] = from[lane][frame];
        }
    }
}
#endif

static void find_peak(float cell[GS_CELL][GS_LANES], float peak[GS_LANES])
{
    for (int p = 0; p < GS_PARTS; p++) {
        gs_part_bits even = { 0 }, odd = { 0 };
        for (int frame = 0; frame < GS_CELL; frame += 2) {
            even = gs_part_bits_max(even, (gs_part_bits)gs_part_abs(gs_part_load(cell[frame], p)));
            odd = gs_part_bits_max(odd, (gs_part_bits)gs_part_abs(gs_part_load(cell[frame + 1], p)));
        }
        gs_part_store(peak, p, (gs_part)gs_part_bits_max(even, odd));
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
        cell->reduction_db[lane] = -*from->reduction_db[lane];
        if (!is_finite(cell->real_peak[lane]) || !is_finite(cell->ideal_peak[lane])) {
            silence(cell, lane);
        }
    }
}
