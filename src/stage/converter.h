/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an A/D and a D/A converter have in common: full scale, dynamic range, word length and dither, which are the first
 * rows of both kinds, and the noise and the quantiser that follow from them. */
#ifndef STAGE_CONVERTER_H
#define STAGE_CONVERTER_H

#include "dsp/noise.h"
#include "dsp/quantise.h"
#include "gainstage/stage.h"
#include "stage/sheet.h"

enum {
    GS_CONVERTER_FULL_SCALE_DBU,
    GS_CONVERTER_DYNAMIC_RANGE_DB,
    GS_CONVERTER_DYNAMIC_RANGE_WEIGHTING,
    GS_CONVERTER_BITS,
    GS_CONVERTER_DITHER,
    GS_CONVERTER_ROWS,
    /* not smoothed, and something is derived from them */
    GS_CONVERTER_SHEET_FIRST = GS_CONVERTER_DYNAMIC_RANGE_DB,
    GS_CONVERTER_SHEET_ROWS = GS_CONVERTER_ROWS - GS_CONVERTER_SHEET_FIRST
};

#define GS_CONVERTER_PARAMS(full_scale_doc_)                                                                 \
    [GS_CONVERTER_FULL_SCALE_DBU] = { .key = "full_scale_dbu",                                               \
                                      .label = "Full scale",                                                 \
                                      .doc = full_scale_doc_,                                                \
                                      .type = GS_NUMBER,                                                     \
                                      .unit = GS_UNIT_DBU,                                                   \
                                      .min = -20,                                                            \
                                      .max = 40,                                                             \
                                      .def = NAN,                                                            \
                                      .smooth = GS_SMOOTH_GAIN,                                              \
                                      .flags = GS_PARAM_OPTIONAL },                                          \
    [GS_CONVERTER_DYNAMIC_RANGE_DB] = { .key = "dynamic_range_db",                                           \
                                        .label = "Dynamic range",                                            \
                                        .doc = "How far its noise lies below 0 dBFS (AES17), word length "   \
                                               "apart. Not given: no noise.",                                \
                                        .type = GS_NUMBER,                                                   \
                                        .unit = GS_UNIT_DB,                                                  \
                                        .min = 40,                                                           \
                                        .max = 180,                                                          \
                                        .def = NAN,                                                          \
                                        .flags = GS_PARAM_OPTIONAL },                                        \
    [GS_CONVERTER_DYNAMIC_RANGE_WEIGHTING] =                                                                 \
        GS_SHEET_WEIGHTING("dynamic_range_weighting", "Dynamic range weighting"),                            \
    [GS_CONVERTER_BITS] = GS_SHEET_BITS, [GS_CONVERTER_DITHER] = GS_SHEET_DITHER

struct gs_converter {
    struct gs_noise noise[GS_CHANNELS];
    struct gs_quantiser quantiser[GS_CHANNELS];
    float sheet[GS_CONVERTER_SHEET_ROWS];
    float rms; /* of the noise, full scale */
    double rate_hz;
    unsigned channels;
};

void gs_converter_init(struct gs_converter *converter, const struct gs_stage_setup *setup);
/* Takes over what has changed in the rows; at the start of each call. [rt] */
void gs_converter_read(struct gs_converter *converter, const struct gs_ramp *param);

/* Level of full scale: as given, or the alignment's. [any] */
double gs_converter_dbu(const double *param, const struct gs_stage_setup *setup);
/* Density of its noise, full scale^2/Hz, word length apart. [any] */
double gs_converter_noise(const double *param);
/* Writes what the word length does to `out`, full scale; `rms` of all that reaches the quantiser. [any] */
void gs_converter_words(const double *param, double rate_hz, double rms, struct gs_levels *out);

#endif
