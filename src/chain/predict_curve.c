/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * At which point of its curve a stage works. */
#include "chain/predict_core.h"

#include <math.h>

/* What an earlier stage has bent, as it arrives: harmonics are taken to fare as the tone itself. A sum of sends
 * starts from its amplitudes again. */
static const double *arriving_wave(const struct gs_predictor *p, size_t stage, unsigned from, double response,
                                   double scratch[GS_WAVE_POINTS])
{
    const struct gs_chain_stage *s = &p->chain->stages[stage];
    const struct gs_node *before = &p->node[s->sends[0].stage];
    if (p->node[stage].sums || !before->has_wave[from]) {
        return NULL;
    }
    for (int i = 0; i < GS_WAVE_POINTS; i++) {
        scratch[i] = before->wave[from][i] * response;
    }
    return scratch;
}

static void scale_wave(double *wave, double factor)
{
    for (int i = 0; i < GS_WAVE_POINTS; i++) {
        wave[i] *= factor;
    }
}

static struct gs_working_point work(struct gs_predictor *p, size_t stage, const struct gs_levels *levels,
                                    unsigned c, double response)
{
    struct gs_node *node = &p->node[stage];
    unsigned from = gs_from_channel(c, node->setup.channels_in);
    const struct gs_signal *in = &node->in[from];
    struct gs_stage_kind linear = { .key = "linear" };
    bool plain = node->bypass || node->mute || gs_predict_turns_gain(node);
    struct gs_levels open = *levels;
    open.ceiling = open.ceiling_in = INFINITY;
    struct gs_curve curve = { plain ? &linear : node->kind, &node->setup, plain ? &open : levels };
    double peak = in->peak * response, scratch[GS_WAVE_POINTS];
    if (in->purity < GS_TONE_PURITY) {
        return gs_working_point_noise(&curve, in->rms * response, peak);
    }
    const double *wave = arriving_wave(p, stage, from, response, scratch);
    struct gs_working_point w = gs_working_point_sine(&curve, peak, wave, node->wave[c]);
    node->has_wave[c] = peak > 0 && (wave || !w.linear);
    return w;
}

/* A kind's own curve knows nothing of pan; the plain hard ceilings stand behind it. */
struct gs_working_point gs_predict_work(struct gs_predictor *p, size_t stage, unsigned c, double response)
{
    struct gs_node *node = &p->node[stage];
    struct gs_levels levels = node->levels;
    double balance = levels.balance[c], behind = node->kind->curve ? balance : 1.0;
    levels.gain *= node->kind->curve ? 1.0 : balance;
    node->has_wave[c] = false;
    struct gs_working_point w = work(p, stage, &levels, c, response);
    w.gain *= behind;
    w.slope *= fabs(behind);
    w.peak *= fabs(behind);
    w.distortion *= fabs(behind);
    if (node->has_wave[c] && behind != 1.0) {
        scale_wave(node->wave[c], behind);
    }
    return w;
}
