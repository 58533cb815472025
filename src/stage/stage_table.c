/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of stage kinds: a new kind is one file and two lines here. The order is the one people see. */
#include "gainstage/stage.h"

extern const struct gs_stage_kind gs_stage_source;
extern const struct gs_stage_kind gs_stage_microphone;
extern const struct gs_stage_kind gs_stage_preamp;
extern const struct gs_stage_kind gs_stage_adc;
extern const struct gs_stage_kind gs_stage_gain;
extern const struct gs_stage_kind gs_stage_eq;
extern const struct gs_stage_kind gs_stage_compressor;
extern const struct gs_stage_kind gs_stage_gate;
extern const struct gs_stage_kind gs_stage_saturator;
extern const struct gs_stage_kind gs_stage_noise;
extern const struct gs_stage_kind gs_stage_wordlength;
extern const struct gs_stage_kind gs_stage_fader;
extern const struct gs_stage_kind gs_stage_bus;
extern const struct gs_stage_kind gs_stage_master;
extern const struct gs_stage_kind gs_stage_dac;
extern const struct gs_stage_kind gs_stage_monitor;

const struct gs_stage_kind *const gs_stage_kinds[] = {
    &gs_stage_source,     /* into any domain */
    &gs_stage_microphone, /* pascal to volt */
    &gs_stage_preamp,     /* volt */
    &gs_stage_adc,        /* volt to full scale */
    &gs_stage_gain,       /* any */
    &gs_stage_eq,         /* full scale */
    &gs_stage_compressor, /* full scale */
    &gs_stage_gate,       /* full scale */
    &gs_stage_saturator,  /* full scale */
    &gs_stage_noise,      /* any */
    &gs_stage_wordlength, /* full scale */
    &gs_stage_fader,      /* volt or full scale */
    &gs_stage_bus,        /* volt or full scale */
    &gs_stage_master,     /* volt or full scale */
    &gs_stage_dac,        /* full scale to volt */
    &gs_stage_monitor,    /* volt to pascal */
    NULL,
};
