/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folded fields: a row of doubles for each field of each meter kind, one a lane, into which bins and other
 * folds are folded as the field's row in its kind says. What every total, window and reader is made of. The
 * fields of a kind are its own, then the derived ones. */
#ifndef ENGINE_FOLD_H
#define ENGINE_FOLD_H

#include "engine/readout.h"

/* Number of fields of all kinds, or of one; the row of field `field` of a kind. [any] */
size_t gs_fold_fields(void);
size_t gs_fold_fields_of(const struct gs_meter_kind *kind);
const struct gs_meter_field *gs_fold_row(const struct gs_meter_kind *kind, size_t field);

/* "Nothing yet" of a field. [any] */
double gs_fold_nothing(enum gs_fold fold);
/* What a value of a bin that begins at `first_frame` is as a folded value. [any] */
double gs_fold_of_bin(enum gs_fold fold, double value, uint64_t first_frame);
/* Two folded values as one, `later` being the later one. [any] */
double gs_fold_two(enum gs_fold fold, double earlier, double later);

/* `n` values, `step` floats apart, folded into `folded`; not for GS_FOLD_EARLIEST. [any] */
double gs_fold_column(enum gs_fold fold, double folded, const float *from, size_t step, size_t n);

/* The same over all fields of `n_lanes` lanes; `fields` is gs_fold_fields() x n_lanes doubles, a bin as many
 * floats. [control] */
void gs_fold_clear(double *fields, size_t n_lanes);
void gs_fold_bin(double *fields, const float *bin, uint64_t first_frame, size_t n_lanes);
void gs_fold_fields_into(double *fields, const double *later, size_t n_lanes);

/* `later`, the bin behind `bin` on the same lanes, becomes part of it; a bin of 0 frames becomes its copy. [control] */
void gs_fold_bins(struct gs_bin *bin, const struct gs_bin *later);

#endif
