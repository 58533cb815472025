/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sine whose phase is a 64-bit fraction of a turn: it wraps by itself, never drifts, and the phase of any
 * frame is one multiplication, so a tone can be taken up in the middle. The sine itself is an odd polynomial
 * of degree 11 (Chebyshev fit over a quarter turn, error below 3e-11; with the phase cut to 32 bits below
 * 1e-9), so it is free of a table and the same on every machine. [rt] */
#ifndef DSP_OSCILLATOR_H
#define DSP_OSCILLATOR_H

#include <math.h>
#include <stdint.h>

/* Turn per frame as a 64-bit fraction; `cycles` (frequency / rate) in 0..0.5. */
static inline uint64_t gs_oscillator_step(double cycles)
{
    return (uint64_t)(cycles * 0x1p64);
}

/* sin(2 pi phase). */
static inline double gs_oscillator_sine(uint64_t phase)
{
    double s = (double)(int32_t)(phase >> 32) * 0x1p-30; /* quarter turns, -2..2 */
    s = s > 1.0 ? 2.0 - s : s;
    s = s < -1.0 ? -2.0 - s : s;
    double u = s * s;
    return s *
           (1.5707963267680662 + u * (-0.6459640955741278 +
                                      u * (0.07969260368558909 +
                                           u * (-0.0046816577073062575 +
                                                u * (0.00016025459026563696 + u * -3.431789002566147e-06)))));
}

#endif
