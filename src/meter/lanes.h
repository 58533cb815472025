/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vector that meters are written in: as many lanes as one register of the instruction set holds, 16 with
 * AVX-512, 8 with AVX, else 4. A kind runs over the parts of a group, so that no compiler ever has to split a
 * vector: split comparisons come out scalar. */
#ifndef METER_LANES_H
#define METER_LANES_H

#include "gainstage/meter.h"

#include <stdbool.h>
#include <stdint.h>
#if defined __SSE__
#include <immintrin.h>
#elif defined __ARM_NEON
#include <arm_neon.h>
#endif

/* Files that work on lanes are compiled once for each instruction set; what they define for others bears its
 * name. The plain name is the baseline's. */
#ifdef GS_ISA
#define GS_ISA_JOIN(name, isa)   name##_##isa
#define GS_ISA_EXPAND(name, isa) GS_ISA_JOIN(name, isa)
#define GS_ISA_NAME(name)        GS_ISA_EXPAND(name, GS_ISA)
#else
#define GS_ISA_NAME(name) name
#endif

#if defined __AVX512F__ && defined __AVX512DQ__
#define GS_PART 16
#elif defined __AVX__
#define GS_PART 8
#else
#define GS_PART 4
#endif
#define GS_PARTS (GS_LANES / GS_PART)

typedef float gs_part __attribute__((vector_size(4 * GS_PART)));
typedef int32_t gs_part_bits __attribute__((vector_size(4 * GS_PART)));

/* How many parts of the group are in use. */
static inline int gs_parts(const struct gs_lanes_cell *cell)
{
    return GS_PARTS == 1 ? 1 : (int)((cell->lanes + GS_PART - 1) / GS_PART);
}

/* Part `part` of one row of lanes. */
static inline gs_part gs_part_load(const float row[GS_LANES], int part)
{
    return ((const gs_part *)(const void *)row)[part];
}
static inline void gs_part_store(float row[GS_LANES], int part, gs_part value)
{
    ((gs_part *)(void *)row)[part] = value;
}

static inline gs_part gs_part_all(float value)
{
    return value - (gs_part){ 0 };
}
/* `even` on the even lanes, `odd` on the odd ones. */
static inline gs_part gs_part_pair(float even, float odd)
{
    gs_part pair;
    for (int lane = 0; lane < GS_PART; lane++) {
        pair[lane] = lane % 2 ? odd : even;
    }
    return pair;
}
static inline gs_part gs_part_abs(gs_part a)
{
    return (gs_part)((gs_part_bits)a & 0x7fffffff);
}
/* `a` where the mask is all ones, else `b`. */
static inline gs_part gs_part_select(gs_part_bits mask, gs_part a, gs_part b)
{
    return (gs_part)((mask & (gs_part_bits)a) | (~mask & (gs_part_bits)b));
}

/* Sums over a cell are kept twice, for even and odd frames: one addition need not wait for the one before.
 *     GS_EACH_FRAME(i) { energy[i & 1] += x * x; } */
#define GS_EACH_FRAME(i)                                                                                     \
    for (int gs_at = 0; gs_at < GS_CELL; gs_at += 2)                                                         \
    _Pragma("GCC unroll 2") for (int i = gs_at; i < gs_at + 2; i++)

/* Recursions wait for themselves, so those of two parts are worked on at once where a group has them. `n` is a
 * constant where this is inlined. */
#define GS_ABREAST            2
#define GS_EACH_ABREAST(k, n) _Pragma("GCC unroll 2") for (int k = 0; k < (n); k++)

/* Adds a part to sums in double precision, which are exact however long a bin grows. */
static inline void gs_part_add_up(double sum[GS_LANES], int part, gs_part value)
{
    for (int lane = 0; lane < GS_PART; lane++) {
        sum[part * GS_PART + lane] += value[lane];
    }
}

/* True when the mask is set in any lane. */
static inline bool gs_part_any(gs_part_bits mask)
{
#if GS_PART == 16
    return _mm512_movepi32_mask((__m512i)mask) != 0;
#elif defined __AVX__
    return _mm256_movemask_ps((__m256)mask) != 0;
#elif defined __SSE__
    return _mm_movemask_ps((__m128)mask) != 0;
#else
    int32_t any = 0;
    for (int lane = 0; lane < GS_PART; lane++) {
        any |= mask[lane];
    }
    return any != 0;
#endif
}

/* Each even lane changes places with the odd one behind it. */
static inline gs_part gs_part_swap_pairs(gs_part a)
{
#if GS_PART == 16
    return _mm512_permute_ps(a, 0xb1);
#elif defined __AVX__
    return _mm256_permute_ps(a, 0xb1);
#elif defined __SSE__
    return _mm_shuffle_ps(a, a, 0xb1);
#elif defined __ARM_NEON
    return vrev64q_f32(a);
#else
    return (gs_part){ a[1], a[0], a[3], a[2] };
#endif
}

/* Few lanes leave half a register idle: the other half may then carry as many frames or signals more. */
static inline bool gs_half_idle(const struct gs_lanes_cell *cell)
{
    return cell->lanes <= GS_PART / 2;
}
/* The lower halves of both, that of `a` below that of `b`. */
static inline gs_part gs_part_join(gs_part a, gs_part b)
{
#if GS_PART == 16
    return _mm512_shuffle_f32x4(a, b, 0x44);
#elif defined __AVX__
    return _mm256_permute2f128_ps(a, b, 0x20);
#elif defined __SSE__
    return _mm_movelh_ps(a, b);
#elif defined __ARM_NEON
    return vcombine_f32(vget_low_f32(a), vget_low_f32(b));
#else
    return (gs_part){ a[0], a[1], b[0], b[1] };
#endif
}
/* The upper half, below; what is above it is anything. */
static inline gs_part gs_part_upper(gs_part a)
{
#if GS_PART == 16
    return _mm512_shuffle_f32x4(a, a, 0xee);
#elif defined __AVX__
    return _mm256_permute2f128_ps(a, a, 0x11);
#elif defined __SSE__
    return _mm_movehl_ps(a, a);
#elif defined __ARM_NEON
    return vcombine_f32(vget_high_f32(a), vget_high_f32(a));
#else
    return (gs_part){ a[2], a[3], a[2], a[3] };
#endif
}

/* The larger one as integers: magnitudes of floats are in order, infinities and NaNs above all numbers. */
static inline gs_part_bits gs_part_bits_max(gs_part_bits a, gs_part_bits b)
{
#if GS_PART == 16
    return (gs_part_bits)_mm512_max_epi32((__m512i)a, (__m512i)b);
#elif defined __AVX2__
    return (gs_part_bits)_mm256_max_epi32((__m256i)a, (__m256i)b);
#else
    gs_part_bits higher = a > b;
    return (higher & a) | (~higher & b);
#endif
}

#if GS_PART == 16
static inline gs_part gs_part_max(gs_part a, gs_part b)
{
    return _mm512_max_ps(a, b);
}
static inline gs_part gs_part_min(gs_part a, gs_part b)
{
    return _mm512_min_ps(a, b);
}
#elif defined __AVX__
static inline gs_part gs_part_max(gs_part a, gs_part b)
{
    return _mm256_max_ps(a, b);
}
static inline gs_part gs_part_min(gs_part a, gs_part b)
{
    return _mm256_min_ps(a, b);
}
#elif defined __SSE__
static inline gs_part gs_part_max(gs_part a, gs_part b)
{
    return _mm_max_ps(a, b);
}
static inline gs_part gs_part_min(gs_part a, gs_part b)
{
    return _mm_min_ps(a, b);
}
#elif defined __ARM_NEON
static inline gs_part gs_part_max(gs_part a, gs_part b)
{
    return vmaxq_f32(a, b);
}
static inline gs_part gs_part_min(gs_part a, gs_part b)
{
    return vminq_f32(a, b);
}
#else
static inline gs_part gs_part_max(gs_part a, gs_part b)
{
    return gs_part_select(a > b, a, b);
}
static inline gs_part gs_part_min(gs_part a, gs_part b)
{
    return gs_part_select(a < b, a, b);
}
#endif

#endif
