/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one stage would make of any level of a sine: its describing function, told as a curve in decibels. */
#include "chain/predict_core.h"

#include <math.h>

#define PROBE_HZ 1000.0

static struct gs_levels levels_at(const struct gs_node *node, double peak)
{
    struct gs_levels levels = node->levels;
    if (gs_predict_turns_gain(node) && !node->bypass && !node->mute) {
        struct gs_probe probe = { PROBE_HZ, peak, peak / GS_FRAC_SQRT2, 0, true };
        levels = gs_levels_default();
        node->kind->levels(node->setup.param, &node->setup, &probe, &levels);
    }
    return levels;
}

/* Of the fundamental, as in gs_predict_work(), but for this one level alone. */
static double gain_at(const struct gs_node *node, const struct gs_levels *levels, double peak)
{
    double wave[GS_WAVE_POINTS];
    if (node->bypass || node->mute || gs_predict_turns_gain(node)) {
        return levels->gain;
    }
    struct gs_curve curve = { node->kind, &node->setup, levels };
    return gs_working_point_sine(&curve, peak, NULL, wave).gain;
}

bool gs_predictor_transfer(const struct gs_predictor *predictor, unsigned stage, double in_db, double *out_db,
                           double *straight_db)
{
    const struct gs_node *node = stage < predictor->chain->n_stages ? &predictor->node[stage] : NULL;
    if (!node || !predictor->chain->stages[stage].n_sends) {
        return false;
    }
    double peak = gs_db_to_peak(node->setup.domain_in, in_db);
    struct gs_levels levels = levels_at(node, peak);
    double balance = fabs(levels.balance[node->loudest]);
    levels.gain *= node->kind->curve ? 1.0 : balance; /* a kind's own curve knows nothing of pan */
    double behind = node->kind->curve ? balance : 1.0;
    enum gs_domain domain = node->setup.domain_out;
    *out_db = gs_peak_to_db(domain, fabs(gain_at(node, &levels, peak)) * peak * behind);
    *straight_db = gs_peak_to_db(domain, fabs(levels.gain) * peak * behind);
    return true;
}
