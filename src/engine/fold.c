/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folding of bins: see fold.h. */
#include "engine/fold.h"

#include <math.h>
#include <string.h>

size_t gs_fold_fields_of(const struct gs_meter_kind *kind)
{
    return kind->n_fields + (kind->after ? kind->after->n_fields : 0);
}

size_t gs_fold_fields(void)
{
    size_t n = 0;
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        n += gs_fold_fields_of(*kind);
    }
    return n;
}

const struct gs_meter_field *gs_fold_row(const struct gs_meter_kind *kind, size_t field)
{
    return field < kind->n_fields ? &kind->fields[field] : &kind->after->fields[field - kind->n_fields];
}

double gs_fold_nothing(enum gs_fold fold)
{
    switch (fold) {
    case GS_FOLD_MAX:
        return -INFINITY;
    case GS_FOLD_MIN:
    case GS_FOLD_EARLIEST:
        return INFINITY;
    case GS_FOLD_SUM:
    case GS_FOLD_LAST:
        break;
    }
    return 0;
}

double gs_fold_of_bin(enum gs_fold fold, double value, uint64_t first_frame)
{
    return fold == GS_FOLD_EARLIEST ? value + (double)first_frame : value;
}

double gs_fold_two(enum gs_fold fold, double earlier, double later)
{
    switch (fold) {
    case GS_FOLD_MAX:
        return later > earlier ? later : earlier;
    case GS_FOLD_MIN:
    case GS_FOLD_EARLIEST:
        return later < earlier ? later : earlier;
    case GS_FOLD_SUM:
        return earlier + later;
    case GS_FOLD_LAST:
        break;
    }
    return later;
}

void gs_fold_clear(double *fields, size_t n_lanes)
{
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        for (size_t f = 0; f < gs_fold_fields_of(*kind); f++) {
            double nothing = gs_fold_nothing(gs_fold_row(*kind, f)->fold);
            for (size_t lane = 0; lane < n_lanes; lane++) {
                *fields++ = nothing;
            }
        }
    }
}

/* Inlined with `fold` a constant, so that the loops over the lanes have no choice to make. */
static inline __attribute__((always_inline)) void
fold_floats(enum gs_fold fold, double *to, const float *from, uint64_t first_frame, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        to[i] = gs_fold_two(fold, to[i], gs_fold_of_bin(fold, from[i], first_frame));
    }
}

static inline __attribute__((always_inline)) void fold_doubles(enum gs_fold fold, double *to,
                                                               const double *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        to[i] = gs_fold_two(fold, to[i], from[i]);
    }
}

static void fold_bin_row(enum gs_fold fold, double *to, const float *from, uint64_t first_frame, size_t n)
{
    switch (fold) {
    case GS_FOLD_MAX:
        fold_floats(GS_FOLD_MAX, to, from, first_frame, n);
        break;
    case GS_FOLD_SUM:
        fold_floats(GS_FOLD_SUM, to, from, first_frame, n);
        break;
    default:
        fold_floats(fold, to, from, first_frame, n);
    }
}

static void fold_row(enum gs_fold fold, double *to, const double *from, size_t n)
{
    switch (fold) {
    case GS_FOLD_MAX:
        fold_doubles(GS_FOLD_MAX, to, from, n);
        break;
    case GS_FOLD_SUM:
        fold_doubles(GS_FOLD_SUM, to, from, n);
        break;
    default:
        fold_doubles(fold, to, from, n);
    }
}

static inline __attribute__((always_inline)) double fold_stride(enum gs_fold fold, double folded,
                                                                const float *from, size_t step, size_t n)
{
    for (size_t i = 0; i < n; i++, from += step) {
        folded = gs_fold_two(fold, folded, *from);
    }
    return folded;
}

double gs_fold_column(enum gs_fold fold, double folded, const float *from, size_t step, size_t n)
{
    switch (fold) {
    case GS_FOLD_MAX:
        return fold_stride(GS_FOLD_MAX, folded, from, step, n);
    case GS_FOLD_SUM:
        return fold_stride(GS_FOLD_SUM, folded, from, step, n);
    case GS_FOLD_LAST:
        return n > 0 ? from[(n - 1) * step] : folded;
    default:
        return fold_stride(fold, folded, from, step, n);
    }
}

void gs_fold_bin(double *fields, const float *bin, uint64_t first_frame, size_t n_lanes)
{
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        for (size_t f = 0; f < gs_fold_fields_of(*kind); f++, fields += n_lanes, bin += n_lanes) {
            fold_bin_row(gs_fold_row(*kind, f)->fold, fields, bin, first_frame, n_lanes);
        }
    }
}

void gs_fold_fields_into(double *fields, const double *later, size_t n_lanes)
{
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        for (size_t f = 0; f < gs_fold_fields_of(*kind); f++, fields += n_lanes, later += n_lanes) {
            fold_row(gs_fold_row(*kind, f)->fold, fields, later, n_lanes);
        }
    }
}

static void join_row(enum gs_fold fold, float *to, const float *later, uint32_t frames, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        to[i] = (float)gs_fold_two(fold, to[i], gs_fold_of_bin(fold, later[i], frames));
    }
}

void gs_fold_bins(struct gs_bin *bin, const struct gs_bin *later)
{
    if (bin->frames == 0) {
        memcpy(bin, later, sizeof *bin + (size_t)later->n_fields * later->n_lanes * sizeof *later->field);
        return;
    }
    size_t row = 0, n_lanes = bin->n_lanes;
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        for (size_t f = 0; f < (*kind)->n_fields; f++, row += n_lanes) {
            join_row((*kind)->fields[f].fold, &bin->field[row], &later->field[row], bin->frames, n_lanes);
        }
    }
    bin->frames += later->frames;
    bin->bin_hz = later->bin_hz;
}
