/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Word length: levels of the error from the step alone (q^2/12, /6, /4), steps and clamp. */
#include "dsp/quantise.h"

#include "gainstage/rt.h"
#include "gainstage/unit.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static double error_db(unsigned bits, enum gs_dither dither)
{
    enum {
        CELLS = 16384
    };
    struct gs_quantiser q;
    double sum = 0;
    gs_quantiser_init(&q, bits, dither, 99, 0);
    for (int cell = 0; cell < CELLS; cell++) {
        float x[GS_CELL], y[GS_CELL];
        for (int i = 0; i < GS_CELL; i++) {
            x[i] = (float)(0.5 * sin(0.123456789 * (cell * GS_CELL + i)));
        }
        memcpy(y, x, sizeof y);
        gs_quantiser_run(&q, y, GS_CELL);
        for (int i = 0; i < GS_CELL; i++) {
            sum += ((double)y[i] - (double)x[i]) * ((double)y[i] - (double)x[i]);
        }
    }
    return gs_rms_to_db(GS_DIGITAL, sqrt(sum / CELLS / GS_CELL));
}

/* AES17 level of the total error: 16 bit -98.1, -95.1 and -93.3 dBFS, TPDF 24 bit -141.5. */
Test(quantise, error_level)
{
    static const double parts[] = { 12, 6, 4 };
    for (unsigned bits = 8; bits <= 24; bits += 4) {
        for (int dither = GS_DITHER_NONE; dither <= GS_DITHER_TPDF; dither++) {
            double q = pow(2, 1.0 - bits);
            double expected = 20 * log10(q / sqrt(parts[dither]) * sqrt(2));
            /* only with TPDF is the error's level free of the signal and of the grid that floats lie on */
            bool exact = dither == GS_DITHER_TPDF || (bits > 8 && bits < 24);
            double tolerance = exact ? 0.05 : 0.5;
            cr_assert_float_eq(error_db(bits, dither), expected, tolerance, "%u bits, %s", bits,
                               gs_dither_words[dither].word);
            double density = gs_quantiser_density(bits, dither, 48000);
            cr_assert_float_eq(gs_density_to_db(GS_DIGITAL, density, 24000), expected, 1e-9);
        }
    }
    cr_assert_float_eq(error_db(16, GS_DITHER_TPDF), -93.3, 0.05);
    cr_assert_float_eq(error_db(24, GS_DITHER_TPDF), -141.5, 0.1);
}

Test(quantise, steps_and_clamp)
{
    struct gs_quantiser q;
    float x[] = { 2.0f, 1.0f, 0.999f, -1.0f, -3.0f, 0.0f, 0x1.8p-15f, 65536.0f };
    const float expected[] = {
        1 - 0x1p-15f, 1 - 0x1p-15f, 32735 / 32768.0f, -1, -1, 0, 0x1p-14f, 1 - 0x1p-15f
    };
    gs_quantiser_init(&q, 16, GS_DITHER_NONE, 0, 0);
    gs_quantiser_run(&q, x, 8);
    cr_assert_arr_eq(x, expected, sizeof x);
}

Test(quantise, float_passes)
{
    struct gs_quantiser q;
    float x[] = { 2.0f, 0.1234567f };
    gs_quantiser_init(&q, 0, GS_DITHER_TPDF, 0, 0);
    gs_quantiser_run(&q, x, 2);
    cr_assert(x[0] == 2.0f && x[1] == 0.1234567f);
}
