/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See run.h. */
#include "engine/run.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>

#define LISTEN_FADE_S 0.01
#define SMOOTHING_S   0.01 /* each of the two poles */

void gs_run_destroy(struct gs_run *run)
{
    if (run) {
        gs_plan_destroy(run->plan);
        free(run->memory);
        free(run);
    }
}

static size_t values_bytes(const struct gs_plan *plan)
{
    size_t bytes = (plan->n_slots + GS_LISTEN_VALUES) * sizeof(float) + plan->n_slots * sizeof(uint32_t);
    return (bytes + 63) / 64 * 64;
}

static size_t bin_bytes(const struct gs_plan *plan)
{
    return sizeof(struct gs_bin) + gs_bank_fields() * gs_bank_lanes(plan->n_lanes) * sizeof(float);
}

static void connect_lanes(struct gs_run *run)
{
    for (size_t w = 0; w < run->plan->n_wires; w++) {
        const struct gs_plan_wire *wire = &run->plan->wires[w];
        for (unsigned c = 0; c < wire->channels; c++) {
            gs_bank_connect(run->bank, wire->first_lane + c, wire->ch[GS_REAL][c], wire->ch[GS_IDEAL][c],
                            &wire->clip[c]);
            gs_bank_connect_reduction(run->bank, wire->first_lane + c, &wire->reduction_db);
        }
    }
}

/* Laid out twice like the plan: measured, then given. */
static void lay_run(struct gs_run *run, struct gs_arena *arena)
{
    const struct gs_plan *plan = run->plan;
    void *bank = gs_arena_take(arena, gs_bank_size(plan->n_lanes));
    void *values = gs_arena_take(arena, 3 * values_bytes(plan));
    void *timed = gs_arena_take(arena, gs_ring_size(sizeof(struct gs_timed), GS_TIMED));
    void *bins = gs_arena_take(arena, gs_ring_size(bin_bytes(plan), GS_BINS_WAITING));
    struct gs_bin *whole = gs_arena_take(arena, bin_bytes(plan));
    if (arena->base) {
        run->bank = gs_bank_init(bank, plan->n_lanes, plan->rate_hz);
        gs_triple_init(&run->values, values, values_bytes(plan));
        gs_ring_init(&run->timed, timed, sizeof(struct gs_timed), GS_TIMED);
        gs_ring_init(&run->bins, bins, bin_bytes(plan), GS_BINS_WAITING);
        run->whole = whole;
        whole->frames = 0;
        atomic_init(&run->bin_hz, GS_BIN_HZ);
    }
}

struct gs_run *gs_run_create(struct gs_plan *plan, const struct gs_chain *chain)
{
    /* The ring's counters ask for whole cache lines, more than calloc() promises. */
    struct gs_run *run = gs_arena_memory(sizeof *run);
    if (!run) {
        return NULL;
    }
    run->plan = plan;
    struct gs_arena arena = { 0 };
    lay_run(run, &arena);
    run->memory = arena.base = gs_arena_memory(arena.used);
    if (!run->memory) {
        free(run);
        return NULL;
    }
    arena.used = 0;
    lay_run(run, &arena);
    connect_lanes(run);
    run->pole = 1.0 - exp(-1.0 / (SMOOTHING_S * plan->rate_hz));
    run->listen_fade = (unsigned)(LISTEN_FADE_S * plan->rate_hz);
    run->listen = (struct gs_listen){
        chain->listen_stage, chain->listen_stage, chain->listen_path, chain->listen_path, 1.0f, 1.0f,
        run->listen_fade
    };
    return run;
}

struct gs_readout *gs_run_readout(const struct gs_plan *plan)
{
    struct gs_readout_lane *lane = calloc(plan->n_lanes ? plan->n_lanes : 1, sizeof *lane);
    if (!lane) {
        return NULL;
    }
    for (size_t w = 0; w < plan->n_wires; w++) {
        for (unsigned c = 0; c < plan->wires[w].channels; c++) {
            lane[plan->wires[w].first_lane + c] = (struct gs_readout_lane){
                .domain = plan->wires[w].domain, .channel = c, .channels = plan->wires[w].channels
            };
        }
    }
    struct gs_readout *readout = gs_readout_create(lane, plan->n_lanes, &plan->alignment, plan->rate_hz);
    free(lane);
    return readout;
}

/* Wires are numbered by their stages, so a number means the same in the chain of today with other values. */
void gs_run_hand_over(const struct gs_plan *before, struct gs_readout *from, const struct gs_plan *plan,
                      struct gs_readout *to)
{
    for (size_t w = 0; w < before->n_wires && w < plan->n_wires; w++) {
        const struct gs_plan_wire *old = &before->wires[w], *new = &plan->wires[w];
        if (old->stage == new->stage && old->is_mix == new->is_mix) {
            gs_readout_hand_over(from, old->first_lane, to, new->first_lane);
        }
    }
}
