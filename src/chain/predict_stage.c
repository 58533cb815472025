/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One stage of the prediction: what arrives, what the kind says to it, at which point of its curve it works,
 * and what leaves. */
#include "chain/predict_core.h"

#include <math.h>
#include <string.h>

#define DISTORTED 1e-3 /* distortion over signal (0.1 %) from which a stage is called "not linear" */
#define BENT      1e-6 /* change of gain that spoils no figure: 0.00001 dB */

/* ---- what arrives ---- */

static void take_input(struct gs_predictor *p, size_t stage, const struct gs_field **field,
                       const struct gs_trace **trace)
{
    const struct gs_chain_stage *s = &p->chain->stages[stage];
    struct gs_node *node = &p->node[stage];
    *field = NULL;
    *trace = NULL;
    if (node->sums) {
        gs_predict_mix(p, stage);
        *field = &p->mix;
        *trace = p->mixed;
    } else if (s->n_sends) {
        const struct gs_node *from = &p->node[s->sends[0].stage];
        memcpy(node->in, from->out, sizeof node->in);
        *field = &from->field;
        *trace = gs_trace_at(p, s->sends[0].stage, 0);
    }
}

static unsigned inherited_flags(const struct gs_predictor *p, size_t stage)
{
    const struct gs_chain_stage *s = &p->chain->stages[stage];
    unsigned flags = 0;
    for (size_t k = 0; k < s->n_sends; k++) {
        flags |= p->node[s->sends[k].stage].flags;
    }
    return flags & (GS_PREDICT_ASSUMED | GS_PREDICT_BENT | GS_PREDICT_DYNAMIC | GS_PREDICT_COARSE);
}

/* ---- what leaves ---- */

static void pass_traces(struct gs_predictor *p, size_t stage, const struct gs_trace *in, unsigned c,
                        double response)
{
    struct gs_node *node = &p->node[stage];
    unsigned from = gs_from_channel(c, node->setup.channels_in);
    for (size_t s = 0; s < p->n_sources; s++) {
        const struct gs_source *source = &p->source[s];
        struct gs_trace *out = &p->trace[stage * p->n_sources + s];
        double re = 1, im = 0;
        if (node->h2 && (in[s].ideal_re[from] != 0 || in[s].ideal_im[from] != 0)) {
            double h = source->tone ? gs_predict_magnitude(node, source->hz) : response;
            double phase = gs_predict_phase(node, source->hz);
            re = h * cos(phase);
            im = h * sin(phase);
        }
        out->re[c] = node->gain[c] * (re * in[s].re[from] - im * in[s].im[from]);
        out->im[c] = node->gain[c] * (re * in[s].im[from] + im * in[s].re[from]);
        out->ideal_re[c] = node->linear[c] * (re * in[s].ideal_re[from] - im * in[s].ideal_im[from]);
        out->ideal_im[c] = node->linear[c] * (re * in[s].ideal_im[from] + im * in[s].ideal_re[from]);
    }
}

static void note_curvature(struct gs_node *node, const struct gs_working_point *w, unsigned c,
                           const struct gs_signal *in, double response)
{
    double signal = fabs(w->gain) * in->rms * response;
    double thd = signal > 0 ? w->distortion / signal : 0;
    node->thd = fmax(node->thd, thd);
    if (thd > DISTORTED) {
        node->flags |= GS_PREDICT_CURVED;
    }
    if (thd > DISTORTED || fabs(w->gain / node->linear[c] - 1) > BENT) {
        node->flags |= GS_PREDICT_BENT;
    }
}

static void pass_channel(struct gs_predictor *p, size_t stage, const struct gs_field *field,
                         const struct gs_trace *trace, unsigned c)
{
    struct gs_node *node = &p->node[stage];
    unsigned from = gs_from_channel(c, node->setup.channels_in);
    const struct gs_signal *in = &node->in[from];
    double response = gs_predict_response(p, node, field, in, from);
    struct gs_working_point w = gs_predict_work(p, stage, c, response);
    node->gain[c] = w.gain;
    node->linear[c] = node->levels.gain * node->levels.balance[c];
    node->noise_gain[c] = w.slope;
    node->response[c] = response;
    if (!w.linear) {
        note_curvature(node, &w, c, in, response);
    }
    bool whole = node->has_wave[c]; /* the wave knows what was bent before */
    node->working_peak[c] = w.linear && !whole ? NAN : w.peak;
    node->out[c].distortion = whole ? w.distortion : hypot(w.distortion, in->distortion * w.slope * response);
    node->out[c].bend = in->bend;
    pass_traces(p, stage, trace, c, response);
}

static void settle_output(struct gs_predictor *p, size_t stage, unsigned c)
{
    struct gs_node *node = &p->node[stage];
    struct gs_signal *out = &node->out[c];
    gs_predict_signal(p, gs_trace_at(p, stage, 0), &node->field, c, out);
    out->peak = out->sum_peak * out->bend;
    if (!isnan(node->working_peak[c]) && out->sum_peak > 0) {
        out->peak = node->working_peak[c];
        out->bend = out->peak / out->sum_peak;
    }
}

/* ---- sources ---- */

static size_t source_of(const struct gs_predictor *p, size_t stage)
{
    size_t s = 0;
    while (p->source[s].stage != stage) {
        s++;
    }
    return s;
}

/* Programme enters as power, or, where other sources play the same sound, as a way from that sound. */
static void start_programme(struct gs_predictor *p, struct gs_node *node, const struct gs_source *source,
                            double gain)
{
    struct gs_field *field = &node->field;
    struct gs_grid_power *power = &field->power[GS_PROGRAMME];
    double rms = source->rms * gain;
    for (size_t w = 0; w < field->n_ways; w++) {
        for (size_t i = 0; source->fork == (int)field->way[w].fork && i < p->grid.n; i++) {
            field->way[w].re[0][0][i] = rms;
            field->way[w].re[1][1][i] = node->setup.channels_out > 1 ? rms : 0;
        }
        if (source->fork == (int)field->way[w].fork) {
            return;
        }
    }
    for (size_t i = 0; i < p->grid.n; i++) {
        power->ll[i] = rms * rms * source->shape.ll[i];
        power->rr[i] = rms * rms * source->shape.rr[i];
        power->lr[i] = rms * rms * source->shape.lr[i];
    }
}

/* A source's gain is in what it emits already; only mute is left to act. */
static void start_source(struct gs_predictor *p, size_t stage)
{
    struct gs_node *node = &p->node[stage];
    size_t s = source_of(p, stage);
    const struct gs_source *source = &p->source[s];
    double gain = node->mute ? 0.0 : 1.0;
    memset(&p->trace[stage * p->n_sources], 0, p->n_sources * sizeof *p->trace);
    struct gs_trace *own = &p->trace[stage * p->n_sources + s];
    node->levels.gain = gain;
    node->levels.noise_out += node->levels.noise_in;
    node->levels.noise_in = 0;
    for (unsigned c = 0; c < node->setup.channels_out; c++) {
        own->re[c] = own->ideal_re[c] = node->gain[c] = node->linear[c] = node->noise_gain[c] = gain;
        node->working_peak[c] = NAN;
        node->has_wave[c] = false;
        node->response[c] = 1.0;
        node->out[c] = (struct gs_signal){ .bend = 1.0 };
    }
    gs_field_through(p, NULL, node);
    if (!source->tone) {
        start_programme(p, node, source, gain);
    }
    node->flags |= source->assumed ? GS_PREDICT_ASSUMED : 0;
}

/* ---- the stage ---- */

static void start_stage(struct gs_predictor *p, size_t stage)
{
    const struct gs_chain_stage *s = &p->chain->stages[stage];
    struct gs_node *node = &p->node[stage];
    node->bypass = (s->kind->flags & GS_STAGE_BYPASS) &&
                   p->value[gs_chain_slot(p->chain, stage, s->kind->n_params + GS_COMMON_BYPASS)] >= 0.5;
    node->mute = p->value[gs_chain_slot(p->chain, stage, s->kind->n_params + GS_COMMON_MUTE)] >= 0.5;
    node->thd = 0;
    node->flags = inherited_flags(p, stage);
    node->flags |= (node->bypass ? GS_PREDICT_BYPASSED : 0) | (node->mute ? GS_PREDICT_MUTED : 0);
    node->latency = 0;
    for (size_t k = 0; k < s->n_sends; k++) {
        unsigned latency = p->node[s->sends[k].stage].latency;
        node->latency = latency > node->latency ? latency : node->latency;
    }
}

static void pass_stage(struct gs_predictor *p, size_t stage)
{
    struct gs_node *node = &p->node[stage];
    const struct gs_field *field;
    const struct gs_trace *trace;
    take_input(p, stage, &field, &trace);
    gs_predict_ask(p, stage, field);
    gs_predict_refresh(p, node);
    for (unsigned c = 0; c < node->setup.channels_out; c++) {
        pass_channel(p, stage, field, trace, c);
    }
    gs_field_through(p, field, node);
}

void gs_predict_stage(struct gs_predictor *p, size_t stage)
{
    struct gs_node *node = &p->node[stage];
    start_stage(p, stage);
    if (p->chain->stages[stage].n_sends) {
        pass_stage(p, stage);
    } else {
        gs_predict_ask(p, stage, NULL);
        start_source(p, stage);
    }
    gs_field_fork(p, node);
    for (unsigned c = 0; c < node->setup.channels_out; c++) {
        settle_output(p, stage, c);
    }
    const struct gs_signal *out = node->out;
    bool right = node->setup.channels_out > 1 && out[1].rms > out[0].rms;
    node->loudest = right;
    node->flags |= out[right].rms > 0 ? 0 : GS_PREDICT_SILENT;
    node->flags |= out[right].purity < GS_TONE_PURITY ? GS_PREDICT_PROGRAMME : 0;
    node->latency += node->levels.latency;
    node->grid = gs_predict_grid_behind(p, stage);
}
