/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scales that a watcher may choose: each names the reading that moves its bar, the marks of its standard, and
 * the numbers below. See live_scale.h. A scale is a row. */
#include "report/live_scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct gs_live_mark vu_marks[] = {
    { -20, "-20" }, { -10, "-10" }, { -7, "-7" }, { -5, "-5" }, { -3, "-3" }, { -2, "-2" },
    { -1, "-1" },   { 0, "0" },     { 1, "+1" },  { 2, "+2" },  { 3, "+3" },  { 0, NULL },
};
static const struct gs_live_mark din_marks[] = {
    { -50, "-50" }, { -40, "-40" }, { -30, "-30" }, { -20, "-20" }, { -10, "-10" },
    { -5, "-5" },   { 0, "0" },     { 5, "+5" },    { 0, NULL },
};
static const struct gs_live_mark bbc_marks[] = {
    { 1, "1" }, { 2, "2" }, { 3, "3" }, { 4, "4" }, { 5, "5" }, { 6, "6" }, { 7, "7" }, { 0, NULL },
};
static const struct gs_live_mark ebu_marks[] = {
    { -12, "-12" }, { -8, "-8" }, { -4, "-4" },  { 0, "TEST" }, { 4, "+4" },
    { 8, "+8" },    { 9, "+9" },  { 12, "+12" }, { 0, NULL },
};
static const struct gs_live_mark k_marks[] = {
    { -40, "-40" }, { -30, "-30" }, { -24, "-24" }, { -20, "-20" }, { -16, "-16" }, { -12, "-12" },
    { -8, "-8" },   { -4, "-4" },   { 0, "0" },     { 4, "+4" },    { 8, "+8" },    { 12, "+12" },
    { 14, "+14" },  { 16, "+16" },  { 20, "+20" },  { 0, NULL },
};
static const struct gs_live_mark lufs_marks[] = {
    { -41, "-41" }, { -38, "-38" }, { -35, "-35" }, { -32, "-32" }, { -29, "-29" }, { -26, "-26" },
    { -23, "-23" }, { -20, "-20" }, { -17, "-17" }, { -14, "-14" }, { 0, NULL },
};

#define K_SCALE(head, top)                                                                                   \
    {                                                                                                        \
        .key = "k" head, .label = "K-" head " (Katz)", .bar = "k" head, .unit = "dB", .low = -40,            \
        .high = top, .reference = 0, .amber = 0, .red = 4, .marks = k_marks, .number = {                     \
            { .name = "RMS", .reading = "k" head },                                                          \
            { .name = "crest", .reading = "crest" }                                                          \
        }                                                                                                    \
    }

/* The first of several that a word begins is its meaning: "ppm" is the EBU's. */
const struct gs_live_scale gs_live_scales[] = {
    { .key = "vu",
      .label = "VU (IEC 60268-17)",
      .bar = "vu_scale",
      .unit = "VU",
      .low = -INFINITY,
      .high = 3,
      .law = GS_LIVE_AMPLITUDE, /* 0 VU lies at 71 % of the way */
      .reference = 0,
      .amber = 0,
      .red = 1,
      .marks = vu_marks,
      .number = { { .name = "VU", .reading = "vu_scale" }, { .name = "max", .reading = "vu_scale_max" } } },
    { .key = "ppm2b",
      .label = "PPM type IIb, EBU (IEC 60268-10)",
      .bar = "ppm_ebu",
      .unit = "dB",
      .low = -14,
      .high = 13,
      .reference = 0, /* TEST */
      .amber = 8,
      .red = 9, /* permitted maximum level */
      .marks = ebu_marks,
      .number = { { .name = "PPM", .reading = "ppm_ebu" }, { .name = "max", .reading = "ppm_ebu_max" } } },
    { .key = "ppm2a",
      .label = "PPM type IIa, BBC (IEC 60268-10)",
      .bar = "ppm_bbc",
      .unit = "mark",
      .low = 0.5,
      .high = 7.5,
      .reference = 4,
      .amber = 5.75,
      .red = 6, /* permitted maximum level */
      .marks = bbc_marks,
      .number = { { .name = "PPM", .reading = "ppm_bbc" }, { .name = "max", .reading = "ppm_bbc_max" } } },
    { .key = "ppm1",
      .label = "PPM type I, DIN (IEC 60268-10)",
      .bar = "ppm_din",
      .unit = "dB",
      .low = -50,
      .high = 5,
      .reference = -9, /* alignment level */
      .amber = -1,
      .red = 0, /* permitted maximum level */
      .marks = din_marks,
      .number = { { .name = "PPM", .reading = "ppm_din" }, { .name = "max", .reading = "ppm_din_max" } } },
    K_SCALE("20", 20),
    K_SCALE("14", 14),
    K_SCALE("12", 12),
    { .key = "lufs",
      .label = "EBU +9 (EBU Tech 3341); ? not stable yet",
      .bar = "momentary",
      .unit = "LUFS",
      .low = -41,
      .high = -14,
      .reference = -23, /* target level of EBU R 128 */
      .amber = -22,
      .red = -14,
      .marks = lufs_marks,
      .number = { { .name = "M", .reading = "momentary" },
                  { .name = "S", .reading = "short_term" },
                  { .name = "I", .reading = "integrated" },
                  { .name = "LRA", .reading = "loudness_range", .ripens = true } } },
    { .key = NULL },
};

const struct gs_live_scale *gs_live_scale(const char *word)
{
    size_t length = strlen(word);
    const struct gs_live_scale *found = NULL;
    for (const struct gs_live_scale *scale = gs_live_scales; scale->key; scale++) {
        if (strcmp(scale->key, word) == 0) {
            return scale;
        }
        if (!found && length >= 3 && strncmp(scale->key, word, length) == 0) {
            found = scale;
        }
    }
    return found;
}

double gs_live_way(const struct gs_live_scale *scale, double value)
{
    double way = scale->law == GS_LIVE_AMPLITUDE ? pow(10, (value - scale->high) / 20)
                                                 : (value - scale->low) / (scale->high - scale->low);
    return way > 0 ? fmin(way, 1) : 0; /* a NAN is no way at all */
}

int gs_live_numbers(const struct gs_live_scale *scale)
{
    int n = 0;
    while (n < GS_LIVE_NUMBERS && scale->number[n].reading) {
        n++;
    }
    return n;
}
