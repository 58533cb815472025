/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what every wire carries to what a person reads: levels in dB, headroom, SNR, and the verdict on the
 * whole chain. What a stage's noise does at the end comes from one walk backwards: the transfer from every
 * wire to the end's loudest channel, all ways together. */
#include "chain/predict_core.h"

#include "chain/setup.h"

#include <math.h>
#include <string.h>

/* Noise in front that everything behind adds 1 dB to is this much above it: -10 log10(10^0.1 - 1). */
#define KNEE_DB 5.868

static double power_db(enum gs_domain domain, double power)
{
    return gs_rms_to_db(domain, sqrt(fmax(power, 0)));
}

/* ---- one wire ---- */

struct noise {
    double z, a, full, squared, spread_hz;
};

static struct noise noise_of(const struct gs_predictor *p, unsigned channel)
{
    const double *cell = channel ? p->total.rr : p->total.ll;
    struct noise noise = { 0 };
    double zz = 0, aa = 0; /* integrals of the squared densities: Bendat and Piersol, random data, 8.2 */
    for (size_t i = 0; i < p->grid.n; i++) {
        double z = cell[i] * p->grid.z[i], a = cell[i] * p->grid.a[i];
        noise.full += cell[i];
        noise.z += z;
        noise.a += a;
        zz += z * z / p->grid.width[i];
        aa += a * a / p->grid.width[i];
        noise.squared += cell[i] * cell[i] / p->grid.width[i];
    }
    noise.spread_hz = zz > 0 && aa > 0 ? fmin(noise.z * noise.z / zz, noise.a * noise.a / aa) : 0;
    return noise;
}

/* Variance of a mean square over t seconds, times t: of noise the integral of its squared density, of a tone in
 * noise twice its power times the density there. The noise is taken as white for that. */
static double rms_spread(const struct gs_signal *out, const struct noise *noise, double band_hz)
{
    double power = out->rms * out->rms + out->distortion * out->distortion + noise->full;
    double tones = fmax(out->purity, 0) * out->rms * out->rms;
    double variance = out->chance + noise->squared + 2 * tones * noise->full / band_hz +
                      2 * sqrt(out->squared * noise->squared);
    return variance > 0 ? power * power / variance : INFINITY;
}

static void read_channel(struct gs_predictor *p, size_t stage, unsigned c)
{
    const struct gs_node *node = &p->node[stage];
    const struct gs_signal *out = &node->out[c];
    enum gs_domain domain = node->setup.domain_out;
    struct noise noise = noise_of(p, c);
    p->result.stage[stage].channel[c] = (struct gs_predicted_channel){
        .level_db = gs_rms_to_db(domain, out->rms),
        .peak_db = gs_peak_to_db(domain, out->peak),
        .noise_db = power_db(domain, noise.z),
        .noise_a_db = power_db(domain, noise.a),
        .distortion_db = gs_rms_to_db(domain, out->distortion),
        .rms_db = power_db(domain, out->rms * out->rms + out->distortion * out->distortion + noise.full),
        .noise_spread_hz = noise.spread_hz,
        .rms_spread_hz = rms_spread(out, &noise, p->grid.rate_hz / 2),
    };
}

/* The channel with the most signal; on a silent wire the noisiest. */
static unsigned speaker(const struct gs_predictor *p, size_t stage)
{
    const struct gs_node *node = &p->node[stage];
    const struct gs_predicted_channel *ch = p->result.stage[stage].channel;
    if (node->setup.channels_out < 2 || !(node->flags & GS_PREDICT_SILENT)) {
        return node->loudest;
    }
    return ch[1].noise_db > ch[0].noise_db;
}

/* Ceiling at the output, an input that clips first included; and the peak there if nothing clipped. */
static void read_ceiling(const struct gs_node *node, unsigned c, struct gs_predicted *r)
{
    enum gs_domain domain = node->setup.domain_out;
    const struct gs_levels *l = &node->levels;
    unsigned from = gs_from_channel(c, node->setup.channels_in);
    double through = fabs(node->linear[c]) * node->response[c];
    double unclipped = node->setup.channels_in ? node->in[from].peak * through : node->out[c].peak;
    double ceiling = l->ceiling;
    if (isfinite(l->ceiling_in) && through > 0) {
        ceiling = fmin(ceiling, l->ceiling_in * through);
    }
    r->ceiling_db = isfinite(ceiling) ? gs_peak_to_db(domain, ceiling) : INFINITY;
    r->headroom_db = r->ceiling_db - gs_peak_to_db(domain, unclipped);
    r->soft = l->soft;
}

/* Rise of all sources together until this stage clips, were nothing bent before. */
static void read_margin(const struct gs_node *node, unsigned c, struct gs_predicted *r)
{
    double peak = gs_peak_to_db(node->setup.domain_out, node->out[c].ideal_peak);
    r->margin_db = isfinite(r->ceiling_db) && isfinite(peak) ? r->ceiling_db - peak : INFINITY;
}

static void refer(const struct gs_predictor *p, size_t stage, unsigned c, struct gs_predicted *r)
{
    const struct gs_source *source = &p->source[p->node[stage].out[c].source];
    const struct gs_trace *trace = gs_trace_at(p, stage, p->node[stage].out[c].source);
    enum gs_domain from = p->node[source->stage].setup.domain_out;
    double gain = hypot(trace->ideal_re[c], trace->ideal_im[c]);
    /* gain is in units: the levels' references differ between domains */
    double db = gs_gain_to_db(gain * gs_reference_peak(from) / gs_reference_peak(r->domain));
    r->source = source->stage;
    r->to_source_db = isfinite(db) ? db : NAN;
    r->source_level_db = r->level_db - r->to_source_db;
    r->source_noise_db = r->noise_db - r->to_source_db;
    r->source_noise_a_db = r->noise_a_db - r->to_source_db;
    r->source_ceiling_db = r->ceiling_db - r->to_source_db;
}

/* A silent stage still has a gain; between domains it says how the numbers of the two units relate. */
static double gain_db(const struct gs_node *node, unsigned c, double in_level_db)
{
    double through = fabs(node->linear[c]) * node->response[c];
    double references = gs_reference_peak(node->setup.domain_in) / gs_reference_peak(node->setup.domain_out);
    return isfinite(in_level_db) ? gs_rms_to_db(node->setup.domain_out, node->out[c].rms) - in_level_db
                                 : gs_gain_to_db(through * references);
}

void gs_predict_readings(struct gs_predictor *p, size_t stage)
{
    const struct gs_node *node = &p->node[stage];
    struct gs_predicted *r = &p->result.stage[stage];
    *r = (struct gs_predicted){ .domain = node->setup.domain_out,
                                .domain_in = node->setup.domain_in,
                                .channels = node->setup.channels_out,
                                .latency = node->latency,
                                .flags = node->flags,
                                .nominal_db = node->levels.nominal_db,
                                .thd = node->thd,
                                .remark = node->levels.remark,
                                .knee_gain_db = NAN };
    gs_field_total(p, &node->field, true);
    for (unsigned c = 0; c < r->channels; c++) {
        read_channel(p, stage, c);
    }
    unsigned c = r->loudest = speaker(p, stage);
    r->level_db = r->channel[c].level_db;
    r->peak_db = r->channel[c].peak_db;
    r->noise_db = r->channel[c].noise_db;
    r->noise_a_db = r->channel[c].noise_a_db;
    const struct gs_signal *in = &node->in[gs_from_channel(c, node->setup.channels_in)];
    r->in_level_db = gs_rms_to_db(r->domain_in, node->setup.channels_in ? in->rms : 0);
    r->in_peak_db = gs_peak_to_db(r->domain_in, node->setup.channels_in ? in->peak : 0);
    r->gain_db = gain_db(node, c, r->in_level_db);
    read_ceiling(node, c, r);
    read_margin(node, c, r);
    r->snr_db = r->level_db - r->noise_db;
    r->snr_a_db = r->level_db - r->noise_a_db;
    r->range_db = r->ceiling_db - r->noise_db;
    r->range_a_db = r->ceiling_db - r->noise_a_db;
    refer(p, stage, c, r);
}

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
        for (size_t i = 0; i < p->grid.n; i++) {
            double re = node->gain[c] * (node->h_re ? node->h_re[i] : 1);
            double im = node->gain[c] * (node->h_im ? node->h_im[i] : 0);
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
    gs_field_total(p, &p->node[s->sends[0].stage].field, true);
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

/* The last stage behind the master: what leaves the chain. */
static unsigned find_end(const struct gs_predictor *p)
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
    double peak = gs_peak_to_db(end->domain, p->node[r->end].out[end->loudest].ideal_peak);
    r->dynamic_range_db = peak + lowest - end->noise_db;
    r->dynamic_range_a_db = peak + lowest - end->noise_a_db;
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
    p->result.end = find_end(p);
    judge_ceilings(p);
    judge_noise(p);
}
