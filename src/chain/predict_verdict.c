/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The verdict on the whole chain. What a stage's noise does at the end comes from one walk backwards: the transfer
 * from every wire to the end's loudest channel, all ways together. */
#include "chain/predict_core.h"

#include "chain/setup.h"

#include <math.h>
#include <string.h>

/* Noise in front that everything behind adds 1 dB to is this much above it: -10 log10(10^0.1 - 1). */
#define KNEE_DB 5.868

/* ---- the walk backwards ---- */

struct back {
    double *re, *im; /* to the end, a cell each */
};

static struct back back_at(const struct gs_predictor *p, size_t stage, unsigned channel)
{
    size_t at = (stage * GS_CHANNELS + channel) * p->grid.n;
    return (struct back){ p->back_re + at, p->back_im + at };
}

/* From the input wire to the end: through the stage, all output channels that listen to this one. */
static void back_through(struct gs_predictor *p, size_t stage, unsigned channel, struct back to)
{
    const struct gs_node *node = &p->node[stage];
    memset(to.re, 0, p->grid.n * sizeof(double));
    memset(to.im, 0, p->grid.n * sizeof(double));
    for (unsigned c = 0; c < node->setup.channels_out; c++) {
        if (gs_from_channel(c, node->setup.channels_in) != channel) {
            continue;
        }
        struct back from = back_at(p, stage, c);
        double gain = copysign(node->noise_gain[c], node->gain[c]);
        for (size_t i = 0; i < p->grid.n; i++) {
            double re = gain * (node->h_re ? node->h_re[i] : 1);
            double im = gain * (node->h_im ? node->h_im[i] : 0);
            to.re[i] += re * from.re[i] - im * from.im[i];
            to.im[i] += re * from.im[i] + im * from.re[i];
        }
    }
}

static void back_to_sends(struct gs_predictor *p, size_t stage, const struct back in[GS_CHANNELS])
{
    const struct gs_chain_stage *s = &p->chain->stages[stage];
    for (size_t k = 0; k < s->n_sends; k++) {
        double gain[GS_CHANNELS][GS_CHANNELS] = { { 1, 0 }, { 0, 1 } };
        if (p->node[stage].sums) {
            gs_predict_send_gains(p, stage, k, gain);
        }
        for (unsigned a = 0; a < s->channels_in; a++) {
            for (unsigned b = 0; b < p->node[s->sends[k].stage].setup.channels_out; b++) {
                struct back to = back_at(p, s->sends[k].stage, b);
                for (size_t i = 0; gain[a][b] != 0 && i < p->grid.n; i++) {
                    to.re[i] += gain[a][b] * in[a].re[i];
                    to.im[i] += gain[a][b] * in[a].im[i];
                }
            }
        }
    }
}

/* A-weighted power that a white density leaves at the end, from one channel. */
static double left_at_end(const struct gs_predictor *p, struct back back, double density)
{
    double power = 0;
    for (size_t i = 0; density > 0 && i < p->grid.n; i++) {
        power += p->grid.a[i] * p->grid.width[i] * (back.re[i] * back.re[i] + back.im[i] * back.im[i]);
    }
    return power * density;
}

/* The same for what the stage's input wire carries already. */
static double arrived_at_end(struct gs_predictor *p, size_t stage, const struct back in[GS_CHANNELS])
{
    const struct gs_chain_stage *s = &p->chain->stages[stage];
    double power = 0;
    gs_field_total(p, &p->node[s->sends[0].stage].field, GS_NOISE);
    for (unsigned c = 0; c < s->channels_in; c++) {
        const double *cell = c ? p->total.rr : p->total.ll;
        for (size_t i = 0; i < p->grid.n; i++) {
            power += p->grid.a[i] * cell[i] * (in[c].re[i] * in[c].re[i] + in[c].im[i] * in[c].im[i]);
        }
    }
    return power;
}

static bool hears(const struct gs_predictor *p, size_t stage, size_t earlier, bool *heard)
{
    heard[stage] = stage == earlier;
    for (size_t k = 0; k < p->chain->stages[stage].n_sends; k++) {
        heard[stage] |= heard[p->chain->stages[stage].sends[k].stage];
    }
    return heard[stage];
}

/* All noise that was made behind a stage's input, at the end. */
static double made_behind(const struct gs_predictor *p, size_t stage, double own_output)
{
    bool heard[GS_CHAIN_STAGES_MAX] = { false };
    double power = own_output;
    for (size_t i = stage; i < p->chain->n_stages; i++) {
        power += hears(p, i, stage, heard) && i != stage ? p->left_a[i] : 0;
    }
    return power;
}

static void find_knee(struct gs_predictor *p, size_t stage, const struct back in[GS_CHANNELS],
                      double own_input, double own_output)
{
    double knob = gs_chain_value_of(p->chain, p->value, stage, "gain_db", NAN);
    if (strcmp(p->node[stage].kind->key, "preamp") != 0 || isnan(knob) || p->node[stage].sums) {
        return;
    }
    double before = own_input + arrived_at_end(p, stage, in);
    double behind = made_behind(p, stage, own_output);
    if (before > 0 && behind > 0) {
        p->result.stage[stage].knee_gain_db = knob + 10 * log10(behind / before) + KNEE_DB;
    }
}

static void walk_stage(struct gs_predictor *p, size_t stage)
{
    const struct gs_node *node = &p->node[stage];
    const struct gs_levels *l = &node->levels;
    double own_input = 0, own_output = 0;
    struct back in[GS_CHANNELS];
    for (unsigned c = 0; c < node->setup.channels_out; c++) {
        own_output += left_at_end(p, back_at(p, stage, c), l->noise_out);
    }
    for (unsigned c = 0; c < node->setup.channels_in; c++) {
        in[c] = (struct back){ p->step_re[c], p->step_im[c] };
        back_through(p, stage, c, in[c]);
        own_input += left_at_end(p, in[c], l->noise_in);
    }
    p->left_a[stage] = own_input + own_output;
    if (node->setup.channels_in) {
        find_knee(p, stage, in, own_input, own_output);
        back_to_sends(p, stage, in);
    }
}

static double walk_back(struct gs_predictor *p)
{
    size_t end = p->result.end;
    double total = 0;
    memset(p->left_a, 0, p->chain->n_stages * sizeof(double));
    memset(p->back_re, 0, (end + 1) * GS_CHANNELS * p->grid.n * sizeof(double));
    memset(p->back_im, 0, (end + 1) * GS_CHANNELS * p->grid.n * sizeof(double));
    struct back start = back_at(p, end, p->result.stage[end].loudest);
    for (size_t i = 0; i < p->grid.n; i++) {
        start.re[i] = 1;
    }
    for (size_t i = end + 1; i-- > 0;) {
        walk_stage(p, i);
        total += p->left_a[i];
    }
    return total;
}

/* ---- the whole ---- */

unsigned gs_predict_end(const struct gs_predictor *p)
{
    bool heard[GS_CHAIN_STAGES_MAX] = { false };
    size_t master = p->chain->n_stages - 1, end = master;
    for (size_t i = 0; i < p->chain->n_stages; i++) {
        master = p->node[i].kind->flags & GS_STAGE_MASTER ? i : master;
    }
    for (size_t i = master; i < p->chain->n_stages; i++) {
        end = hears(p, i, master, heard) ? i : end;
    }
    return (unsigned)end;
}

static void judge_ceilings(struct gs_predictor *p)
{
    struct gs_prediction *r = &p->result;
    double lowest = INFINITY, second = INFINITY, highest = -INFINITY;
    r->clips_first = -1;
    for (size_t i = 0; i < r->n; i++) {
        double margin = r->stage[i].margin_db;
        if (!isfinite(margin)) {
            continue;
        }
        highest = fmax(highest, margin);
        if (margin < lowest) {
            second = lowest;
            lowest = margin;
            r->clips_first = (int)i;
        } else {
            second = fmin(second, margin);
        }
    }
    r->clip_win_db = second - lowest;
    r->ceiling_spread_db = isfinite(second) ? highest - lowest : NAN;
    const struct gs_predicted *end = &r->stage[r->end];
    double peak = p->clip_peak_db + lowest - p->clip_rise_db;
    r->dynamic_range_db = peak - end->noise_db;
    r->dynamic_range_a_db = peak - end->noise_a_db;
}

static void judge_noise(struct gs_predictor *p)
{
    struct gs_prediction *r = &p->result;
    double total = walk_back(p), most = 0;
    r->noise_bottleneck = -1;
    for (size_t i = 0; i < r->n; i++) {
        r->stage[i].share_a = total > 0 ? p->left_a[i] / total : 0;
        if (r->stage[i].share_a > most) {
            most = r->stage[i].share_a;
            r->noise_bottleneck = (int)i;
        }
    }
    r->noise_win_db = most < 1 ? -10 * log10(1 - most) : INFINITY;
}

void gs_predict_verdict(struct gs_predictor *p)
{
    judge_ceilings(p);
    judge_noise(p);
}
