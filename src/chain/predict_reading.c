/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what one wire carries to what a person reads: levels in dB, headroom, SNR, all seen from the source. */
#include "chain/predict_core.h"

#include <math.h>

static double power_db(enum gs_domain domain, double power)
{
    return gs_rms_to_db(domain, sqrt(fmax(power, 0)));
}

/* Variance of a mean square over t seconds, times t: of noise the integral of its squared density, of a tone in
 * noise twice its power times the density there. The noise is taken as white for that. */
static double rms_spread(const struct gs_signal *out, const struct gs_noise_power *noise, double band_hz)
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
    const struct gs_noise_power *noise = &node->noise[c];
    p->result.stage[stage].channel[c] = (struct gs_predicted_channel){
        .level_db = gs_rms_to_db(domain, out->rms),
        .peak_db = gs_peak_to_db(domain, out->peak),
        .noise_db = power_db(domain, noise->z),
        .noise_a_db = power_db(domain, noise->a),
        .distortion_db = gs_rms_to_db(domain, out->distortion),
        .rms_db = power_db(domain, out->rms * out->rms + out->distortion * out->distortion + noise->full),
        .noise_spread_hz = noise->spread_hz,
        .rms_spread_hz = rms_spread(out, noise, p->grid.rate_hz / 2),
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
    r->headroom_db = r->ceiling_db - gs_peak_to_db(domain, unclipped / node->held);
    r->soft = l->soft;
}

/* Rise of all sources together until this stage clips, were nothing bent before. */
static void read_margin(const struct gs_node *node, unsigned c, struct gs_predicted *r)
{
    double peak = gs_peak_to_db(node->setup.domain_out, node->out[c].ideal_peak / node->held);
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
    struct gs_node *node = &p->node[stage];
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
    gs_predict_noise_behind(p, node);
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
