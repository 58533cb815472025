/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See setup.h. */
#include "chain/setup.h"

#include "chain/sounds.h"

#include <math.h>

double gs_chain_value_of(const struct gs_chain *chain, const double *value, size_t stage, const char *key,
                         double fallback)
{
    int index = gs_stage_param_index(chain->stages[stage].kind, key);
    double found = index < 0 ? NAN : value[gs_chain_slot(chain, stage, (size_t)index)];
    return isnan(found) ? fallback : found;
}

/* A stage is loaded by the first stage that listens to it and states its input. */
static double load_impedance(const struct gs_chain *chain, const double *value, size_t stage)
{
    for (size_t i = stage + 1; i < chain->n_stages; i++) {
        for (size_t s = 0; s < chain->stages[i].n_sends; s++) {
            double ohm = chain->stages[i].sends[s].stage == stage
                             ? gs_chain_value_of(chain, value, i, "input_impedance_ohm", NAN)
                             : NAN;
            if (!isnan(ohm)) {
                return ohm;
            }
        }
    }
    return INFINITY;
}

static double source_impedance(const struct gs_chain *chain, const double *value, size_t stage)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    return s->n_sends == 1 ? gs_chain_value_of(chain, value, s->sends[0].stage, "source_impedance_ohm", 0.0)
                           : 0.0;
}

struct gs_stage_setup gs_chain_setup(const struct gs_chain *chain, const double *value, size_t stage,
                                     double rate_hz)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    return (struct gs_stage_setup){
        .rate_hz = rate_hz,
        .channels_in = s->n_sends ? s->channels_in : 0,
        .channels_out = s->channels_out,
        .domain_in = s->domain_in,
        .domain_out = s->domain_out,
        .alignment = chain->alignment,
        .param = value + s->first_slot,
        .source_impedance_ohm = source_impedance(chain, value, stage),
        .load_impedance_ohm = load_impedance(chain, value, stage),
        .seed = gs_sounds_seed(s->id),
    };
}
