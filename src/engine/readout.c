/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bins become readings: what the control side derives from them, totals, windows. See readout.h; values are
 * in readout_value.c, the readers in reader.c. */
#include "engine/fold.h"
#include "engine/readout_inside.h"
#include "meter/bank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAST_MS_MIN 100 /* what the first look of a reader covers */

static const double weights[] = {
    [GS_CHANNEL_FRONT] = 1,
    [GS_CHANNEL_SURROUND] = 1.41, /* ITU-R BS.1770-5 table 3 */
    [GS_CHANNEL_LFE] = 0,
};

static size_t bins_of(unsigned window_ms, unsigned bin_hz)
{
    return window_ms * bin_hz / 1000 + 2; /* bins differ by a cell at 44.1 kHz */
}

static unsigned longest_window_ms(const struct gs_meter_kind *kind)
{
    unsigned longest = PAST_MS_MIN;
    for (size_t i = 0; i < kind->n_readings; i++) {
        if (kind->readings[i].span == GS_SPAN_NOW && kind->readings[i].window_ms > longest) {
            longest = kind->readings[i].window_ms;
        }
    }
    return longest;
}

/* One state a wire, known to each of its lanes. */
static bool create_after(struct gs_readout *r, struct gs_readout_kind *k, size_t n_lanes)
{
    const struct gs_meter_setup setup = { .rate_hz = r->rate_hz, .bin_hz = r->bin_hz };
    k->after = calloc(r->n_lanes + 1, sizeof *k->after);
    for (size_t lane = 0; k->after && lane < n_lanes; lane++) {
        if (r->lane[lane].channel > 0 && !k->kind->after->per_channel) {
            k->after[lane] = k->after[lane - 1];
            continue;
        }
        k->after[lane] = calloc(1, k->kind->after->size(&setup));
        if (!k->after[lane]) {
            return false;
        }
        k->kind->after->init(k->after[lane], &setup);
    }
    return k->after;
}

static bool create_kind(struct gs_readout *r, size_t index, size_t n_lanes)
{
    struct gs_readout_kind *k = &r->kind[index];
    k->kind = gs_meter_kinds[index];
    k->n_fields = gs_fold_fields_of(k->kind);
    k->first_field = index > 0 ? r->kind[index - 1].first_field + r->kind[index - 1].n_fields : 0;
    k->n_past = bins_of(longest_window_ms(k->kind), r->bin_hz);
    r->n_times = k->n_past > r->n_times ? k->n_past : r->n_times;
    k->past = calloc(k->n_past * k->n_fields * r->n_lanes + 1, sizeof *k->past);
    return k->past && (!k->kind->after || create_after(r, k, n_lanes));
}

static bool allocate(struct gs_readout *r, const struct gs_readout_lane *lane, size_t n_lanes)
{
    size_t n = gs_fold_fields() * r->n_lanes;
    while (gs_meter_kinds[r->n_kinds]) {
        r->n_kinds++;
    }
    r->lane = calloc(r->n_lanes + 1, sizeof *r->lane);
    r->kind = calloc(r->n_kinds, sizeof *r->kind);
    if (!r->lane || !r->kind) {
        return false;
    }
    memcpy(r->lane, lane, n_lanes * sizeof *lane);
    for (size_t i = 0; i < r->n_kinds; i++) {
        if (!create_kind(r, i, n_lanes)) {
            return false;
        }
    }
    r->site = calloc(r->n_lanes + 1, sizeof *r->site);
    r->bin = calloc(n + 1, sizeof *r->bin);
    r->total = calloc(n + 1, sizeof *r->total);
    r->total_frames = calloc(r->n_lanes + 1, sizeof *r->total_frames);
    r->paused = calloc(r->n_lanes + 1, sizeof *r->paused);
    r->time = calloc(r->n_times, sizeof *r->time);
    return r->site && r->bin && r->total && r->total_frames && r->paused && r->time;
}

struct gs_readout *gs_readout_create(const struct gs_readout_lane *lane, size_t n_lanes,
                                     const struct gs_alignment *alignment, double rate_hz)
{
    return gs_readout_create_fine(lane, n_lanes, alignment, rate_hz, GS_BIN_HZ);
}

struct gs_readout *gs_readout_create_fine(const struct gs_readout_lane *lane, size_t n_lanes,
                                          const struct gs_alignment *alignment, double rate_hz,
                                          unsigned bin_hz)
{
    struct gs_readout *r = calloc(1, sizeof *r);
    if (!r) {
        return NULL;
    }
    r->n_lanes = gs_bank_lanes(n_lanes);
    r->rate_hz = rate_hz;
    r->bin_hz = bin_hz;
    if (!allocate(r, lane, n_lanes)) {
        gs_readout_destroy(r);
        return NULL;
    }
    for (size_t i = 0; i < n_lanes; i++) {
        r->lane[i].channels += r->lane[i].channels == 0;
        r->site[i] = (struct gs_meter_site){ .domain = lane[i].domain,
                                             .alignment = *alignment,
                                             .rate_hz = rate_hz,
                                             .channels = r->lane[i].channels,
                                             .to_full_scale = gs_listen_gain(lane[i].domain, alignment),
                                             .weight = weights[lane[i].role] };
    }
    gs_fold_clear(r->total, r->n_lanes);
    return r;
}

static void destroy_kind(struct gs_readout *r, struct gs_readout_kind *k)
{
    for (size_t lane = 0; k->after && lane < r->n_lanes && k->after[lane]; lane++) {
        if (lane == 0 || k->after[lane] != k->after[lane - 1]) {
            free(k->after[lane]);
        }
    }
    free(k->after);
    free(k->past);
}

void gs_readout_destroy(struct gs_readout *r)
{
    if (!r) {
        return;
    }
    gs_readers_leave(r);
    for (size_t i = 0; r->kind && i < r->n_kinds; i++) {
        destroy_kind(r, &r->kind[i]);
    }
    free(r->lane);
    free(r->kind);
    free(r->site);
    free(r->bin);
    free(r->total);
    free(r->total_frames);
    free(r->paused);
    free(r->time);
    free(r);
}

static void derive(struct gs_readout *r, const struct gs_readout_kind *k, uint32_t frames)
{
    const struct gs_meter_after *after = k->kind->after;
    float derived[GS_METER_FIELDS_MAX];
    float *own = r->bin + k->first_field * r->n_lanes, *further = own + k->kind->n_fields * r->n_lanes;
    unsigned channels;
    for (size_t lane = 0; lane < r->n_lanes && k->after[lane]; lane += channels) {
        channels = after->per_channel ? 1 : r->lane[lane].channels;
        const struct gs_meter_wire_bin bin = { .channels = channels,
                                               .site = &r->site[lane],
                                               .field = own + lane,
                                               .row = r->n_lanes,
                                               .frames = frames,
                                               .paused = r->paused[lane] };
        after->bin(k->after[lane], &bin, derived);
        for (size_t f = 0; f < after->n_fields; f++) {
            for (unsigned c = 0; c < channels; c++) {
                further[f * r->n_lanes + lane + c] = derived[f];
            }
        }
    }
}

void gs_readout_bin(struct gs_readout *r, const struct gs_bin *bin)
{
    const float *from = bin->field;
    r->time[r->n_bins % r->n_times] = (struct gs_bin_time){ bin->first_frame, bin->frames };
    for (size_t i = 0; i < r->n_kinds; i++) {
        const struct gs_readout_kind *k = &r->kind[i];
        size_t n = k->n_fields * r->n_lanes, n_own = k->kind->n_fields * r->n_lanes;
        float *fields = r->bin + k->first_field * r->n_lanes;
        memcpy(fields, from, n_own * sizeof *from);
        from += n_own;
        if (k->after) {
            derive(r, k, bin->frames);
        }
        memcpy(k->past + r->n_bins % k->n_past * n, fields, n * sizeof *fields);
    }
    r->n_bins++;
    if (r->open) {
        gs_fold_bin(r->open->fields, r->bin, bin->first_frame, r->n_lanes);
        r->open->frames += bin->frames;
    }
    gs_readout_leave_out_pauses(r); /* the bin at hand goes to nobody but the totals any more */
    gs_fold_bin(r->total, r->bin, bin->first_frame, r->n_lanes);
    for (size_t lane = 0; lane < r->n_lanes; lane++) {
        r->total_frames[lane] += bin->frames;
    }
    r->frames += bin->frames;
}

/* How many of the newest bins come closest to the window; their frames. */
static size_t bins_in_window(const struct gs_readout *r, size_t n_past, unsigned window_ms, double *frames)
{
    double window = window_ms * r->rate_hz / 1000;
    size_t n = 0, at = r->n_bins % r->n_times;
    for (*frames = 0; n < n_past && n < r->n_bins; n++) {
        at = at > 0 ? at - 1 : r->n_times - 1;
        uint32_t next = r->time[at].frames;
        if (*frames > 0 && *frames + next / 2.0 > window) { /* a file may end with an empty bin */
            break;
        }
        *frames += next;
    }
    return n;
}

/* `n` bins from `bin` on, none of which wraps around. */
static double fold_bins(const struct gs_readout *r, const struct gs_readout_kind *k, size_t lane, size_t f,
                        uint64_t bin, size_t n, double folded)
{
    enum gs_fold fold = gs_fold_row(k->kind, f)->fold;
    size_t step = k->n_fields * r->n_lanes;
    const float *from = k->past + bin % k->n_past * step + f * r->n_lanes + lane;
    if (fold != GS_FOLD_EARLIEST) {
        return gs_fold_column(fold, folded, from, step, n);
    }
    for (size_t i = 0; i < n; i++, from += step) {
        uint64_t first_frame = r->time[(bin + i) % r->n_times].first_frame;
        folded = gs_fold_two(fold, folded, gs_fold_of_bin(fold, *from, first_frame));
    }
    return folded;
}

void gs_readout_window(const struct gs_readout *r, const struct gs_readout_kind *k, size_t lane,
                       unsigned window_ms, double *folded, double *frames)
{
    size_t n = bins_in_window(r, k->n_past, window_ms, frames);
    uint64_t bin = r->n_bins - n;
    size_t to_end = k->n_past - bin % k->n_past, first = n < to_end ? n : to_end;
    for (size_t f = 0; f < k->n_fields; f++) {
        double sum = gs_fold_nothing(gs_fold_row(k->kind, f)->fold);
        sum = fold_bins(r, k, lane, f, bin, first, sum);
        folded[f] = fold_bins(r, k, lane, f, bin + first, n - first, sum);
    }
}

void gs_readout_reset_kind(struct gs_readout *r, const struct gs_readout_kind *k, size_t lane)
{
    for (size_t f = 0; f < k->n_fields; f++) {
        r->total[(k->first_field + f) * r->n_lanes + lane] = gs_fold_nothing(gs_fold_row(k->kind, f)->fold);
    }
    if (k->after && k->after[lane]) {
        k->kind->after->reset(k->after[lane]);
    }
}

static void reset_lane(struct gs_readout *r, size_t lane)
{
    for (size_t i = 0; i < r->n_kinds; i++) {
        gs_readout_reset_kind(r, &r->kind[i], lane);
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
