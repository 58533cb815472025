/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How data sheets state noise and quality, for all kinds alike: a level with a weighting becomes a density,
 * and a density the RMS that a generator needs. */
#ifndef STAGE_SHEET_H
#define STAGE_SHEET_H

#include "gainstage/param.h"
#include "gainstage/unit.h"

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

/* Density in unit^2/Hz of a noise figure; 0 when it is not given (NAN). Weighting: an index as above. [any] */
double gs_sheet_density(enum gs_domain domain, double db, double weighting);

/* RMS of white noise of a density at a sample rate: sigma^2 = n rate / 2. [any] */
double gs_sheet_rms(double density, double rate_hz);

/* Peak of a maximum level, INFINITY when it is not given. [any] */
double gs_sheet_peak(enum gs_domain domain, double db);

/* What is to be said of a stage that lacks a noise figure, a maximum, or both; NULL: nothing. [any] */
const char *gs_sheet_remark(bool noise_given, bool maximum_given);

#endif
