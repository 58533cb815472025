/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values of readings, from the totals and windows of a readout or from what a reader has gathered. */
#include "engine/fold.h"
#include "engine/readout_inside.h"

#include <math.h>
#include <string.h>

static double from_fields(const struct gs_folded *folded, const struct gs_readout_kind *k,
                          const struct gs_reading *row, size_t lane)
{
    const struct gs_readout *r = folded->readout;
    double field[GS_METER_FIELDS_MAX], frames = folded->frames;
    if (!folded->fields && row->span == GS_SPAN_NOW) {
        gs_readout_window(r, k, lane, row->window_ms, field, &frames);
    } else {
        const double *fields = folded->fields ? folded->fields : r->total;
        for (size_t f = 0; f < k->n_fields; f++) {
            field[f] = fields[(k->first_field + f) * r->n_lanes + lane];
        }
        frames = folded->fields ? folded->frames : (double)r->total_frames[lane];
    }
    return frames > 0 ? row->value(field, frames, &r->site[lane]) : -INFINITY;
}

static double loudest(const struct gs_folded *folded, size_t lane, unsigned channels, int reading)
{
    double value = -INFINITY;
    for (unsigned c = 0; c < channels; c++) {
        value = fmax(value, gs_folded_value(folded, lane + c, reading));
    }
    return value;
}

static double difference(const struct gs_folded *folded, const struct gs_reading *row, size_t lane)
{
    unsigned channels = row->wire ? folded->readout->lane[lane].channels : 1;
    double of = loudest(folded, lane, channels, gs_reading_find(NULL, row->of));
    double minus = gs_folded_value(folded, lane, gs_reading_find(NULL, row->minus));
    return isfinite(of) && isfinite(minus) ? of - minus + row->plus : -INFINITY;
}

double gs_folded_value(const struct gs_folded *folded, size_t lane, int reading)
{
    struct gs_reading_place place = gs_reading_place(reading);
    const struct gs_readout *r = folded->readout;
    const struct gs_readout_kind *k = &r->kind[place.kind];
    lane -= place.row->wire ? r->lane[lane].channel : 0;
    double value = -INFINITY;
    if (place.row->state) {
        value = k->after[lane] ? place.row->state(k->after[lane], &r->site[lane]) : -INFINITY;
    } else if (place.row->value) {
        value = from_fields(folded, k, place.row, lane);
    } else {
        value = difference(folded, place.row, lane);
    }
    return isnan(value) ? -INFINITY : value;
}

double gs_readout_value(const struct gs_readout *r, size_t lane, int reading)
{
    return gs_folded_value(&(struct gs_folded){ .readout = r }, lane, reading);
}

double gs_readout_loudest(const struct gs_readout *r, size_t lane, unsigned channels, int reading)
{
    return loudest(&(struct gs_folded){ .readout = r }, lane, channels, reading);
}

/* Since reset, of the lane: a field of the kind that counts clipping. */
static double over_field(const struct gs_readout *r, size_t lane, const char *key)
{
    const struct gs_readout_kind *k = r->kind;
    while (strcmp(k->kind->key, "over") != 0) {
        k++;
    }
    size_t f = 0;
    while (strcmp(gs_fold_row(k->kind, f)->key, key) != 0) {
        f++;
    }
    return r->total[(k->first_field + f) * r->n_lanes + lane];
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

double gs_readout_to_full_scale(const struct gs_readout *r, size_t lane)
{
    return r->site[lane].to_full_scale;
}

double gs_readout_to_dbfs(const struct gs_readout *r, size_t lane)
{
    const struct gs_meter_site *site = &r->site[lane];
    return gs_gain_to_db(gs_reference_peak(site->domain) * site->to_full_scale);
}
