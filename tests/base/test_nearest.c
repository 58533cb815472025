/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nearest right word: slips of the hand are healed, other words are not guessed at. */
#include "base/nearest.h"

#include <criterion/criterion.h>

#include <string.h>

static const char *const words[] = {
    "gain_db", "pad_db", "polarity", "ceiling_dbtp", "source", "fader", NULL
};

static const char *nearest(const char *word)
{
    struct gs_nearest search = gs_nearest_start(word);
    for (const char *const *w = words; *w; w++) {
        gs_nearest_offer(&search, *w);
    }
    return search.best;
}

Test(nearest, heals_slips)
{
    static const struct {
        const char *typed, *meant;
    } slips[] = { { "gain_bd", "gain_db" }, { "gian_db", "gain_db" },      { "gain", "gain_db" },
                  { "Gain_DB", "gain_db" }, { "soruce", "source" },        { "polarty", "polarity" },
                  { "fadr", "fader" },      { "ceiling", "ceiling_dbtp" }, { "padd_db", "pad_db" } };
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        const char *found = nearest(slips[i].typed);
        cr_assert_not_null(found, "'%s' should be recognised", slips[i].typed);
        cr_assert_str_eq(found, slips[i].meant);
    }
}

Test(nearest, does_not_guess_wildly)
{
    cr_assert_null(nearest("reverberation"));
    cr_assert_null(nearest("xyzzy"));
    cr_assert_null(nearest(""));
}
