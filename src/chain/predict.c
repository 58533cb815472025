/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The predictor as a whole: one arena laid out in two passes, sounds analysed once, then runs without an
 * allocation. See predict.h and, for the way it reckons, predict_core.h. */
#include "chain/predict_core.h"

#include "chain/setup.h"

#include <stdlib.h>
#include <string.h>

static void *lay(struct gs_arena *arena, size_t count, size_t size)
{
    return gs_arena_take(arena, count * size);
}

struct counts {
    size_t sources, ways;
};

static void lay_field(struct gs_field *field, struct gs_arena *arena, size_t cells, size_t ways)
{
    for (int which = 0; which < GS_POWERS; which++) {
        gs_power_lay(&field->power[which], arena, cells);
    }
    struct gs_way *way = lay(arena, ways, sizeof *way);
    field->way = arena->base ? way : NULL;
    for (size_t w = 0; w < ways; w++) {
        struct gs_way scratch;
        gs_way_lay(arena->base ? &way[w] : &scratch, arena, cells);
    }
}

/* Ways that this stage's output must keep apart; beyond GS_WAYS_MAX in all they are given up. */
static void lay_ways(struct gs_predictor *p, struct gs_arena *arena, const struct gs_topology *t,
                     unsigned stage, struct counts *counts)
{
    struct gs_node scratch = { 0 }, *node = arena->base ? &p->node[stage] : &scratch;
    unsigned open[GS_CHAIN_STAGES_MAX];
    size_t n = 0;
    for (size_t f = 0; f < t->n_forks && counts->ways < GS_WAYS_MAX; f++) {
        if (gs_topology_open(t, p->chain, f, stage)) {
            open[n++] = (unsigned)f;
            counts->ways++;
        }
    }
    lay_field(&node->field, arena, p->grid.n, n);
    for (size_t w = 0; arena->base && w < n; w++) {
        node->field.way[w].fork = open[w];
    }
    node->field.n_ways = n;
}

static void lay_node(struct gs_predictor *p, struct gs_arena *arena, const struct gs_topology *t,
                     unsigned stage, struct counts *counts)
{
    const struct gs_chain_stage *s = &p->chain->stages[stage];
    struct gs_node scratch = { 0 }, *node = arena->base ? &p->node[stage] : &scratch;
    node->kind = s->kind;
    node->sums = s->kind->flags & GS_STAGE_SUMS;
    node->field.channels = s->channels_out;
    node->fork = gs_topology_fork(t, stage);
    node->cached = lay(arena, s->kind->n_params, sizeof(double));
    if (s->kind->response) {
        node->h2 = lay(arena, p->grid.n, sizeof(double));
        node->h_re = lay(arena, p->grid.n, sizeof(double));
        node->h_im = lay(arena, p->grid.n, sizeof(double));
    }
    for (unsigned c = 0; c < s->channels_out; c++) {
        node->wave[c] = lay(arena, GS_WAVE_POINTS, sizeof(double));
    }
    lay_ways(p, arena, t, stage, counts);
    counts->sources += !s->n_sends;
}

static void lay_sources(struct gs_predictor *p, struct gs_arena *arena, const struct gs_topology *t,
                        const struct gs_take *takes)
{
    size_t next = 0;
    for (unsigned i = 0; i < p->chain->n_stages; i++) {
        if (p->chain->stages[i].n_sends) {
            continue;
        }
        struct gs_source scratch, *source = arena->base ? &p->source[next] : &scratch;
        *source = (struct gs_source){ .stage = i, .fork = gs_topology_shared(t, i) };
        next++;
        if (takes && takes[i].frames) {
            gs_power_lay(&source->shape, arena, p->grid.n);
        }
    }
}

static void lay_forks(struct gs_predictor *p, struct gs_arena *arena, size_t n)
{
    p->n_forks = n;
    p->fork = lay(arena, n, sizeof *p->fork);
    for (size_t f = 0; f < n; f++) {
        struct gs_fork scratch, *fork = arena->base ? &p->fork[f] : &scratch;
        for (int which = 0; which < GS_POWERS; which++) {
            gs_power_lay(&fork->power[which], arena, p->grid.n);
        }
    }
    lay_field(&p->mix, arena, p->grid.n, n);
    gs_power_lay(&p->total, arena, p->grid.n);
}

static void lay_all(struct gs_predictor *p, struct gs_arena *arena, const struct gs_topology *t,
                    const struct gs_take *takes)
{
    size_t n = p->chain->n_stages, cells = p->grid.n;
    struct counts counts = { 0 };
    p->node = lay(arena, n, sizeof *p->node);
    p->take = lay(arena, n, sizeof *p->take);
    for (unsigned i = 0; i < n; i++) {
        lay_node(p, arena, t, i, &counts);
    }
    p->n_sources = counts.sources;
    p->source = lay(arena, counts.sources, sizeof *p->source);
    lay_sources(p, arena, t, takes);
    p->trace = lay(arena, n * counts.sources, sizeof *p->trace);
    p->mixed = lay(arena, counts.sources, sizeof *p->mixed);
    lay_forks(p, arena, t->n_forks);
    p->back_re = lay(arena, n * GS_CHANNELS * cells, sizeof(double));
    p->back_im = lay(arena, n * GS_CHANNELS * cells, sizeof(double));
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        p->step_re[c] = lay(arena, cells, sizeof(double));
        p->step_im[c] = lay(arena, cells, sizeof(double));
    }
    p->margin_db = lay(arena, n, sizeof(double));
    p->left_a = lay(arena, n, sizeof(double));
    p->result.n = n;
    p->result.stage = lay(arena, n, sizeof *p->result.stage);
}

static void scale(double *x, size_t n, double factor)
{
    for (size_t i = 0; i < n; i++) {
        x[i] *= factor;
    }
}

/* Spectra of the sounds, for a true RMS of 1. */
static enum gs_status analyse(struct gs_predictor *p, const struct gs_take *takes)
{
    for (size_t s = 0; s < p->n_sources; s++) {
        struct gs_source *source = &p->source[s];
        const struct gs_take *take = takes ? &takes[source->stage] : NULL;
        if (!take || !take->frames) {
            continue;
        }
        p->take[source->stage] = (struct gs_take){
            .frames = take->frames, .channels = take->channels, .rms = take->rms, .peak = take->peak
        };
        enum gs_status status = gs_grid_analyse(&p->grid, take, &source->shape);
        if (status) {
            return status;
        }
        double unit = take->rms > 0 ? 1.0 / (take->rms * take->rms) : 0;
        scale(source->shape.ll, p->grid.n, unit);
        scale(source->shape.rr, p->grid.n, unit);
        scale(source->shape.lr, p->grid.n, unit);
    }
    return GS_OK;
}

/* A sound shared by several sources is the content of its fork, for good. */
static void fill_shared(struct gs_predictor *p, const struct gs_topology *t)
{
    for (size_t s = p->n_sources; s-- > 0;) {
        struct gs_source *source = &p->source[s];
        if (source->fork >= 0 && (size_t)source->fork < t->n_shared && source->shape.ll) {
            p->fork[source->fork].power[GS_PROGRAMME] = source->shape;
        }
    }
}

struct gs_predictor *gs_predictor_create(const struct gs_chain *chain, const struct gs_take *takes,
                                         double rate_hz)
{
    struct gs_predictor *p = calloc(1, sizeof *p);
    struct gs_topology *topology = malloc(sizeof *topology);
    struct gs_arena arena = { 0 };
    if (p && topology) {
        p->chain = chain;
        gs_grid_init(&p->grid, rate_hz);
        gs_topology_init(topology, chain);
        lay_all(p, &arena, topology, takes);
        p->memory = gs_arena_memory(arena.used);
    }
    enum gs_status status = p && p->memory ? GS_OK : GS_E_MEMORY;
    if (!status) {
        arena = (struct gs_arena){ .base = p->memory };
        lay_all(p, &arena, topology, takes);
        status = analyse(p, takes);
        fill_shared(p, topology);
    }
    free(topology);
    if (status) {
        gs_predictor_destroy(p);
        return NULL;
    }
    return p;
}

void gs_predictor_destroy(struct gs_predictor *predictor)
{
    if (predictor) {
        free(predictor->memory);
        free(predictor);
    }
}

void gs_predict_pass(struct gs_predictor *p, double rise_db)
{
    p->rise = gs_db_to_gain(rise_db);
    gs_predict_sources(p);
    for (size_t i = 0; i < p->result.n; i++) {
        gs_predict_stage(p, i);
        gs_predict_readings(p, i);
    }
}

const struct gs_prediction *gs_predictor_run(struct gs_predictor *p, const double *value)
{
    p->value = value ? value : p->chain->value;
    for (size_t i = 0; i < p->result.n; i++) {
        p->node[i].setup = gs_chain_setup(p->chain, p->value, i, p->grid.rate_hz);
        p->node[i].setup.take = p->take[i].frames ? &p->take[i] : NULL;
    }
    p->result.end = gs_predict_end(p);
    gs_predict_pass(p, 0);
    gs_predict_margins(p);
    gs_predict_verdict(p);
    return &p->result;
}
