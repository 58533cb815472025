/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The programme measurement of a wire (EBU Tech 3341, 2.5): the kinds of meter that say so begin anew, rest and go on
 * together, and go over to the readout of the next chain. See readout.h. */
#include "engine/fold.h"
#include "engine/readout_inside.h"

static size_t first_of_wire(const struct gs_readout *r, size_t lane)
{
    return lane - r->lane[lane].channel;
}

void gs_readout_reset_programme(struct gs_readout *r, size_t lane)
{
    size_t first = first_of_wire(r, lane);
    for (size_t i = 0; i < r->n_kinds; i++) {
        for (unsigned c = 0; r->kind[i].kind->programme && c < r->lane[lane].channels; c++) {
            gs_readout_reset_kind(r, &r->kind[i], first + c);
        }
    }
}

void gs_readout_pause(struct gs_readout *r, size_t lane, bool pause)
{
    for (size_t i = 0; i < r->n_lanes; i++) {
        if (lane == SIZE_MAX || first_of_wire(r, i) == first_of_wire(r, lane)) {
            r->paused[i] = pause;
        }
    }
}

bool gs_readout_paused(const struct gs_readout *r, size_t lane)
{
    return r->paused[lane];
}

void gs_readout_leave_out_pauses(struct gs_readout *r)
{
    for (size_t i = 0; i < r->n_kinds; i++) {
        const struct gs_readout_kind *k = &r->kind[i];
        float *row = r->bin + k->first_field * r->n_lanes;
        for (size_t f = 0; k->kind->programme && f < k->n_fields; f++, row += r->n_lanes) {
            float nothing = (float)gs_fold_nothing(gs_fold_row(k->kind, f)->fold);
            for (size_t lane = 0; lane < r->n_lanes; lane++) {
                row[lane] = r->paused[lane] ? nothing : row[lane];
            }
        }
    }
}

static bool same_wire(const struct gs_readout *a, size_t i, const struct gs_readout *b, size_t k)
{
    return a->lane[i].channels == b->lane[k].channels && a->lane[i].channel == b->lane[k].channel &&
           a->lane[i].role == b->lane[k].role && a->site[i].domain == b->site[k].domain &&
           a->site[i].to_full_scale == b->site[k].to_full_scale && a->rate_hz == b->rate_hz &&
           a->bin_hz == b->bin_hz;
}

static void hand_over_kind(struct gs_readout *from, size_t from_lane, struct gs_readout *to, size_t to_lane,
                           size_t kind)
{
    struct gs_readout_kind *old = &from->kind[kind], *new = &to->kind[kind];
    for (size_t f = 0; f < new->n_fields; f++) {
        size_t field = new->first_field + f;
        to->total[field * to->n_lanes + to_lane] = from->total[field * from->n_lanes + from_lane];
    }
    if (new->after) {
        void *state = new->after[to_lane];
        new->after[to_lane] = old->after[from_lane];
        old->after[from_lane] = state;
    }
}

void gs_readout_hand_over(struct gs_readout *from, size_t from_lane, struct gs_readout *to, size_t to_lane)
{
    if (!same_wire(from, from_lane, to, to_lane)) {
        return;
    }
    for (unsigned c = 0; c < to->lane[to_lane].channels; c++) {
        for (size_t i = 0; i < to->n_kinds; i++) {
            if (to->kind[i].kind->programme) {
                hand_over_kind(from, from_lane + c, to, to_lane + c, i);
            }
        }
        to->paused[to_lane + c] = from->paused[from_lane + c];
    }
}
