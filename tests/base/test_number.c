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

static const struct {
    const char *word;
    bool number, whole;
} readings[] = {
    { "0", true, true },      { "7770", true, true },    { "-12", true, true },
    { "+3", true, true },     { "7770.5", true, false }, { ".5", true, false },
    { "5.", true, false },    { "1e3", true, false },    { "", false, false },
    { " 5", false, false },   { "5 ", false, false },    { "12x", false, false },
    { "0x10", false, false }, { "nan", false, false },   { "inf", false, false },
    { "-inf", false, false }, { "1e999", false, false }, { "1.2.3", false, false },
    { "+", false, false },    { "--5", false, false },   { "5,5", false, false },
    { "e", false, false },    { "1e", false, false },    { "99999999999999999999", true, false },
};

Test(number, a_word_is_a_number_or_not)
{
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        double number = 42;
        long whole = 42;
        cr_expect_eq(gs_number_read(readings[i].word, &number), readings[i].number, "'%s'", readings[i].word);
        cr_expect_eq(gs_number_read_whole(readings[i].word, &whole), readings[i].whole, "'%s'",
                     readings[i].word);
        cr_expect(readings[i].number ? number == strtod(readings[i].word, NULL) : number == 42, "'%s'",
                  readings[i].word);
        cr_expect(readings[i].whole ? whole == strtol(readings[i].word, NULL, 10) : whole == 42, "'%s'",
                  readings[i].word);
    }
}
