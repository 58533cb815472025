/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See box_chain.h. */
#include "box_chain.h"

#include <complex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW(name, low, high, value)                                                                          \
    {                                                                                                        \
        .key = name, .label = name, .doc = name, .min = low, .max = high, .def = value                       \
    }

static const struct gs_param rows[BOX_PARAMS] = {
    [BOX_GAIN] = ROW("gain_db", -200, 200, 0),
    [BOX_NOISE_IN] = ROW("noise_in_db", -300, 100, -INFINITY),
    [BOX_NOISE_OUT] = ROW("noise_out_db", -300, 100, -INFINITY),
    [BOX_CEILING] = ROW("ceiling_db", -100, 100, INFINITY),
    [BOX_HIGH_PASS_HZ] = ROW("frequency_hz", 0, 20000, 0),
};

static void source_levels(const double *param, const struct gs_stage_setup *setup,
                          const struct gs_probe *probe, struct gs_levels *out)
{
    (void)probe;
    out->source_rms = gs_db_to_rms(setup->domain_out, param[BOX_GAIN]);
    out->source_peak = gs_db_to_peak(setup->domain_out, param[BOX_GAIN]);
    out->noise_out = gs_db_to_density(setup->domain_out, param[BOX_NOISE_OUT], GS_BANDWIDTH_HZ);
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    out->gain = gs_db_to_gain(param[BOX_GAIN]);
    if (setup->domain_in != setup->domain_out) {
        out->gain /= gs_full_scale_volt(setup->alignment.dbu_at_0dbfs);
    }
    out->noise_in = gs_db_to_density(setup->domain_in, param[BOX_NOISE_IN], GS_BANDWIDTH_HZ);
    out->noise_out = gs_db_to_density(setup->domain_out, param[BOX_NOISE_OUT], GS_BANDWIDTH_HZ);
    out->ceiling = gs_db_to_peak(setup->domain_out, param[BOX_CEILING]);
}

static double complex high_pass(const double *param, double hz)
{
    double corner = param[BOX_HIGH_PASS_HZ];
    return corner > 0 ? I * hz / (corner + I * hz) : 1;
}

static double response(const double *param, const struct gs_stage_setup *setup, double hz)
{
    (void)setup;
    return cabs(high_pass(param, hz));
}

static double phase(const double *param, const struct gs_stage_setup *setup, double hz)
{
    (void)setup;
    return carg(high_pass(param, hz));
}

static double curve(const double *param, const struct gs_stage_setup *setup, double x)
{
    double rail = gs_db_to_peak(setup->domain_out, param[BOX_CEILING]);
    return rail * tanh(x * gs_db_to_gain(param[BOX_GAIN]) / rail);
}

#define BOX(name) .key = name, .label = name, .doc = name, .params = rows, .n_params = BOX_PARAMS

const struct gs_stage_kind box_source = { BOX("source"), .levels = source_levels };
const struct gs_stage_kind box_plain = { BOX("preamp"), .flags = GS_STAGE_BYPASS, .levels = levels,
                                         .response = response, .phase = phase };
const struct gs_stage_kind box_sum = { BOX("bus"), .flags = GS_STAGE_SUMS, .levels = levels };
const struct gs_stage_kind box_master = { BOX("master"), .flags = GS_STAGE_MASTER, .levels = levels };
const struct gs_stage_kind box_adc = { BOX("adc"), .levels = levels };
const struct gs_stage_kind box_tanh = { BOX("tanh"), .levels = levels, .curve = curve };

struct box_chain *box_chain_new(void)
{
    struct box_chain *b = calloc(1, sizeof *b);
    b->chain.name = (char *)"boxes";
    b->chain.description = (char *)"";
    b->chain.alignment = (struct gs_alignment){ 18, -18 };
    b->chain.stages = b->stages;
    b->chain.value = b->values;
    return b;
}

static unsigned add(struct box_chain *b, const struct gs_stage_kind *kind, size_t n, const unsigned *from)
{
    unsigned index = (unsigned)b->chain.n_stages++;
    struct gs_chain_stage *s = &b->stages[index];
    enum gs_domain before = n ? b->stages[from[0]].domain_out : GS_ANALOG;
    *s = (struct gs_chain_stage){
        .kind = kind,
        .domain_in = before,
        .domain_out = kind == &box_adc ? GS_DIGITAL : before,
        .channels_in = n ? 1 : 0,
        .channels_out = 1,
        .sends = &b->sends[b->n_sends],
        .n_sends = n,
        .first_slot = b->chain.n_slots,
        .n_slots = kind->n_params + GS_COMMON_PARAMS + n * GS_SEND_PARAMS,
    };
    snprintf(s->id, sizeof s->id, "s%u", index);
    s->label = s->id;
    for (size_t k = 0; k < n; k++) {
        b->sends[b->n_sends++].stage = from[k];
    }
    for (size_t i = 0; i < kind->n_params; i++) {
        b->values[s->first_slot + i] = kind->params[i].def;
    }
    b->chain.n_slots += s->n_slots;
    return index;
}

unsigned box_add(struct box_chain *b, const struct gs_stage_kind *kind, double gain_db)
{
    unsigned before = (unsigned)b->chain.n_stages - 1;
    unsigned index = add(b, kind, kind == &box_source ? 0 : 1, &before);
    box_set(b, index, BOX_GAIN, gain_db);
    return index;
}

unsigned box_add_sum(struct box_chain *b, const struct gs_stage_kind *kind, size_t n, const unsigned *from)
{
    return add(b, kind, n, from);
}

void box_hear(struct box_chain *b, unsigned stage, unsigned from)
{
    b->stages[stage].sends[0].stage = from;
}

void box_set(struct box_chain *b, unsigned stage, size_t param, double value)
{
    b->values[b->stages[stage].first_slot + param] = value;
}
