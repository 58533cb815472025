/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a kind says to the signal that arrives, and how far it can be taken at its word: word lengths round what
 * is random or was rounded before, dynamics turn the gain of what is not steady. */
#include "chain/predict_core.h"

#include "chain/setup.h"

#include <math.h>

#define SOFTEST  0.05 /* of the RMS: 26 dB below it noise-like programme is for a thousandth of the time */
#define CREST    4.5  /* of noise, in ten seconds */
#define MOVED_DB 0.5  /* by which noise may move the gain of a tone and still leave its mean alone */
#define LOUDER   2.0  /* than the peak that is predicted for programme: filters may raise it */

const struct gs_signal *gs_predict_loudest(const struct gs_node *node)
{
    bool right = node->setup.channels_in > 1 && node->in[1].rms > node->in[0].rms;
    return &node->in[right];
}

/* What was rounded before to steps as large or larger meets no rounding: the usual 24 bits into 24 bits. */
static bool rounded_before(const struct gs_predictor *p, size_t stage, double step)
{
    const struct gs_chain_stage *s = &p->chain->stages[stage];
    const struct gs_node *node = &p->node[stage];
    double grid =
        s->n_sends == 1 && !node->sums ? p->node[s->sends[0].stage].grid * fabs(node->levels.gain) : 0;
    double steps = grid / step;
    return steps > 0.5 && fabs(steps - round(steps)) < 1e-6 * steps;
}

/* Without dither rounding makes noise only of what crosses steps at random (Schuchman's condition, in practice:
 * what is random spreads over half a step and more; a programme as large as a few steps is random itself). */
static void judge_steps(struct gs_predictor *p, size_t stage, const struct gs_probe *probe)
{
    struct gs_node *node = &p->node[stage];
    struct gs_levels *l = &node->levels;
    if (!(l->step > 0) || l->dithered || node->bypass) {
        return;
    }
    if (rounded_before(p, stage, l->step)) {
        l->noise_out -= l->step_noise;
        return;
    }
    double power = l->gain * l->gain, band = p->grid.rate_hz / 2, square = l->step * l->step;
    double random = power * (probe->noise_rms * probe->noise_rms + l->noise_in * band) +
                    (l->noise_out - l->step_noise) * band;
    double signal = power * probe->rms * probe->rms;
    random += probe->tone ? 0 : signal;
    node->flags |= random < 0.25 * square ? GS_PREDICT_COARSE : 0;
    node->flags |= random < 0.25 * square && random + signal < 4 * square ? GS_PREDICT_BENT : 0;
}

/* Rounded values stay on a grid as long as nothing but one gain is done to them. */
double gs_predict_grid_behind(const struct gs_predictor *p, size_t stage)
{
    const struct gs_chain_stage *s = &p->chain->stages[stage];
    const struct gs_node *node = &p->node[stage];
    if (node->levels.step > 0 && !node->bypass) {
        return node->levels.noise_out > node->levels.step_noise && node->setup.domain_out == GS_ANALOG
                   ? 0 /* a D/A adds its own noise behind the rounding */
                   : node->levels.step;
    }
    bool alone = s->n_sends == 1 && !node->sums && !node->h2 &&
                 !(node->levels.noise_in + node->levels.noise_out > 0) &&
                 !(node->flags & GS_PREDICT_CURVED) &&
                 node->gain[0] == node->gain[node->setup.channels_out - 1];
    return alone ? p->node[s->sends[0].stage].grid * fabs(node->gain[0]) : 0;
}

/* Its levels hold for the level that arrives: a compressor, a limiter. A hard edge is left to the curve. */
bool gs_predict_turns_gain(const struct gs_node *node)
{
    return node->kind->reduction_db && (node->levels.soft || isinf(node->levels.ceiling));
}

double gs_predict_gain_at(const struct gs_node *node, double peak, double hz)
{
    struct gs_probe probe = { hz, peak, peak / GS_FRAC_SQRT2, 0, true };
    struct gs_levels levels = gs_levels_default();
    node->kind->levels(node->setup.param, &node->setup, &probe, &levels);
    return levels.gain;
}

/* Asked so far below the ceiling that no limiter has anything to do. */
static double held_back(const struct gs_node *node)
{
    const struct gs_levels *l = &node->levels;
    if (node->bypass || !gs_predict_turns_gain(node) || isinf(l->ceiling)) {
        return 1.0;
    }
    double open = gs_predict_gain_at(node, 1e-6 * l->ceiling / fmax(fabs(l->gain), 1e-6), 1000.0);
    return open != 0 ? l->gain / open : 1.0;
}

/* Programme is louder and softer than its mean, and so is a tone with noise on it: would it meet another gain
 * then? Asked where it is softest and loudest for all that matters. A gate may still hold what opened it, as far as
 * its hysteresis goes. */
static bool moves_gain(const struct gs_predictor *p, size_t stage, double noise)
{
    const struct gs_node *node = &p->node[stage];
    const struct gs_signal *in = gs_predict_loudest(node);
    bool tone = in->purity >= GS_TONE_PURITY;
    double hysteresis = gs_chain_value_of(p->chain, p->value, stage, "hysteresis_db", 0.0);
    double loudest = tone ? in->peak + CREST * noise : in->peak * LOUDER + CREST * noise;
    double softest = tone ? fmax(in->peak - CREST * noise, in->rms * SOFTEST) : in->rms * SOFTEST;
    double high = gs_predict_gain_at(node, loudest * gs_db_to_gain(hysteresis), in->hz),
           low = gs_predict_gain_at(node, softest, in->hz);
    return fabs(gs_gain_to_db(high / low)) > (tone ? MOVED_DB : 1e-4);
}

void gs_predict_ask(struct gs_predictor *p, size_t stage, const struct gs_field *field)
{
    struct gs_node *node = &p->node[stage];
    const struct gs_signal *in = gs_predict_loudest(node);
    gs_predict_noise_before(p, node, field);
    struct gs_probe probe = { .frequency_hz = in->hz,
                              .peak = in->peak,
                              .rms = in->rms,
                              .noise_rms = node->noise_in_rms,
                              .tone = in->purity >= GS_TONE_PURITY };
    if (!(probe.frequency_hz > 0)) {
        probe.frequency_hz = 1000.0;
    }
    struct gs_levels *l = &node->levels;
    *l = gs_levels_default();
    l->nominal_db = gs_nominal_db(node->setup.domain_out, &p->chain->alignment);
    node->kind->levels(node->setup.param, &node->setup, &probe, l);
    node->held = held_back(node);
    judge_steps(p, stage, &probe);
    if (gs_predict_turns_gain(node) && !node->bypass && moves_gain(p, stage, probe.noise_rms)) {
        node->flags |= GS_PREDICT_DYNAMIC;
    }
    if (node->bypass) {
        unsigned latency = l->latency;
        double nominal = l->nominal_db;
        *l = gs_levels_default();
        l->latency = latency;
        l->nominal_db = nominal;
    }
    if (node->mute) {
        l->gain = 0;
        l->noise_in = l->noise_out = 0;
    }
}
