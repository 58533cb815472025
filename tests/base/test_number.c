/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers as text: shortest, and the same number when read back. */
#include "base/number.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    double value;
    const char *text;
} numbers[] = {
    { 0, "0" },
    { -0.0, "0" },
    { 1, "1" },
    { -18, "-18" },
    { 40.5, "40.5" },
    { 0.1, "0.1" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 1.0 / 3.0, "0.3333333333333333" },
    { -0.25, "-0.25" },
    { 1000, "1000" },
    { 20000, "20000" },
    { 123456.789, "123456.789" },
    { 0.00001, "0.00001" },
    { 0.000001, "1e-06" },
    { 999999999999999, "999999999999999" },
    { 1e15, "1e+15" },
    { 5e-324, "5e-324" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { -INFINITY, "-inf" },
    { INFINITY, "inf" },
    { NAN, "nan" },
};

Test(number, words)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char text[GS_NUMBER_SIZE];
        cr_assert_str_eq(gs_number_text(text, numbers[i].value), numbers[i].text);
    }
}

Test(number, every_double_comes_back)
{
    uint64_t seed = 1;
    for (int round = 0; round < 100000; round++) {
        uint64_t bits = seed = seed * 6364136223846793005u + 1442695040888963407u;
        double value;
        bits ^= bits >> 31;
        memcpy(&value, &bits, sizeof value);
        char text[GS_NUMBER_SIZE];
        if (isfinite(value)) {
            cr_assert_eq(strtod(gs_number_text(text, value), NULL), value, "%s", text);
            cr_assert_lt(strlen(text), GS_NUMBER_SIZE - 1);
        }
    }
}
