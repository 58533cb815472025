/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pan laws: the loss in the middle, the ends, and what each law keeps constant. */
#include "dsp/pan.h"

#include <criterion/criterion.h>
#include <math.h>

static const struct {
    enum gs_pan_law law;
    double middle_db;
    const char *word;
} laws[] = {
    { GS_PAN_SINCOS, 20.0 * -0.150514997831991, "sincos" }, /* 20 log10 of 1/sqrt 2 */
    { GS_PAN_MINUS45, 20.0 * -0.225772496747986, "-4.5" },  /* 2^(-3/4) */
    { GS_PAN_LINEAR, 20.0 * -0.301029995663981, "linear" }, /* 1/2 */
    { GS_PAN_BALANCE, 0.0, "balance" },
};
#define LAWS (sizeof laws / sizeof *laws)

Test(pan, middle_and_ends)
{
    for (size_t i = 0; i < LAWS; i++) {
        struct gs_pan middle = gs_pan_gains(laws[i].law, 1, 0.0f);
        cr_assert_float_eq(20.0 * log10(middle.left), laws[i].middle_db, 1e-5, "%s", laws[i].word);
        cr_assert_eq(middle.left, middle.right);
        for (float pan = 1.0f; pan <= 3.0f; pan += 1.0f) {
            struct gs_pan right = gs_pan_gains(laws[i].law, 1, pan),
                          left = gs_pan_gains(laws[i].law, 1, -pan);
            cr_assert(right.left == 0.0f && right.right == 1.0f, "%s right", laws[i].word);
            cr_assert(left.left == 1.0f && left.right == 0.0f, "%s left", laws[i].word);
        }
    }
}

Test(pan, what_a_law_keeps)
{
    for (float pan = -1.0f; pan <= 1.0f; pan += 0.0625f) {
        struct gs_pan power = gs_pan_gains(GS_PAN_SINCOS, 1, pan), sum = gs_pan_gains(GS_PAN_LINEAR, 1, pan);
        struct gs_pan between = gs_pan_gains(GS_PAN_MINUS45, 1, pan);
        cr_assert_float_eq(power.left * power.left + power.right * power.right, 1.0, 1e-6);
        cr_assert_float_eq(sum.left + sum.right, 1.0, 1e-6);
        cr_assert_float_eq(between.left, sqrt((double)power.left * (double)sum.left), 1e-6);
        cr_assert_float_eq(between.right, sqrt((double)power.right * (double)sum.right), 1e-6);
    }
}

Test(pan, stereo_is_balanced_whatever_the_law)
{
    for (size_t i = 0; i < LAWS; i++) {
        struct gs_pan middle = gs_pan_gains(laws[i].law, 2, 0.0f), right = gs_pan_gains(laws[i].law, 2, 0.5f);
        cr_assert(middle.left == 1.0f && middle.right == 1.0f);
        cr_assert(right.left == 0.5f && right.right == 1.0f);
    }
}

Test(pan, words_stand_in_the_order_of_the_laws)
{
    for (size_t i = 0; i < LAWS; i++) {
        cr_assert_str_eq(gs_pan_laws[laws[i].law].word, laws[i].word);
    }
    cr_assert_null(gs_pan_laws[LAWS].word);
}
