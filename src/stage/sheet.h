/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How data sheets state noise and quality, for all kinds alike: a level with a weighting becomes a density,
 * and a density the RMS that a generator needs. */
#ifndef STAGE_SHEET_H
#define STAGE_SHEET_H

#include "dsp/quantise.h"
#include "gainstage/param.h"
#include "gainstage/rt.h"
#include "gainstage/unit.h"

#include <stdbool.h>
#include <stddef.h>

/* Words of rows named ..._weighting and quality, in the order below. */
extern const struct gs_choice gs_weighting_words[];
extern const struct gs_choice gs_quality_words[];

enum {
    GS_WEIGHTING_A,
    GS_WEIGHTING_Z
};
enum {
    GS_QUALITY_ACCURATE,
    GS_QUALITY_LIVE
};

#define GS_SHEET_WEIGHTING(key_, label_)                                                                     \
    {                                                                                                        \
        .key = key_, .label = label_, .doc = "How the figure was measured: A-weighted or 20 Hz..20 kHz.",    \
        .type = GS_CHOICE, .choices = gs_weighting_words                                                     \
    }

#define GS_SHEET_QUALITY                                                                                     \
    {                                                                                                        \
        .key = "quality", .label = "Quality",                                                                \
        .doc = "How clipping is computed: accurate (36 frames late where something can clip) or live.",      \
        .type = GS_CHOICE, .choices = gs_quality_words, .flags = GS_PARAM_SETUP                              \
    }

#define GS_SHEET_BITS                                                                                        \
    {                                                                                                        \
        .key = "bits", .label = "Word length", .doc = "Bits of fixed point, or float.", .type = GS_NUMBER,   \
        .unit = GS_UNIT_BIT, .min = 16, .max = 32, .step = 1, .def = NAN, .choices = gs_bits_float,          \
        .flags = GS_PARAM_OPTIONAL                                                                           \
    }

#define GS_SHEET_DITHER                                                                                      \
    {                                                                                                        \
        .key = "dither", .label = "Dither", .doc = "What is added before rounding to bits.",                 \
        .type = GS_CHOICE, .choices = gs_dither_words                                                        \
    }

/* The long faders of a desk: one scale for all of them. */
#define GS_SHEET_FADER(doc_)                                                                                 \
    {                                                                                                        \
        .key = "gain_db", .label = "Level", .doc = doc_, .type = GS_NUMBER, .unit = GS_UNIT_DB, .min = -90,  \
        .max = 10, .taper = GS_TAPER_FADER, .smooth = GS_SMOOTH_GAIN,                                        \
        .flags = GS_PARAM_GAIN | GS_PARAM_MINUS_INF                                                          \
    }

/* Highest peak that a summing or fading stage passes. */
#define GS_SHEET_CEILING                                                                                     \
    {                                                                                                        \
        .key = "ceiling_db", .label = "Ceiling",                                                             \
        .doc = "Highest peak level it passes, in the unit of its domain (dBu or dBFS). Not given: none.",    \
        .type = GS_NUMBER, .unit = GS_UNIT_DB, .min = -60, .max = 60, .def = NAN,                            \
        .flags = GS_PARAM_OPTIONAL | GS_PARAM_SETUP                                                          \
    }

#define GS_SHEET_INPUT_IMPEDANCE                                                                             \
    {                                                                                                        \
        .key = "input_impedance_ohm", .label = "Input impedance",                                            \
        .doc = "Loads the source. Not given: it does not.", .type = GS_NUMBER, .unit = GS_UNIT_OHM,          \
        .min = 50, .max = 1e8, .def = NAN, .taper = GS_TAPER_LOG,                                            \
        .flags = GS_PARAM_SETUP | GS_PARAM_OPTIONAL                                                          \
    }

#define GS_SHEET_SOURCE_IMPEDANCE(doc_)                                                                      \
    {                                                                                                        \
        .key = "source_impedance_ohm", .label = "Source impedance", .doc = doc_, .type = GS_NUMBER,          \
        .unit = GS_UNIT_OHM, .min = 0.1, .max = 1e7, .def = NAN, .taper = GS_TAPER_LOG,                      \
        .flags = GS_PARAM_SETUP | GS_PARAM_OPTIONAL                                                          \
    }

/* Values of rows that are not smoothed, kept to see when one of them has changed: powers and logarithms are
 * taken then and not with every cell. Forgetting makes the next look see a change. [rt] */
void gs_sheet_forget(float *kept, size_t rows);
bool gs_sheet_changed(float *kept, const struct gs_ramp *param, size_t rows);

/* What of an open voltage is left under load: Zl / (Zl + Zs); 1 when either is unknown (NAN, INFINITY). [any] */
double gs_sheet_loaded(double source_ohm, double load_ohm);
/* Thermal noise of source and load side by side, V^2/Hz; 0 when the source is unknown (NAN). [any] */
double gs_sheet_thermal(double source_ohm, double load_ohm);

/* Density in unit^2/Hz of a noise figure; 0 when it is not given (NAN). Weighting: an index as above. [any] */
double gs_sheet_density(enum gs_domain domain, double db, double weighting);

/* RMS of white noise of a density at a sample rate: sigma^2 = n rate / 2. [any] */
double gs_sheet_rms(double density, double rate_hz);

/* Peak of a maximum level, INFINITY when it is not given. [any] */
double gs_sheet_peak(enum gs_domain domain, double db);

/* What is to be said of a stage that lacks a noise figure, a maximum, or both; NULL: nothing. [any] */
const char *gs_sheet_remark(bool noise_given, bool maximum_given);

#endif
