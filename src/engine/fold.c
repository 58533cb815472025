/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folding of bins: see fold.h. */
#include "engine/fold.h"

#include <math.h>

size_t gs_fold_fields(void)
{
    size_t n = 0;
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        n += (*kind)->n_fields;
    }
    return n;
}

const struct gs_meter_field *gs_fold_row(size_t field)
{
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        if (field < (*kind)->n_fields) {
            return &(*kind)->fields[field];
        }
        field -= (*kind)->n_fields;
    }
    return NULL;
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
    size_t n = gs_fold_fields();
    for (size_t f = 0; f < n; f++) {
        double nothing = gs_fold_nothing(gs_fold_row(f)->fold);
        for (size_t lane = 0; lane < n_lanes; lane++) {
            *fields++ = nothing;
        }
    }
}

void gs_fold_bin(double *fields, const struct gs_bin *bin)
{
    const float *value = bin->field;
    for (size_t f = 0; f < bin->n_fields; f++) {
        enum gs_fold fold = gs_fold_row(f)->fold;
        for (size_t lane = 0; lane < bin->n_lanes; lane++, fields++, value++) {
            *fields = gs_fold_two(fold, *fields, gs_fold_of_bin(fold, *value, bin->first_frame));
        }
    }
}

void gs_fold_fields_into(double *fields, const double *later, size_t n_lanes)
{
    size_t n = gs_fold_fields();
    for (size_t f = 0; f < n; f++) {
        enum gs_fold fold = gs_fold_row(f)->fold;
        for (size_t lane = 0; lane < n_lanes; lane++, fields++, later++) {
            *fields = gs_fold_two(fold, *fields, *later);
        }
    }
}
