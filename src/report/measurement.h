/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All meters over a sound file: what `gainstage measure` says, as JSON, as a table, and as a series in time.
 * Figures are rows that name a reading. [control] */
#ifndef REPORT_MEASUREMENT_H
#define REPORT_MEASUREMENT_H

#include "engine/readout.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct gs_measurement {
    char *file; /* as given */
    double rate_hz;
    uint64_t frames;
    unsigned channels;
    bool ends_early;            /* before the length that it begins with */
    bool scales;                /* an alignment was given: VU and PPM on their own scales too */
    struct gs_readout *readout; /* lane = channel */
};

/* One object, keys as in gainstage(1), or with `list` an array of `n`. Figures that do not exist are null. Owner of
 * the text: the caller; NULL: no memory. */
char *gs_measurement_json(const struct gs_measurement *measurement, size_t n, bool list);
/* A table for people. */
void gs_measurement_text(const struct gs_measurement *measurement, FILE *to);

/* A figure of one channel, of the wire, or of the series. */
struct gs_figure {
    const char *key;   /* "true_peak_dbtp" */
    const char *label; /* for people; NULL: not in the table */
    const char *unit;
    const char *reading;
    bool scale; /* only with an alignment */
};
extern const struct gs_figure gs_channel_figures[], gs_over_figures[], gs_loudness_figures[],
    gs_correlation_figures[]; /* each ends with key NULL */

#define GS_FIGURES_MAX 32 /* in one of these lists */
/* The values of such a list on a lane, one for each row, in the unit that the row says: levels of analogue and
 * acoustic wires brought to full scale by the alignment. */
void gs_figures_read(const struct gs_readout *readout, size_t lane, const struct gs_figure *figures,
                     double value[GS_FIGURES_MAX]);

/* All of a wire of the engine. */
struct gs_wire_figures {
    double channel[GS_CHANNELS][GS_FIGURES_MAX], overs[GS_CHANNELS][GS_FIGURES_MAX];
    double loudness[GS_FIGURES_MAX], correlation[GS_FIGURES_MAX];
};
void gs_wire_figures_read(const struct gs_readout *readout, size_t first_lane, unsigned channels,
                          struct gs_wire_figures *figures);
void gs_wire_figures_text(const struct gs_wire_figures *figures, unsigned channels, FILE *to);

/* The series as CSV: heading, and a row: time, then each quantity of the loudest channel; empty where there is
 * none. */
void gs_series_head(FILE *to);
void gs_series_row(const struct gs_readout *readout, size_t first_lane, unsigned channels, double time_s,
                   FILE *to);
/* The same in two steps: the values of a row, NAN where there is none, and the line that they make. */
#define GS_SERIES_COLUMNS_MAX 32
unsigned gs_series_columns(void); /* without the time */
const char *gs_series_column(unsigned column);
void gs_series_values(const struct gs_readout *readout, size_t first_lane, unsigned channels, double *value);
void gs_series_print(double time_s, const double *value, FILE *to);

#endif
