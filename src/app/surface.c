/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See surface.h. */
#include "app/surface.h"

#include "base/deflection.h"

#include <math.h>
#include <stdlib.h>

static bool has_gain(const struct gs_stage_kind *kind)
{
    for (size_t i = 0; i < kind->n_params; i++) {
        if (kind->params[i].flags & GS_PARAM_GAIN) {
            return true;
        }
    }
    return false;
}

/* Full scale by the alignment is the top of every meter. */
static double ceiling_way(const struct gs_chain *chain, const struct gs_chain_stage *s,
                          const struct gs_predicted *predicted)
{
    if (!predicted || !isfinite(predicted->ceiling_db)) {
        return NAN;
    }
    double full_scale = gs_nominal_db(s->domain_out, &chain->alignment) - chain->alignment.nominal_dbfs;
    return gs_iec_deflection(predicted->ceiling_db - full_scale);
}

static bool add_sends(struct gs_surface_stage *stage, const struct gs_chain *chain,
                      const struct gs_chain_stage *s)
{
    if (!(s->kind->flags & GS_STAGE_SUMS) || !s->n_sends) {
        return true;
    }
    struct gs_surface_send *sends = calloc(s->n_sends, sizeof *sends);
    if (!sends) {
        return false;
    }
    for (size_t i = 0; i < s->n_sends; i++) {
        const struct gs_chain_stage *from = &chain->stages[s->sends[i].stage];
        sends[i] = (struct gs_surface_send){ from->id, from->label };
    }
    stage->sends = sends;
    stage->n_sends = s->n_sends;
    return true;
}

bool gs_surface_init(struct gs_surface *surface, const struct gs_chain *chain,
                     const struct gs_prediction *prediction)
{
    struct gs_surface_stage *stages = calloc(chain->n_stages, sizeof *stages);
    *surface = (struct gs_surface){ .name = chain->name, .stage = stages, .n_stages = chain->n_stages };
    bool whole = stages;
    for (size_t i = 0; whole && i < chain->n_stages; i++) {
        const struct gs_chain_stage *s = &chain->stages[i];
        stages[i] = (struct gs_surface_stage){
            .id = s->id,
            .label = s->label,
            .kind = s->kind->label,
            .has_gain = has_gain(s->kind),
            .can_bypass = s->kind->flags & GS_STAGE_BYPASS,
            .has_input = s->n_sends > 0,
            .ceiling_way = ceiling_way(chain, s, prediction ? &prediction->stage[i] : NULL),
        };
        whole = add_sends(&stages[i], chain, s);
    }
    if (!whole) {
        gs_surface_finish(surface);
    }
    return whole;
}

void gs_surface_finish(struct gs_surface *surface)
{
    for (size_t i = 0; surface->stage && i < surface->n_stages; i++) {
        free((void *)surface->stage[i].sends);
    }
    free((void *)surface->stage);
    *surface = (struct gs_surface){ 0 };
}
