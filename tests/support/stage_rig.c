/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One stage on the bench: see stage_rig.h. */
#include "stage_rig.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMOOTHING_S 0.010 /* two poles, as gainstage/param.h says */

static double arriving(const struct gs_param *row, double value)
{
    return row->smooth == GS_SMOOTH_GAIN ? gs_db_to_gain(value) : value;
}

static size_t index_of(const struct rig *rig, const char *key)
{
    int index = gs_stage_param_index(rig->kind, key);
    cr_assert(index >= 0 && (size_t)index < rig->kind->n_params, "%s has no %s", rig->kind->key, key);
    return (size_t)index;
}

/* A second or so of something that is no sine: what a source loops. */
static const struct gs_take *take(void)
{
    enum {
        FRAMES = 50001
    };
    static float left[FRAMES], right[FRAMES];
    static struct gs_take take = { .ch = { left, right }, .frames = FRAMES, .channels = 2 };
    if (take.peak == 0) {
        double power = 0;
        for (unsigned i = 0; i < FRAMES; i++) {
            left[i] = (float)(0.25 * sin(0.01 * i) + 0.25 * sin(0.37 * i));
            right[i] = (float)(0.25 * sin(0.011 * i) + 0.25 * sin(0.39 * i));
            power += (double)left[i] * (double)left[i] + (double)right[i] * (double)right[i];
            take.peak = fmax(take.peak, fmax(fabs((double)left[i]), fabs((double)right[i])));
        }
        take.rms = sqrt(power / 2 / FRAMES);
    }
    return &take;
}

static enum gs_domain domain_out(const struct rig *rig, enum gs_domain domain_in)
{
    return rig->kind->domain_out == GS_OUT_SAME       ? domain_in
           : rig->kind->domain_out == GS_OUT_BY_PARAM ? (enum gs_domain)rig->param[index_of(rig, "domain")]
                                                      : (enum gs_domain)rig->kind->domain_out;
}

void rig_open(struct rig *rig, const char *kind, double rate_hz, enum gs_domain domain, unsigned channels,
              const struct rig_value *values)
{
    *rig = (struct rig){ .kind = gs_stage_kind(kind), .piece = GS_CELL };
    cr_assert_not_null(rig->kind, "no kind %s", kind);
    for (size_t i = 0; i < rig->kind->n_params; i++) {
        rig->param[i] = rig->kind->params[i].def;
    }
    for (; values && values->key; values++) {
        rig->param[index_of(rig, values->key)] = values->value;
    }
    for (size_t i = 0; i < rig->kind->n_params; i++) {
        rig->target[i] = rig->pole1[i] = rig->pole2[i] = arriving(&rig->kind->params[i], rig->param[i]);
    }
    rig->setup = (struct gs_stage_setup){
        .rate_hz = rate_hz,
        .channels_in = rig->kind->domains_in ? channels : 0,
        .take = take(),
        .channels_out = rig->kind->channels ? rig->kind->channels(rig->param, channels) : channels,
        .domain_in = domain,
        .domain_out = domain_out(rig, domain),
        .alignment = { .dbu_at_0dbfs = 18, .nominal_dbfs = -18 },
        .param = rig->param,
        .load_impedance_ohm = INFINITY,
        .seed = 1,
    };
    size_t room = (rig->kind->size(&rig->setup) / 64 + 1) * 64;
    rig->state = memset(aligned_alloc(64, room), 0, room);
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        rig->clip[c] = calloc(RIG_FRAMES_MAX, sizeof *rig->clip[c]);
        for (int path = 0; path < GS_PATHS; path++) {
            rig->out[path][c] = calloc(RIG_FRAMES_MAX, sizeof(float));
        }
    }
    rig->kind->init(rig->state, &rig->setup);
}

void rig_close(struct rig *rig)
{
    free(rig->state);
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        free(rig->clip[c]);
        for (int path = 0; path < GS_PATHS; path++) {
            free(rig->out[path][c]);
        }
    }
}

void rig_set(struct rig *rig, const char *key, double value)
{
    size_t i = index_of(rig, key);
    rig->param[i] = value;
    rig->target[i] = arriving(&rig->kind->params[i], value);
    if (rig->kind->params[i].smooth == GS_SMOOTH_NONE) {
        rig->pole1[i] = rig->pole2[i] = rig->target[i];
    }
}

/* A parameter that has arrived stays a constant, like the engine's. */
static void smooth(struct rig *rig, size_t i, unsigned frames)
{
    double a = 1.0 - exp(-1.0 / (SMOOTHING_S * rig->setup.rate_hz));
    struct gs_ramp *ramp = &rig->ramp[i];
    ramp->ramp = NULL;
    for (unsigned n = 0; n < frames && rig->pole2[i] != rig->target[i] && !isnan(rig->target[i]); n++) {
        rig->pole1[i] += a * (rig->target[i] - rig->pole1[i]);
        rig->pole2[i] += a * (rig->pole1[i] - rig->pole2[i]);
        if (fabs(rig->pole2[i] - rig->target[i]) < 1e-7 * (1.0 + fabs(rig->target[i]))) {
            rig->pole1[i] = rig->pole2[i] = rig->target[i];
        }
        if (!ramp->ramp) {
            for (unsigned k = 0; k < frames; k++) {
                rig->values[i][k] = (float)rig->target[i];
            }
            ramp->ramp = rig->values[i];
        }
        rig->values[i][n] = (float)rig->pole2[i];
    }
    ramp->now = (float)rig->pole2[i];
}

static void call(struct rig *rig, const float *left, const float *right, unsigned at, unsigned frames)
{
    struct gs_span in = { 0 }, out = { 0 };
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        for (int path = 0; path < GS_PATHS; path++) {
            const float *from = c ? right : left;
            for (unsigned n = 0; n < frames; n++) {
                rig->in[path][c][n] = from[at + n];
            }
            in.ch[path][c] = c < rig->setup.channels_in ? rig->in[path][c] : NULL;
            out.ch[path][c] = c < rig->setup.channels_out ? rig->out[path][c] + at : NULL;
        }
    }
    for (size_t i = 0; i < rig->kind->n_params; i++) {
        smooth(rig, i, frames);
    }
    const float *external[GS_CHANNELS] = { left + at, right + at };
    struct gs_stage_io io = { .frames = frames,
                              .frame = rig->frame,
                              .in = rig->kind->domains_in ? &in : NULL,
                              .out = &out,
                              .param = rig->ramp,
                              .external = external,
                              .externals = GS_CHANNELS };
    rig->kind->process(rig->state, &io);
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        for (unsigned n = 0; n < frames; n++) {
            rig->clip[c][at + n] = out.clip[c] >> n & 1;
        }
    }
    rig->frame += frames;
}

void rig_run(struct rig *rig, const float *left, const float *right, unsigned frames)
{
    cr_assert_leq(frames, RIG_FRAMES_MAX);
    for (unsigned at = 0; at < frames;) {
        unsigned n = GS_CELL - (unsigned)(rig->frame % GS_CELL);
        n = n < rig->piece ? n : rig->piece;
        n = n < frames - at ? n : frames - at;
        call(rig, left, right ? right : left, at, n);
        at += n;
    }
}

void rig_run_sine(struct rig *rig, double peak, double frequency_hz, unsigned frames)
{
    float *x = calloc(frames, sizeof *x);
    for (unsigned n = 0; n < frames; n++) {
        x[n] = (float)(peak * sin(2.0 * M_PI * frequency_hz * (double)n / rig->setup.rate_hz));
    }
    rig_run(rig, x, NULL, frames);
    free(x);
}

struct gs_levels rig_levels(const struct rig *rig, double peak, double frequency_hz)
{
    struct gs_levels levels = gs_levels_default();
    struct gs_probe probe = {
        .frequency_hz = frequency_hz, .peak = peak, .rms = peak / GS_FRAC_SQRT2, .tone = true
    };
    rig->kind->levels(rig->param, &rig->setup, &probe, &levels);
    return levels;
}

/* Solves the 3 x 3 normal equations by elimination; they are well conditioned over whole cycles. */
double rig_amplitude(const float *x, unsigned frames, double frequency_hz, double rate_hz)
{
    double m[3][4] = { { 0 } };
    for (unsigned n = 0; n < frames; n++) {
        double w = 2.0 * M_PI * frequency_hz * (double)n / rate_hz, row[4] = { sin(w), cos(w), 1.0, x[n] };
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 4; k++) {
                m[i][k] += row[i] * row[k];
            }
        }
    }
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            double f = j == i ? 0.0 : m[j][i] / m[i][i];
            for (int k = i; k < 4; k++) {
                m[j][k] -= f * m[i][k];
            }
        }
    }
    return hypot(m[0][3] / m[0][0], m[1][3] / m[1][1]);
}
