/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the two files of the source share: source.c knows its rows and its arithmetic, source_process.c what
 * comes out. */
#ifndef STAGE_SOURCE_H
#define STAGE_SOURCE_H

#include "gainstage/stage.h"

enum {
    SOURCE_SIGNAL,
    SOURCE_DOMAIN,
    SOURCE_CHANNELS,
    SOURCE_SPL_DB,
    SOURCE_LEVEL_DBU,
    SOURCE_LEVEL_DBFS,
    SOURCE_FREQUENCY_HZ,
    SOURCE_FILE_NAME,
    SOURCE_IMPEDANCE_OHM,
    SOURCE_NOISE_DBU,
    SOURCE_NOISE_WEIGHTING,
    SOURCE_PARAMS
};

enum {
    SOURCE_SIGNAL_JACK,
    SOURCE_SIGNAL_SINE,
    SOURCE_SIGNAL_PINK,
    SOURCE_SIGNAL_WHITE,
    SOURCE_SIGNAL_FILE
};

/* In the order of enum gs_domain: the row that states the level. */
extern const unsigned char gs_source_level_row[GS_DOMAIN_COUNT];

static inline enum gs_domain gs_source_domain(const double *param)
{
    return (enum gs_domain)param[SOURCE_DOMAIN];
}

/* Sample out per sample of the signal: for a level, per unit of 10^(level/20); and without one. [any] */
double gs_source_per_gain(const double *param, const struct gs_stage_setup *setup);
double gs_source_as_given(const double *param, const struct gs_stage_setup *setup);

size_t gs_source_size(const struct gs_stage_setup *setup);
void gs_source_init(void *memory, const struct gs_stage_setup *setup);
void gs_source_process(void *memory, const struct gs_stage_io *io);

#endif
