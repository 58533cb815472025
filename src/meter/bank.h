/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lane bank: all meters over all lanes of one compiled chain, 32 lanes at a time. Memory is the
 * caller's: gs_bank_size() bytes, 64-byte aligned. */
#ifndef METER_BANK_H
#define METER_BANK_H

#include "meter/isa.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gs_bank;

/* True when the bin closes behind `cell`, the number of a completed cell of the grid (the first is 0): bin k
 * ends where floor((k + 1) * rate / (bin_hz * GS_CELL)) cells are complete. A whole number of hertz keeps this
 * exact for years. [any] */
static inline bool gs_bin_ends_at(uint64_t cell, double rate_hz, unsigned bin_hz)
{
    double cells = (double)(cell + 1), grid_hz = (double)bin_hz * GS_CELL;
    double bins = ceil(cells * grid_hz / rate_hz); /* the first bin that ends here or later */
    return floor(bins * (rate_hz / grid_hz)) == cells;
}

/* The same for GS_BIN_HZ bins a second. [any] */
static inline bool gs_bin_ends(uint64_t cell, double rate_hz)
{
    return gs_bin_ends_at(cell, rate_hz, GS_BIN_HZ);
}

/* Number of fields of all kinds together; lanes padded to a multiple of 8. [any] */
size_t gs_bank_fields(void);
size_t gs_bank_lanes(size_t n_lanes);

size_t gs_bank_size(size_t n_lanes); /* [control] */
/* With the fastest instruction set that the machine has, or with a given one. [control] */
struct gs_bank *gs_bank_init(void *memory, size_t n_lanes, double rate_hz);
struct gs_bank *gs_bank_init_isa(void *memory, size_t n_lanes, double rate_hz,
                                 const struct gs_meter_isa *isa);
/* Where a lane's completed cells lie: GS_CELL floats each and one clip word. The channels of a stereo wire
 * go to neighbouring lanes, the first one even. Lanes never connected are silent. [control] */
void gs_bank_connect(struct gs_bank *bank, size_t lane, const float *real, const float *ideal,
                     const uint32_t *clip);

/* Where the gain reduction in dB (0 or less) of the cell lies, of the stage that drives the lane's wire; else there is
 * none. [control] */
void gs_bank_connect_reduction(struct gs_bank *bank, size_t lane, const float *reduction_db);

/* Takes one completed cell of every lane. A lane whose cell holds NaN, infinity or what comes near it (2^50
 * and more) counts as silence for that cell, so that no filter is poisoned. [rt] */
void gs_bank_cell(struct gs_bank *bank);
/* Writes gs_bank_fields() x gs_bank_lanes() floats, field by field, and opens a new bin. [rt] */
void gs_bank_take(struct gs_bank *bank, float *field);

#endif
