/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same meters, compiled for several instruction sets. All give the same readings within 0.01 dB; a bank
 * runs one of them, chosen when it is made. */
#ifndef METER_ISA_H
#define METER_ISA_H

#include "gainstage/meter.h"

#include <stddef.h>

struct gs_gather;

struct gs_meter_isa {
    const char *name;                        /* "baseline", "x86-64-v3", "x86-64-v4" */
    const struct gs_meter_kind *const *kind; /* in the order of gs_meter_kinds */
    void (*gather)(const struct gs_gather *from, struct gs_lanes_cell *cell);
};

/* Those that this build has and this machine runs, the fastest first, the baseline last; NULL behind. [any] */
const struct gs_meter_isa *gs_meter_isa(size_t index);

#endif
