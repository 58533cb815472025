/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chain -> plan. The layout runs twice over the same code: first to measure the arena, then to hand it
 * out; so there is one place that knows what a plan needs. See plan.h. */
#include "chain/plan.h"

#include "base/arena.h"
#include "chain/setup.h"
#include "chain/sounds.h"
#include "chain/take.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- layout ---- */

struct layout {
    const struct gs_chain *chain;
    struct gs_plan *plan; /* a scratch plan while measuring */
    struct gs_arena arena;
    bool real; /* second pass: memory is there */
    size_t next_lane;
    unsigned next_input;
    size_t next_mix;
};

static void lay_channels(struct layout *l, float *ch[GS_PATHS][GS_CHANNELS], unsigned channels, size_t frames)
{
    for (unsigned path = 0; path < GS_PATHS; path++) {
        for (unsigned c = 0; c < channels; c++) {
            float *memory = gs_arena_take(&l->arena, frames * sizeof(float));
            if (l->real) {
                ch[path][c] = memory;
            }
        }
    }
}

static void lay_wire(struct layout *l, size_t wire, unsigned stage, bool is_mix, unsigned latency)
{
    const struct gs_chain_stage *s = &l->chain->stages[stage];
    struct gs_plan_wire scratch = { 0 }, *w = l->real ? &l->plan->wires[wire] : &scratch;
    w->channels = is_mix ? s->channels_in : s->channels_out;
    w->domain = is_mix ? s->domain_in : s->domain_out;
    w->stage = stage;
    w->is_mix = is_mix;
    w->latency = latency;
    lay_channels(l, w->ch, w->channels, GS_CELL);
}

static void fill_setup(struct layout *l, size_t i, struct gs_stage_setup *setup, double *param)
{
    const struct gs_chain_stage *s = &l->chain->stages[i];
    memcpy(param, &l->chain->value[s->first_slot], s->kind->n_params * sizeof *param);
    *setup = gs_chain_setup(l->chain, l->chain->value, i, l->plan->rate_hz);
    setup->param = param;
    setup->take = l->plan->takes[i].frames ? &l->plan->takes[i] : NULL;
    setup->input = l->next_input;
    if (gs_sounds_signal_is(l->chain, i, "jack")) {
        l->next_input += s->channels_out;
    }
}

static unsigned latency_of(const struct gs_stage_kind *kind, const struct gs_stage_setup *setup)
{
    double nominal = setup->channels_in
                         ? gs_db_to_peak(setup->domain_in, gs_nominal_db(setup->domain_in, &setup->alignment))
                         : 0;
    struct gs_probe probe = { 1000.0, nominal, nominal / GS_FRAC_SQRT2, 0, true };
    struct gs_levels levels = gs_levels_default();
    kind->levels(setup->param, setup, &probe, &levels);
    return levels.latency;
}

/* The latest signal that arrives at a stage. */
static unsigned latency_before(const struct gs_chain_stage *s, const unsigned *latency)
{
    unsigned latest = 0;
    for (size_t k = 0; k < s->n_sends; k++) {
        unsigned from = latency[s->sends[k].stage];
        latest = from > latest ? from : latest;
    }
    return latest;
}

/* Sends whose signals come earlier than the latest one wait for it: else a sum of two microphones on one
 * source would be a comb filter that no real desk has. */
static void lay_sends(struct layout *l, size_t i, struct gs_plan_step *step, const unsigned *latency)
{
    const struct gs_chain_stage *s = &l->chain->stages[i];
    unsigned latest = latency_before(s, latency);
    for (size_t k = 0; k < s->n_sends; k++) {
        struct gs_plan_send scratch = { 0 }, *send = l->real ? &step->sends[k] : &scratch;
        unsigned from = s->sends[k].stage;
        send->wire = from;
        send->gain_slot = gs_chain_send_slot(l->chain, i, k, GS_SEND_GAIN);
        send->delay_frames = latest - latency[from];
        if (send->delay_frames) {
            lay_channels(l, send->delay, l->chain->stages[from].channels_out, send->delay_frames);
        }
    }
}

static void lay_mix(struct layout *l, size_t i, struct gs_plan_step *step, const unsigned *latency)
{
    const struct gs_chain_stage *s = &l->chain->stages[i];
    struct gs_plan_send *sends = gs_arena_take(&l->arena, s->n_sends * sizeof *sends);
    step->sends = l->real ? sends : NULL;
    step->n_sends = s->n_sends;
    lay_sends(l, i, step, latency);
    lay_wire(l, l->next_mix, (unsigned)i, true, latency_before(s, latency));
    l->next_mix++;
}

static void name_step(struct layout *l, size_t i, struct gs_plan_step *step)
{
    const struct gs_chain_stage *s = &l->chain->stages[i];
    bool sums = s->kind->flags & GS_STAGE_SUMS;
    int law = gs_stage_param_index(s->kind, "pan_law");
    step->kind = s->kind;
    step->stage = (unsigned)i;
    step->out_wire = (unsigned)i;
    step->first_slot = s->first_slot;
    step->in_wire = !s->n_sends ? -1 : sums ? (int)l->next_mix : (int)s->sends[0].stage;
    step->pan_law_slot = sums && law >= 0 ? (int)s->first_slot + law : -1;
    step->can_bypass = s->kind->flags & GS_STAGE_BYPASS;
}

static void lay_step(struct layout *l, size_t i, unsigned *latency)
{
    const struct gs_chain_stage *s = &l->chain->stages[i];
    struct gs_plan_step scratch = { 0 }, *step = l->real ? &l->plan->steps[i] : &scratch;
    double scratch_param[GS_STAGE_PARAMS_MAX];
    double *param = gs_arena_take(&l->arena, s->kind->n_params * sizeof *param);
    fill_setup(l, i, &step->setup, l->real ? param : scratch_param);
    name_step(l, i, step);
    unsigned own = latency_of(s->kind, &step->setup);
    latency[i] = latency_before(s, latency) + own;
    if (s->kind->flags & GS_STAGE_SUMS) {
        lay_mix(l, i, step, latency);
    }
    lay_wire(l, i, (unsigned)i, false, latency[i]);
    if (step->can_bypass && own) {
        step->dry_frames = own;
        lay_channels(l, step->dry, s->channels_out, own);
    }
    void *state = gs_arena_take(&l->arena, s->kind->size(&step->setup));
    if (l->real) {
        step->state = state;
        s->kind->init(state, &step->setup);
    }
}

/* What a kind sees of a value: linear gain where the row says so. */
double gs_plan_view(const struct gs_param *row, double value)
{
    return row->smooth == GS_SMOOTH_GAIN && !isnan(value) ? gs_db_to_gain(value) : value;
}

static void lay_slots(struct layout *l)
{
    struct gs_plan *plan = l->plan;
    for (size_t i = 0; i < plan->n_slots; i++) {
        const struct gs_param *row = gs_chain_slot_row(l->chain, i);
        float *ramp = row->smooth ? gs_arena_take(&l->arena, GS_CELL * sizeof *ramp) : NULL;
        if (l->real) {
            double view = gs_plan_view(row, l->chain->value[i]);
            plan->slots[i] = (struct gs_plan_slot){ row, view, view, view, ramp, false, 0 };
            plan->ramps[i] = (struct gs_ramp){ (float)view, NULL };
        }
    }
}

/* Stereo wires first, so that a pair of lanes never straddles two groups of lanes. */
static size_t number_lanes(struct gs_plan *plan)
{
    size_t lane = 0;
    for (unsigned channels = GS_CHANNELS; channels > 0; channels--) {
        for (size_t w = 0; w < plan->n_wires; w++) {
            if (plan->wires[w].channels == channels) {
                plan->wires[w].first_lane = (unsigned)lane;
                lane += channels;
            }
        }
    }
    return lane;
}

static void lay_plan(struct layout *l, unsigned *latency)
{
    const struct gs_chain *chain = l->chain;
    struct gs_plan *plan = l->plan;
    plan->steps = gs_arena_take(&l->arena, plan->n_steps * sizeof *plan->steps);
    plan->wires = gs_arena_take(&l->arena, plan->n_wires * sizeof *plan->wires);
    plan->slots = gs_arena_take(&l->arena, plan->n_slots * sizeof *plan->slots);
    plan->ramps = gs_arena_take(&l->arena, plan->n_slots * sizeof *plan->ramps);
    plan->moving = gs_arena_take(&l->arena, plan->n_slots * sizeof *plan->moving);
    l->next_input = 0;
    l->next_mix = chain->n_stages;
    lay_slots(l);
    for (size_t i = 0; i < chain->n_stages; i++) {
        lay_step(l, i, latency);
    }
    if (l->real) {
        plan->n_inputs = l->next_input;
        plan->n_lanes = number_lanes(plan);
    }
}

static size_t count_mixes(const struct gs_chain *chain)
{
    size_t mixes = 0;
    for (size_t i = 0; i < chain->n_stages; i++) {
        mixes += chain->stages[i].kind->flags & GS_STAGE_SUMS ? 1 : 0;
    }
    return mixes;
}

static enum gs_status build(const struct gs_chain *chain, struct gs_plan *plan, struct gs_errors *errors)
{
    unsigned latency[GS_CHAIN_STAGES_MAX] = { 0 };
    struct layout l = { .chain = chain, .plan = plan };
    lay_plan(&l, latency);
    plan->arena = gs_arena_memory(l.arena.used);
    if (!plan->arena) {
        return gs_errors_add(errors, GS_E_MEMORY, "", "no memory for the compiled chain");
    }
    l = (struct layout){ .chain = chain, .plan = plan, .arena.base = plan->arena, .real = true };
    lay_plan(&l, latency);
    return GS_OK;
}

enum gs_status gs_plan_compile(const struct gs_chain *chain, double rate_hz, const struct gs_plan *before,
                               struct gs_plan **out, struct gs_errors *errors)
{
    struct gs_plan *plan = calloc(1, sizeof *plan);
    struct gs_take *takes = calloc(chain->n_stages, sizeof *takes);
    if (!plan || !takes) {
        free(plan);
        free(takes);
        return gs_errors_add(errors, GS_E_MEMORY, "", "no memory for the compiled chain");
    }
    *plan = (struct gs_plan){
        .rate_hz = rate_hz,
        .alignment = chain->alignment,
        .n_steps = chain->n_stages,
        .n_wires = chain->n_stages + count_mixes(chain),
        .n_slots = chain->n_slots,
        .takes = takes,
        .n_takes = chain->n_stages,
    };
    enum gs_status status = gs_sounds_make(chain, rate_hz, before ? before->takes : NULL,
                                           before ? before->n_takes : 0, takes, errors);
    status = status ? status : build(chain, plan, errors);
    if (status) {
        gs_plan_destroy(plan);
        return status;
    }
    *out = plan;
    return GS_OK;
}

void gs_plan_destroy(struct gs_plan *plan)
{
    if (!plan) {
        return;
    }
    for (size_t i = 0; i < plan->n_takes; i++) {
        gs_take_finish(&plan->takes[i]);
    }
    free(plan->takes);
    free(plan->arena);
    free(plan);
}

int gs_plan_wire_in(const struct gs_plan *plan, size_t stage)
{
    return plan->steps[stage].in_wire;
}
