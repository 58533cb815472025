/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of meter kinds. A kind is one file and one line here. */
#include "gainstage/meter.h"

#include <string.h>

extern const struct gs_meter_kind gs_meter_error;
extern const struct gs_meter_kind gs_meter_over;
extern const struct gs_meter_kind gs_meter_peak;
extern const struct gs_meter_kind gs_meter_rms;

const struct gs_meter_kind *const gs_meter_kinds[] = {
    &gs_meter_peak, &gs_meter_rms, &gs_meter_over, &gs_meter_error, NULL,
};

const struct gs_meter_kind *gs_meter_kind(const char *key)
{
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        if (strcmp((*kind)->key, key) == 0) {
            return *kind;
        }
    }
    return NULL;
}
