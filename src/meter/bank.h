/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lane bank: all meters over all lanes of one compiled chain, 8 lanes at a time. Memory is the
 * caller's: gs_bank_size() bytes, 64-byte aligned. */
#ifndef METER_BANK_H
#define METER_BANK_H

#include "gainstage/meter.h"

#include <stddef.h>
#include <stdint.h>

struct gs_bank;

/* Number of fields of all kinds together; lanes padded to a multiple of GS_LANES. [any] */
size_t gs_bank_fields(void);
size_t gs_bank_lanes(size_t n_lanes);

size_t gs_bank_size(size_t n_lanes, double rate_hz);                        /* [control] */
struct gs_bank *gs_bank_init(void *memory, size_t n_lanes, double rate_hz); /* [control] */
/* Where a lane's completed cells lie: GS_CELL floats each and one clip word. Call for each lane once. [control] */
void gs_bank_connect(struct gs_bank *bank, size_t lane, const float *real, const float *ideal,
                     const uint32_t *clip);

/* Takes one completed cell of every lane. A lane whose cell holds NaN or infinity counts as silence for
 * that cell, so that no filter is poisoned. [rt] */
void gs_bank_cell(struct gs_bank *bank);
/* Writes gs_bank_fields() x gs_bank_lanes() floats, field by field, and opens a new bin. [rt] */
void gs_bank_take(struct gs_bank *bank, float *field);

#endif
