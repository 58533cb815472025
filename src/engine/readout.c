/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bins become readings: totals, windows, values. See readout.h; the readers are in reader.c. */
#include "engine/fold.h"
#include "engine/readout_inside.h"
#include "meter/bank.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PAST_MS_MIN 100 /* what the first look of a reader covers */

static unsigned longest_window_ms(void)
{
    unsigned longest = PAST_MS_MIN;
    for (int i = 0; i < gs_reading_count(); i++) {
        const struct gs_reading *row = gs_reading_row(i);
        if (row->span == GS_SPAN_NOW && row->window_ms > longest) {
            longest = row->window_ms;
        }
    }
    return longest;
}

static bool allocate(struct gs_readout *r, size_t n_lanes)
{
    size_t n = gs_fold_fields() * r->n_lanes;
    r->lane = calloc(n_lanes + 1, sizeof *r->lane);
    r->site = calloc(r->n_lanes + 1, sizeof *r->site);
    r->total = calloc(n + 1, sizeof *r->total);
    r->total_frames = calloc(r->n_lanes + 1, sizeof *r->total_frames);
    r->time = calloc(r->n_past, sizeof *r->time);
    r->past = calloc(r->n_past * n + 1, sizeof *r->past);
    return r->lane && r->site && r->total && r->total_frames && r->time && r->past;
}

struct gs_readout *gs_readout_create(const struct gs_readout_lane *lane, size_t n_lanes,
                                     const struct gs_alignment *alignment, double rate_hz)
{
    struct gs_readout *r = calloc(1, sizeof *r);
    if (!r) {
        return NULL;
    }
    r->n_lanes = gs_bank_lanes(n_lanes);
    r->rate_hz = rate_hz;
    r->n_past = longest_window_ms() * GS_BIN_HZ / 1000 + 2; /* bins differ by a cell at 44.1 kHz */
    if (!allocate(r, n_lanes)) {
        gs_readout_destroy(r);
        return NULL;
    }
    for (size_t i = 0; i < n_lanes; i++) {
        r->lane[i] = lane[i];
        r->site[i] = (struct gs_meter_site){ lane[i].domain, *alignment, rate_hz };
    }
    gs_fold_clear(r->total, r->n_lanes);
    return r;
}

void gs_readout_destroy(struct gs_readout *r)
{
    if (!r) {
        return;
    }
    gs_readers_leave(r);
    free(r->lane);
    free(r->site);
    free(r->total);
    free(r->total_frames);
    free(r->time);
    free(r->past);
    free(r);
}

void gs_readout_bin(struct gs_readout *r, const struct gs_bin *bin)
{
    size_t n = (size_t)bin->n_fields * bin->n_lanes;
    r->newest = (r->newest + 1) % r->n_past;
    r->time[r->newest] = (struct gs_bin_time){ bin->first_frame, bin->frames };
    memcpy(r->past + r->newest * n, bin->field, n * sizeof *bin->field);
    gs_fold_bin(r->total, bin);
    for (size_t lane = 0; lane < r->n_lanes; lane++) {
        r->total_frames[lane] += bin->frames;
    }
    r->frames += bin->frames;
    if (r->open) {
        gs_fold_bin(r->open->fields, bin);
        r->open->frames += bin->frames;
    }
}

/* How many of the newest bins come closest to the window; their frames. */
static size_t bins_in_window(const struct gs_readout *r, unsigned window_ms, double *frames)
{
    double window = window_ms * r->rate_hz / 1000;
    size_t n = 0;
    for (*frames = 0; n < r->n_past; n++) {
        uint32_t next = r->time[(r->newest + r->n_past - n) % r->n_past].frames;
        if (next == 0 || (n > 0 && *frames + next / 2.0 > window)) {
            break;
        }
        *frames += next;
    }
    return n;
}

void gs_readout_window(const struct gs_readout *r, size_t lane, unsigned window_ms, size_t first_field,
                       size_t n_fields, double *folded, double *frames)
{
    size_t n = bins_in_window(r, window_ms, frames);
    for (size_t f = 0; f < n_fields; f++) {
        enum gs_fold fold = gs_fold_row(first_field + f)->fold;
        folded[f] = gs_fold_nothing(fold);
        for (size_t i = n; i-- > 0;) {
            size_t bin = (r->newest + r->n_past - i) % r->n_past;
            double value = r->past[(bin * gs_fold_fields() + first_field + f) * r->n_lanes + lane];
            folded[f] = gs_fold_two(fold, folded[f], gs_fold_of_bin(fold, value, r->time[bin].first_frame));
        }
    }
}

double gs_readout_reading(const struct gs_reading *row, const double *folded, double frames,
                          const struct gs_meter_site *site)
{
    double value = frames > 0 ? row->value(folded, frames, site) : -INFINITY;
    return isnan(value) ? -INFINITY : value;
}

double gs_readout_value(const struct gs_readout *r, size_t lane, int reading)
{
    struct gs_reading_place place = gs_reading_place(reading);
    double folded[GS_METER_FIELDS_MAX], frames;
    if (place.row->span == GS_SPAN_NOW) {
        gs_readout_window(r, lane, place.row->window_ms, place.first_field, place.kind->n_fields, folded,
                          &frames);
    } else {
        for (size_t f = 0; f < place.kind->n_fields; f++) {
            folded[f] = r->total[(place.first_field + f) * r->n_lanes + lane];
        }
        frames = (double)r->total_frames[lane];
    }
    return gs_readout_reading(place.row, folded, frames, &r->site[lane]);
}

double gs_readout_loudest(const struct gs_readout *r, size_t lane, unsigned channels, int reading)
{
    double loudest = -INFINITY;
    for (unsigned i = 0; i < channels; i++) {
        loudest = fmax(loudest, gs_readout_value(r, lane + i, reading));
    }
    return loudest;
}

/* Since reset, of the lane: a field of the kind that counts clipping. */
static double over_field(const struct gs_readout *r, size_t lane, const char *key)
{
    for (size_t f = 0, first = gs_reading_place(gs_reading_find("over", "clipped")).first_field;; f++) {
        if (strcmp(gs_fold_row(first + f)->key, key) == 0) {
            return r->total[(first + f) * r->n_lanes + lane];
        }
    }
}

uint64_t gs_readout_first_clip(const struct gs_readout *r, size_t lane)
{
    double first = over_field(r, lane, "first");
    return isfinite(first) ? (uint64_t)first : UINT64_MAX;
}

uint64_t gs_readout_clips(const struct gs_readout *r, size_t lane)
{
    return (uint64_t)over_field(r, lane, "frames");
}

static void reset_lane(struct gs_readout *r, size_t lane)
{
    size_t n = gs_fold_fields();
    for (size_t f = 0; f < n; f++) {
        r->total[f * r->n_lanes + lane] = gs_fold_nothing(gs_fold_row(f)->fold);
    }
    r->total_frames[lane] = 0;
}

void gs_readout_reset(struct gs_readout *r, size_t lane)
{
    if (lane != SIZE_MAX) {
        reset_lane(r, lane);
        return;
    }
    for (size_t i = 0; i < r->n_lanes; i++) {
        reset_lane(r, i);
    }
}

uint64_t gs_readout_frames(const struct gs_readout *r)
{
    return r->frames;
}

size_t gs_readout_lanes(const struct gs_readout *r)
{
    return r->n_lanes;
}
