/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of stage kinds: a new kind is one file and one line here. The order is the one people see. */
#include "gainstage/stage.h"

extern const struct gs_stage_kind gs_stage_source;
extern const struct gs_stage_kind gs_stage_preamp;
extern const struct gs_stage_kind gs_stage_adc;
extern const struct gs_stage_kind gs_stage_dac;

const struct gs_stage_kind *const gs_stage_kinds[] = {
    &gs_stage_source, /* */
    &gs_stage_preamp, /* */
    &gs_stage_adc,    /* */
    &gs_stage_dac,    /* */
    NULL,
};
