/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The highest RMS level over a sliding window: what gs_meter_rms does on the control side. */
#ifndef METER_RMS_HIGHEST_H
#define METER_RMS_HIGHEST_H

#include "gainstage/meter.h"

/* The kind's own fields, then the derived one: the highest mean square. */
enum {
    GS_RMS_ENERGY,
    GS_RMS_SUM,
    GS_RMS_PEAK,
    GS_RMS_FIELDS,

    GS_RMS_HIGHEST = GS_RMS_FIELDS
};
extern const struct gs_meter_after gs_rms_highest_after;

#endif
