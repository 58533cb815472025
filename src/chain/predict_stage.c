/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One stage of the prediction: what arrives, what the kind says to it, at which point of its curve it works,
 * and what leaves. */
#include "chain/predict_core.h"

#include "chain/setup.h"

#include <math.h>
#include <string.h>

#define TONE_PURITY 0.98 /* part of the power from which a signal counts as one tone */
#define DISTORTED   1e-3 /* distortion over signal (0.1 %) from which a stage is called "not linear" */
#define ROUGH       0.01 /* difference of two ways to take a mean from which a cell is cut into slices */
#define SOFTEST     0.05 /* of the RMS: 26 dB below it noise-like programme is for a thousandth of the time */
#define CREST       4.5  /* of noise, in ten seconds */
#define MOVED_DB    0.5  /* by which noise may move the gain of a tone and still leave its mean alone */
#define LOUDER      2.0  /* than the peak that is predicted for programme: filters may raise it */
#define SLICES      24
#define BENT        1e-6 /* change of gain that spoils no figure: 0.00001 dB */

/* ---- response: kept until a value of the stage changes ---- */

static double magnitude_at(const struct gs_node *node, double hz)
{
    return !node->bypass && node->kind->response ? node->kind->response(node->setup.param, &node->setup, hz)
                                                 : 1.0;
}

static double phase_at(const struct gs_node *node, double hz)
{
    return !node->bypass && node->kind->phase ? node->kind->phase(node->setup.param, &node->setup, hz) : 0.0;
}

static double power_at(const struct gs_node *node, double hz)
{
    double h = magnitude_at(node, hz);
    return h * h;
}

/* Mean of |H|^2 over a cell by Simpson's rule; where that is not smooth - a bell narrower than the cell - in
 * slices. */
static double mean_power(const struct gs_node *node, double from, double to, double low, double high)
{
    double middle = power_at(node, (from + to) / 2), simpson = (low + 4 * middle + high) / 6, sum = 0;
    if (fabs(simpson - middle) <= ROUGH * middle) {
        return simpson;
    }
    for (int i = 0; i < SLICES; i++) {
        sum += power_at(node, from + (to - from) * (i + 0.5) / SLICES);
    }
    return sum / SLICES;
}

static void refresh_response(const struct gs_predictor *p, struct gs_node *node)
{
    size_t bytes = node->kind->n_params * sizeof(double);
    if (!node->h2 || (node->fresh && node->was_bypassed == node->bypass &&
                      memcmp(node->cached, node->setup.param, bytes) == 0)) {
        return;
    }
    memcpy(node->cached, node->setup.param, bytes);
    node->fresh = true;
    node->was_bypassed = node->bypass;
    double low = power_at(node, p->grid.edge[0]);
    for (size_t i = 0; i < p->grid.n; i++) {
        double high = power_at(node, p->grid.edge[i + 1]), phase = phase_at(node, p->grid.hz[i]);
        node->h2[i] = mean_power(node, p->grid.edge[i], p->grid.edge[i + 1], low, high);
        node->h_re[i] = sqrt(node->h2[i]) * cos(phase);
        node->h_im[i] = sqrt(node->h2[i]) * sin(phase);
        low = high;
    }
}

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

static const struct gs_signal *loudest_input(const struct gs_node *node)
{
    bool right = node->setup.channels_in > 1 && node->in[1].rms > node->in[0].rms;
    return &node->in[right];
}

/* ---- what the kind says ---- */

/* All noise that arrives, in the channel of the loudest signal. */
static double noise_rms(struct gs_predictor *p, const struct gs_node *node, const struct gs_field *field)
{
    double power = 0;
    if (field) {
        gs_field_total(p, field, true);
        const double *cell = loudest_input(node) == &node->in[1] ? p->total.rr : p->total.ll;
        for (size_t i = 0; i < p->grid.n; i++) {
            power += cell[i];
        }
    }
    return sqrt(power);
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
static double grid_behind(const struct gs_predictor *p, size_t stage)
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

static void ask_levels(struct gs_predictor *p, size_t stage, const struct gs_field *field)
{
    struct gs_node *node = &p->node[stage];
    const struct gs_signal *in = loudest_input(node);
    struct gs_probe probe = { .frequency_hz = in->hz,
                              .peak = in->peak,
                              .rms = in->rms,
                              .noise_rms = noise_rms(p, node, field),
                              .tone = in->purity >= TONE_PURITY };
    if (!(probe.frequency_hz > 0)) {
        probe.frequency_hz = 1000.0;
    }
    struct gs_levels *l = &node->levels;
    *l = gs_levels_default();
    l->nominal_db = gs_nominal_db(node->setup.domain_out, &p->chain->alignment);
    node->kind->levels(node->setup.param, &node->setup, &probe, l);
    judge_steps(p, stage, &probe);
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

/* Its levels hold for the level that arrives: a compressor, a limiter. A hard edge is left to the curve. */
static bool turns_gain(const struct gs_node *node)
{
    return node->kind->reduction_db && (node->levels.soft || isinf(node->levels.ceiling));
}

static double gain_at(const struct gs_node *node, double peak, double hz)
{
    struct gs_probe probe = { hz, peak, peak / GS_FRAC_SQRT2, 0, true };
    struct gs_levels levels = gs_levels_default();
    node->kind->levels(node->setup.param, &node->setup, &probe, &levels);
    return levels.gain;
}

/* Programme is louder and softer than its mean, and so is a tone with noise on it: would it meet another gain
 * then? Asked where it is softest and loudest for all that matters. A gate may still hold what opened it, as far as
 * its hysteresis goes. */
static bool moves_gain(const struct gs_predictor *p, size_t stage, double noise)
{
    const struct gs_node *node = &p->node[stage];
    const struct gs_signal *in = loudest_input(node);
    bool tone = in->purity >= TONE_PURITY;
    double hysteresis = gs_chain_value_of(p->chain, p->value, stage, "hysteresis_db", 0.0);
    double loudest = tone ? in->peak + CREST * noise : in->peak * LOUDER + CREST * noise;
    double softest = tone ? fmax(in->peak - CREST * noise, in->rms * SOFTEST) : in->rms * SOFTEST;
    double high = gain_at(node, loudest * gs_db_to_gain(hysteresis), in->hz),
           low = gain_at(node, softest, in->hz);
    return fabs(gs_gain_to_db(high / low)) > (tone ? MOVED_DB : 1e-4);
}

/* Gain by the response for what arrives: of a tone at its frequency, of programme over its spectrum. */
static double response_to(struct gs_predictor *p, const struct gs_node *node, const struct gs_field *field,
                          const struct gs_signal *in, unsigned channel)
{
    if (!node->h2) {
        return 1.0;
    }
    if (!p->programme || in->purity >= TONE_PURITY || !field) {
        return magnitude_at(node, in->hz > 0 ? in->hz : 1000.0);
    }
    gs_field_total(p, field, false);
    const double *cell = channel ? p->total.rr : p->total.ll;
    double before = 0, after = 0;
    for (size_t i = 0; i < p->grid.n; i++) {
        before += cell[i];
        after += cell[i] * node->h2[i];
    }
    return before > 0 ? sqrt(after / before) : magnitude_at(node, 1000.0);
}

/* ---- working point ---- */

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
    bool plain = node->bypass || node->mute || turns_gain(node);
    struct gs_levels open = *levels;
    open.ceiling = open.ceiling_in = INFINITY;
    struct gs_curve curve = { plain ? &linear : node->kind, &node->setup, plain ? &open : levels };
    double peak = in->peak * response, scratch[GS_WAVE_POINTS];
    if (in->purity < TONE_PURITY) {
        return gs_working_point_noise(&curve, in->rms * response, peak);
    }
    const double *wave = arriving_wave(p, stage, from, response, scratch);
    struct gs_working_point w = gs_working_point_sine(&curve, peak, wave, node->wave[c]);
    node->has_wave[c] = peak > 0 && (wave || !w.linear);
    return w;
}

/* A kind's own curve knows nothing of pan; the plain hard ceilings stand behind it. */
static struct gs_working_point work_channel(struct gs_predictor *p, size_t stage, unsigned c, double response)
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

/* ---- what leaves ---- */

static void pass_traces(struct gs_predictor *p, size_t stage, const struct gs_trace *in, unsigned c,
                        double response)
{
    struct gs_node *node = &p->node[stage];
    unsigned from = gs_from_channel(c, node->setup.channels_in);
    for (size_t s = 0; s < p->n_sources; s++) {
        const struct gs_source *source = &p->source[s];
        struct gs_trace *out = &p->trace[stage * p->n_sources + s];
        double h = 1, phase = 0;
        if (node->h2 && (in[s].ideal_re[from] != 0 || in[s].ideal_im[from] != 0)) {
            h = source->tone ? magnitude_at(node, source->hz) : response;
            phase = phase_at(node, source->hz);
        }
        double re = h * cos(phase), im = h * sin(phase);
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
    double response = response_to(p, node, field, in, from);
    struct gs_working_point w = work_channel(p, stage, c, response);
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
        field->programme.ll[i] = rms * rms * source->shape.ll[i];
        field->programme.rr[i] = rms * rms * source->shape.rr[i];
        field->programme.lr[i] = rms * rms * source->shape.lr[i];
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
    ask_levels(p, stage, field);
    refresh_response(p, node);
    if (turns_gain(node) && !node->bypass && moves_gain(p, stage, noise_rms(p, node, field))) {
        node->flags |= GS_PREDICT_DYNAMIC;
    }
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
        ask_levels(p, stage, NULL);
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
    node->flags |= out[right].purity < TONE_PURITY ? GS_PREDICT_PROGRAMME : 0;
    node->latency += node->levels.latency;
    node->grid = grid_behind(p, stage);
}
