/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The recurrence against the C library's cosine, over the half turns that it is used for. */
#include "dsp/cosines.h"

#include <criterion/criterion.h>

Test(cosines, are_cosines)
{
    static const int points[] = { 1, 2, 7, 128, 256 };
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        struct gs_cosines cosines = gs_cosines_from_top(M_PI / points[i]);
        for (int k = 0; k <= points[i]; k++) {
            double expected = cos(M_PI * k / points[i]), found = gs_cosines_next(&cosines);
            cr_assert(fabs(found - expected) < 1e-12, "%d of %d: %.17g, expected %.17g", k, points[i], found,
                      expected);
        }
    }
}
