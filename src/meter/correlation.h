/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Correlation of a stereo wire over a sliding window: what gs_meter_stereo does on the control side. */
#ifndef METER_CORRELATION_H
#define METER_CORRELATION_H

#include "gainstage/meter.h"

/* The kind's own fields, energies of a lane and its neighbour, then the derived ones. */
enum {
    GS_STEREO_OWN,
    GS_STEREO_OTHER,
    GS_STEREO_MID,
    GS_STEREO_SIDE,
    GS_STEREO_FIELDS,

    GS_CORRELATION_LAST = GS_STEREO_FIELDS, /* -INFINITY: a side is silent */
    GS_CORRELATION_LOWEST,
    GS_CORRELATION_SUM, /* over the bins that have one */
    GS_CORRELATION_COUNT,
    GS_CORRELATION_END
};
extern const struct gs_meter_after gs_correlation_after;

#endif
