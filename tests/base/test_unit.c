/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Units against the definitions in the standards. */
#include "gainstage/unit.h"

#include <criterion/criterion.h>

#include <math.h>

static const struct gs_alignment ebu = { 18, -18 };

/* 0 dBu is 1 mW in 600 ohm; +4 dBu = 1.228 V; 1 Pa = 93.979 dB SPL; AES17: full-scale sine = 0 dBFS RMS. */
Test(unit, references)
{
    cr_assert_float_eq(gs_rms_to_db(GS_ANALOG, sqrt(0.001 * 600)), 0.0, 1e-9);
    cr_assert_float_eq(gs_db_to_rms(GS_ANALOG, 4), 1.2277, 1e-4);
    cr_assert_float_eq(gs_rms_to_db(GS_ACOUSTIC, 1.0), 93.979, 1e-3);
    cr_assert_float_eq(gs_rms_to_db(GS_DIGITAL, 1 / sqrt(2)), 0.0, 1e-9);
    cr_assert_float_eq(gs_peak_to_db(GS_DIGITAL, 1.0), 0.0, 1e-12);
}

Test(unit, peak_and_rms_of_a_sine_read_alike_in_every_domain)
{
    for (int d = 0; d < GS_DOMAIN_COUNT; d++) {
        cr_assert_float_eq(gs_peak_to_db(d, 0.3), gs_rms_to_db(d, 0.3 / sqrt(2)), 1e-12);
        cr_assert_float_eq(gs_peak_to_db(d, gs_db_to_peak(d, -12.5)), -12.5, 1e-12);
        cr_assert_float_eq(gs_rms_to_db(d, gs_db_to_rms(d, -12.5)), -12.5, 1e-12);
    }
}

/* EBU R 68: -18 dBFS is 0 dBu, full scale +18 dBu. */
Test(unit, alignment)
{
    cr_assert_float_eq(gs_peak_to_db(GS_ANALOG, gs_full_scale_volt(18)), 18, 1e-9);
    cr_assert_float_eq(gs_nominal_db(GS_ANALOG, &ebu), 0, 1e-9);
    cr_assert_float_eq(gs_listen_gain(GS_DIGITAL, &ebu), 1.0, 1e-12);
    double volt = gs_db_to_peak(GS_ANALOG, 0);
    cr_assert_float_eq(gs_gain_to_db(volt * gs_listen_gain(GS_ANALOG, &ebu)), -18, 1e-9);
    cr_assert_float_eq(gs_gain_to_db(sqrt(2) * gs_listen_gain(GS_ACOUSTIC, &ebu)), -18, 1e-9,
                       "1 Pa is nominal");
}

/* 4kTRB of 150 ohm at 20 degrees over 20 kHz: -130.92 dBu. */
Test(unit, noise_densities)
{
    double n = gs_thermal_density(150);
    cr_assert_float_eq(gs_density_to_db(GS_ANALOG, n, GS_BANDWIDTH_HZ), -130.92, 0.005);
    cr_assert_float_eq(gs_density_to_db(GS_ANALOG, n, GS_BANDWIDTH_A_HZ), -132.97, 0.01);
    cr_assert_float_eq(
        gs_density_to_db(GS_DIGITAL, gs_db_to_density(GS_DIGITAL, -98.1, GS_BANDWIDTH_HZ), GS_BANDWIDTH_HZ),
        -98.1, 1e-9);
}

Test(unit, silence)
{
    cr_assert_eq(gs_gain_to_db(0), -INFINITY);
    cr_assert_eq(gs_db_to_gain(-INFINITY), 0);
}
