/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the engine's mixer does before a summing stage, in levels. */
#include "chain/predict_core.h"

#include "chain/setup.h"
#include "dsp/pan.h"

#include <math.h>
#include <string.h>

void gs_predict_send_gains(const struct gs_predictor *p, size_t stage, size_t send,
                           double gain[GS_CHANNELS][GS_CHANNELS])
{
    const struct gs_chain_stage *s = &p->chain->stages[stage];
    unsigned from = p->chain->stages[s->sends[send].stage].channels_out;
    double g = gs_db_to_gain(p->value[gs_chain_send_slot(p->chain, stage, send, GS_SEND_GAIN)]);
    double pan = p->value[gs_chain_send_slot(p->chain, stage, send, GS_SEND_PAN)];
    double law = gs_chain_value_of(p->chain, p->value, stage, "pan_law", GS_PAN_SINCOS);
    struct gs_pan side = gs_pan_gains((enum gs_pan_law)law, from, (float)pan);
    memset(gain, 0, GS_CHANNELS * sizeof *gain);
    if (s->channels_in < 2) {
        gain[0][0] = g;
        return;
    }
    gain[0][0] = g * side.left;
    gain[1][from > 1 ? 1 : 0] = g * side.right;
}

static void add_traces(const struct gs_predictor *p, size_t from, double gain[GS_CHANNELS][GS_CHANNELS])
{
    for (size_t s = 0; s < p->n_sources; s++) {
        const struct gs_trace *t = gs_trace_at(p, from, s);
        struct gs_trace *sum = &p->mixed[s];
        for (unsigned a = 0; a < GS_CHANNELS; a++) {
            for (unsigned b = 0; b < GS_CHANNELS; b++) {
                sum->re[a] += gain[a][b] * t->re[b];
                sum->im[a] += gain[a][b] * t->im[b];
                sum->ideal_re[a] += gain[a][b] * t->ideal_re[b];
                sum->ideal_im[a] += gain[a][b] * t->ideal_im[b];
            }
        }
    }
}

/* Peaks that earlier stages have bent stay bent in the sum: each by its part. */
static void add_bends(const struct gs_predictor *p, struct gs_node *node, size_t from,
                      double gain[GS_CHANNELS][GS_CHANNELS], double whole[GS_CHANNELS])
{
    for (unsigned a = 0; a < GS_CHANNELS; a++) {
        for (unsigned b = 0; b < p->node[from].setup.channels_out; b++) {
            const struct gs_signal *x = &p->node[from].out[b];
            double g = fabs(gain[a][b]);
            node->in[a].bend += g * x->sum_peak * x->bend;
            node->in[a].distortion += g * g * x->distortion * x->distortion;
            whole[a] += g * x->sum_peak;
        }
    }
}

void gs_predict_mix(struct gs_predictor *p, size_t stage)
{
    const struct gs_chain_stage *s = &p->chain->stages[stage];
    struct gs_node *node = &p->node[stage];
    double whole[GS_CHANNELS] = { 0 };
    memset(node->in, 0, sizeof node->in);
    memset(p->mixed, 0, p->n_sources * sizeof *p->mixed);
    p->mix.n_ways = 0;
    p->mix.channels = s->channels_in;
    gs_field_clear(p, &p->mix);
    for (size_t k = 0; k < s->n_sends; k++) {
        double gain[GS_CHANNELS][GS_CHANNELS];
        gs_predict_send_gains(p, stage, k, gain);
        gs_field_add(p, &p->mix, &p->node[s->sends[k].stage].field, gain);
        add_traces(p, s->sends[k].stage, gain);
        add_bends(p, node, s->sends[k].stage, gain, whole);
    }
    for (unsigned c = 0; c < s->channels_in; c++) {
        struct gs_signal *in = &node->in[c];
        in->bend = whole[c] > 0 ? in->bend / whole[c] : 1.0;
        in->distortion = sqrt(in->distortion);
        gs_predict_signal(p, p->mixed, &p->mix, c, in);
        in->peak = in->sum_peak * in->bend;
    }
}
