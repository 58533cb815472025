/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What readout.c, reader.c and their like share of a readout, and nobody else sees.
 *
 * Between the looks of its readers the past is kept in segments, oldest first. A segment begins where a
 * reader last looked and ends where the next segment begins; one where no reader begins any more melts into
 * the one before it. So k readers need k segments however slow they are, and every bin is folded once. */
#ifndef ENGINE_READOUT_INSIDE_H
#define ENGINE_READOUT_INSIDE_H

#include "engine/readout.h"

#include <stdbool.h>

struct gs_segment {
    struct gs_segment *older, *newer;
    unsigned readers; /* who begin here */
    uint64_t frames;
    double fields[]; /* gs_fold_fields() x n_lanes */
};

/* One kind's part of a readout. */
struct gs_readout_kind {
    const struct gs_meter_kind *kind;
    size_t first_field, n_fields; /* among all fields; derived ones included */
    size_t n_past;                /* bins kept for its windows */
    float *past;                  /* n_past x n_fields x n_lanes */
    void **after;                 /* per lane the state of its wire; NULL: the kind has none */
};

struct gs_readout {
    size_t n_lanes; /* padded to whole groups: a row of a bin */
    struct gs_readout_lane *lane;
    struct gs_meter_site *site; /* per lane */
    double rate_hz;
    unsigned bin_hz;
    uint64_t frames; /* since creation */

    struct gs_readout_kind *kind; /* as gs_meter_kinds */
    size_t n_kinds;

    float *bin;             /* the one at hand: all fields x n_lanes */
    double *total;          /* fields since reset */
    uint64_t *total_frames; /* per lane, since its reset */
    bool *paused;           /* per lane */

    uint64_t n_bins; /* since creation: bin k lies at k modulo the number kept */
    size_t n_times;
    struct gs_bin_time {
        uint64_t first_frame;
        uint32_t frames; /* 0: not there yet */
    } * time;

    struct gs_segment *oldest, *open; /* NULL without readers; bins are folded into `open` */
    struct gs_reader *readers;
};

/* The fields of a kind on one lane, folded over the newest bins that come closest to `window_ms`, and the
 * number of their frames. [control] */
void gs_readout_window(const struct gs_readout *readout, const struct gs_readout_kind *kind, size_t lane,
                       unsigned window_ms, double *folded, double *frames);

/* Fields folded somehow, and where they come from: what a reading is asked of. */
struct gs_folded {
    const struct gs_readout *readout;
    const double *fields; /* all fields x n_lanes; NULL: the reading's own span */
    double frames;
};
double gs_folded_value(const struct gs_folded *folded, size_t lane, int reading);

/* Starts the totals of one kind on a lane anew. [control] */
void gs_readout_reset_kind(struct gs_readout *readout, const struct gs_readout_kind *kind, size_t lane);

/* Takes out of the bin at hand what a pause leaves out. [control] */
void gs_readout_leave_out_pauses(struct gs_readout *readout);

/* Cuts the readers off before the readout goes. [control] */
void gs_readers_leave(struct gs_readout *readout);

/* Where a reading stands: its row, its kind. [any] */
struct gs_reading_place {
    const struct gs_reading *row;
    size_t kind;
};
struct gs_reading_place gs_reading_place(int reading);

#endif
