/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What readout.c and reader.c share of a readout, and nobody else sees.
 *
 * Between the looks of its readers the past is kept in segments, oldest first. A segment begins where a
 * reader last looked and ends where the next segment begins; one where no reader begins any more melts into
 * the one before it. So k readers need k segments however slow they are, and every bin is folded once. */
#ifndef ENGINE_READOUT_INSIDE_H
#define ENGINE_READOUT_INSIDE_H

#include "engine/readout.h"

struct gs_segment {
    struct gs_segment *older, *newer;
    unsigned readers; /* who begin here */
    uint64_t frames;
    double fields[]; /* gs_fold_fields() x n_lanes */
};

struct gs_readout {
    size_t n_lanes; /* padded to whole groups: a row of a bin */
    struct gs_readout_lane *lane;
    struct gs_meter_site *site; /* per lane */
    double rate_hz;
    uint64_t frames; /* since creation */

    double *total;          /* fields since reset */
    uint64_t *total_frames; /* per lane, since its reset */

    size_t n_past; /* bins kept */
    size_t newest; /* index in the two arrays below */
    struct gs_bin_time {
        uint64_t first_frame;
        uint32_t frames; /* 0: not there yet */
    } * time;
    float *past; /* n_past x fields x n_lanes */

    struct gs_segment *oldest, *open; /* NULL without readers; bins are folded into `open` */
    struct gs_reader *readers;
};

/* Folds of one field of one lane over the newest bins that come closest to `window_ms`; the number of their
 * frames through `frames`. [control] */
void gs_readout_window(const struct gs_readout *readout, size_t lane, unsigned window_ms, size_t first_field,
                       size_t n_fields, double *folded, double *frames);
/* Asks the row's value(), with what the contract promises about NAN. [control] */
double gs_readout_reading(const struct gs_reading *row, const double *folded, double frames,
                          const struct gs_meter_site *site);
/* Cuts the readers off before the readout goes. [control] */
void gs_readers_leave(struct gs_readout *readout);

/* Where a reading stands: its row, and the first of its kind's fields among all fields. [any] */
struct gs_reading_place {
    const struct gs_reading *row;
    const struct gs_meter_kind *kind;
    size_t first_field;
};
struct gs_reading_place gs_reading_place(int reading);

#endif
