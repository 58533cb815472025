/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Denormal numbers count as zero between begin and end, whatever the caller's thread does: a recursive
 * filter that dies away in silence would otherwise slow down a hundredfold, in a file as much as live. */
#ifndef METER_FLUSH_H
#define METER_FLUSH_H

#include <stdint.h>
#if defined __SSE__
#include <immintrin.h>
#endif

#if defined __SSE__
#define GS_FLUSH_BITS 0x8040u /* MXCSR: flush to zero, denormals are zero */

static inline unsigned gs_flush_begin(void)
{
    unsigned mode = _mm_getcsr();
    _mm_setcsr(mode | GS_FLUSH_BITS);
    return mode;
}
static inline void gs_flush_end(unsigned mode)
{
    _mm_setcsr(mode);
}
#elif defined __aarch64__
#define GS_FLUSH_BITS (1u << 24) /* FPCR.FZ */

static inline unsigned gs_flush_begin(void)
{
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | GS_FLUSH_BITS));
    return (unsigned)mode;
}
static inline void gs_flush_end(unsigned mode)
{
    __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)mode));
}
#else
static inline unsigned gs_flush_begin(void)
{
    return 0;
}
static inline void gs_flush_end(unsigned mode)
{
    (void)mode;
}
#endif

#endif
