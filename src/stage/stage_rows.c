/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parameter rows that no kind owns - those of every stage and those of a send - and how kinds and rows
 * are found by name. */
#include "gainstage/stage.h"

#include <string.h>

const struct gs_param gs_stage_common[GS_COMMON_PARAMS] = {
    [GS_COMMON_MUTE] = { .key = "mute",
                         .label = "Mute",
                         .doc = "Silences the stage's output, both paths.",
                         .type = GS_SWITCH,
                         .max = 1,
                         .smooth = GS_SMOOTH_LINEAR },
    [GS_COMMON_BYPASS] = { .key = "bypass",
                           .label = "Bypass",
                           .doc =
                               "Takes the stage out: its output is its input, as late as with the stage in.",
                           .type = GS_SWITCH,
                           .max = 1,
                           .smooth = GS_SMOOTH_LINEAR },
};

const struct gs_param gs_stage_send[GS_SEND_PARAMS] = {
    [GS_SEND_GAIN] = { .key = "gain_db",
                       .label = "Send",
                       .doc = "Level with which this stage enters the sum.",
                       .type = GS_NUMBER,
                       .unit = GS_UNIT_DB,
                       .min = -90,
                       .max = 10,
                       .taper = GS_TAPER_FADER,
                       .smooth = GS_SMOOTH_GAIN,
                       .flags = GS_PARAM_GAIN | GS_PARAM_MINUS_INF },
    [GS_SEND_PAN] = { .key = "pan",
                      .label = "Pan",
                      .doc = "Place in the stereo sum: -1 left, 0 centre, +1 right.",
                      .type = GS_NUMBER,
                      .min = -1,
                      .max = 1,
                      .smooth = GS_SMOOTH_LINEAR },
};

const struct gs_stage_kind *gs_stage_kind(const char *key)
{
    for (size_t i = 0; gs_stage_kinds[i]; i++) {
        if (strcmp(gs_stage_kinds[i]->key, key) == 0) {
            return gs_stage_kinds[i];
        }
    }
    return NULL;
}

const struct gs_param *gs_stage_param(const struct gs_stage_kind *kind, size_t index)
{
    if (index < kind->n_params) {
        return &kind->params[index];
    }
    index -= kind->n_params;
    return index < GS_COMMON_PARAMS ? &gs_stage_common[index] : NULL;
}

int gs_stage_param_index(const struct gs_stage_kind *kind, const char *key)
{
    for (size_t i = 0; i < kind->n_params + GS_COMMON_PARAMS; i++) {
        if (strcmp(gs_stage_param(kind, i)->key, key) == 0) {
            return (int)i;
        }
    }
    return -1;
}
