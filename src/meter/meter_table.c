/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of meter kinds. A kind is one file and its two lines here. */
#include "meter/gather.h"
#include "meter/isa.h"
#include "meter/lanes.h"

#include <string.h>

extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_dpm);
extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_error);
extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_loudness);
extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_noise);
extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_noise_468);
extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_over);
extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_peak);
extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_ppm);
extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_reduction);
extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_rms);
extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_stereo);
extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_true_peak);
extern const struct gs_meter_kind GS_ISA_NAME(gs_meter_vu);

/* One a line, so that two new kinds never meet in one. */
/* clang-format off */
const struct gs_meter_kind *const GS_ISA_NAME(gs_meter_kinds)[] = {
    &GS_ISA_NAME(gs_meter_peak),
    &GS_ISA_NAME(gs_meter_true_peak),
    &GS_ISA_NAME(gs_meter_rms),
    &GS_ISA_NAME(gs_meter_loudness),
    &GS_ISA_NAME(gs_meter_vu),
    &GS_ISA_NAME(gs_meter_ppm),
    &GS_ISA_NAME(gs_meter_dpm),
    &GS_ISA_NAME(gs_meter_over),
    &GS_ISA_NAME(gs_meter_stereo),
    &GS_ISA_NAME(gs_meter_error),
    &GS_ISA_NAME(gs_meter_reduction),
    &GS_ISA_NAME(gs_meter_noise),
    &GS_ISA_NAME(gs_meter_noise_468),
    NULL,
};
/* clang-format on */

#ifdef GS_ISA
#define NAME GS_ISA_WORD
#else
#define NAME "baseline"
#endif

extern const struct gs_meter_isa GS_ISA_NAME(gs_meter_isa_row);
const struct gs_meter_isa GS_ISA_NAME(gs_meter_isa_row) = {
    .name = NAME,
    .kind = GS_ISA_NAME(gs_meter_kinds),
    .gather = GS_ISA_NAME(gs_gather_cell),
};

#ifndef GS_ISA
const struct gs_meter_kind *gs_meter_kind(const char *key)
{
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        if (strcmp((*kind)->key, key) == 0) {
            return *kind;
        }
    }
    return NULL;
}
#endif
