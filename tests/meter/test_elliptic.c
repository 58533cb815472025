/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The elliptic prototype against its definition (Cauer's): the passband touches 0 and the ripple in turn, as
 * often as the order says, the stopband its height and zero; nothing falls faster. */
#include "meter/elliptic.h"

#include <criterion/criterion.h>

#include <math.h>

#define STEPS 100000
#define NEAR  1e-4

/* Of the poles and zeros, from the definition of a transfer function, 1 at 0. */
static double gain_db(const struct gs_elliptic *e, double w)
{
    double complex s = I * w, h = 1 / (1 - s / e->real_pole);
    for (unsigned i = 0; i < e->pairs; i++) {
        h *= 1 - w * w / (e->zero[i] * e->zero[i]);
        h /= (1 - s / e->pole[i]) * (1 - s / conj(e->pole[i]));
    }
    return 20 * log10(cabs(h));
}

struct extremes {
    double lowest, highest;
    unsigned turns;
};

/* Over `from`..`to`, both included. */
static struct extremes look(const struct gs_elliptic *e, double from, double to)
{
    struct extremes x = { INFINITY, -INFINITY, 0 };
    double before = NAN, slope = 0;
    for (int i = 0; i <= STEPS; i++) {
        double db = gain_db(e, from + (to - from) * i / STEPS), step = db - before;
        x.lowest = fmin(x.lowest, db);
        x.highest = fmax(x.highest, db);
        x.turns += slope * step < 0;
        slope = isnan(step) ? 0 : step;
        before = db;
    }
    return x;
}

Test(elliptic, ripples_alike_in_both_bands)
{
    static const double ripple_db[] = { 0.01, 0.09, 1 }, stop_db[] = { 30, 62, 80 };
    for (unsigned pairs = 1; pairs <= GS_ELLIPTIC_PAIRS; pairs++) {
        for (int i = 0; i < 9; i++) {
            double ripple = ripple_db[i / 3], stop = stop_db[i % 3];
            struct gs_elliptic e;
            gs_elliptic_design(&e, pairs, ripple, stop);
            struct extremes pass = look(&e, 0, 1), beyond = look(&e, e.stop, 1.1 * e.zero[0]);
            cr_assert_float_eq(pass.highest, 0, NEAR, "%u %g %g: %g", pairs, ripple, stop, pass.highest);
            cr_assert_float_eq(pass.lowest, -ripple, NEAR, "%u %g %g: %g", pairs, ripple, stop, pass.lowest);
            cr_assert_float_eq(gain_db(&e, 1), -ripple, NEAR, "%u %g %g", pairs, ripple, stop);
            cr_assert_eq(pass.turns, 2 * pairs, "%u: %u turns", pairs, pass.turns);
            cr_assert_float_eq(beyond.highest, -stop, NEAR, "%u %g %g: %g", pairs, ripple, stop,
                               beyond.highest);
            cr_assert_float_eq(gain_db(&e, e.stop), -stop, NEAR, "%u %g %g", pairs, ripple, stop);
            cr_assert_lt(beyond.lowest, -stop - 40);
        }
    }
}

Test(elliptic, poles_are_stable_and_in_order_of_resonance)
{
    for (unsigned pairs = 1; pairs <= GS_ELLIPTIC_PAIRS; pairs++) {
        struct gs_elliptic e;
        gs_elliptic_design(&e, pairs, 0.09, 62);
        cr_assert_lt(e.real_pole, 0);
        for (unsigned i = 0; i < pairs; i++) {
            cr_assert_lt(creal(e.pole[i]), 0);
            cr_assert(!i ||
                      cabs(e.pole[i]) / -creal(e.pole[i]) > cabs(e.pole[i - 1]) / -creal(e.pole[i - 1]));
            cr_assert(!i || e.zero[i] < e.zero[i - 1]);
        }
    }
}
