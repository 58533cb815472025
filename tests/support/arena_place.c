/*
 * Lets Criterion run under ThreadSanitizer. Criterion maps memory that it shares with its test processes at an address
 * drawn with rand_r() from [0x200000000000, 0x600000000000), and gives up ("Could not initialize inheritable arena")
 * where ThreadSanitizer keeps its shadow, which on x86-64 is nearly all of that range. So ThreadSanitizer builds draw
 * from here instead: only places in the application range that starts at 0x550000000000, below every program's own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>

int rand_r(unsigned *seed)
{
    /* Criterion computes 0x200000000000 + (draw << 24). */
    const unsigned first = (0x550000000000 - 0x200000000000) >> 24, places = 0x5000;

    *seed = *seed * 1103515245 + 12345;
    return (int)(first + (*seed >> 8) % places);
}
