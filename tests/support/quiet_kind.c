/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See quiet_kind.h. A kind's functions are not told which stage they work for, but the seed of its noise tells. */
#include "quiet_kind.h"

#include "chain/chain.h"
#include "chain/sounds.h"

#include <criterion/criterion.h>

#include <string.h>

static const struct gs_stage_kind *original[GS_CHAIN_STAGES_MAX];
static struct gs_stage_kind wrapped[GS_CHAIN_STAGES_MAX];
static uint64_t seed[GS_CHAIN_STAGES_MAX];
static size_t n_stages;
static int quiet = -1;

struct state {
    const struct gs_stage_kind *kind;
    char *first, *second; /* states of two of them; the second one for the quiet path */
    unsigned channels;
    bool quiet;
} __attribute__((aligned(64)));

static size_t stage_of(const struct gs_stage_setup *setup)
{
    for (size_t i = 0; i < n_stages; i++) {
        if (seed[i] == setup->seed) {
            return i;
        }
    }
    cr_assert_fail("no stage has this seed");
    return 0;
}

static size_t room(const struct gs_stage_kind *kind, const struct gs_stage_setup *setup)
{
    return (kind->size(setup) + 63) / 64 * 64;
}

static size_t size(const struct gs_stage_setup *setup)
{
    return sizeof(struct state) + 2 * room(original[stage_of(setup)], setup);
}

static void init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *s = memory;
    size_t stage = stage_of(setup);
    s->kind = original[stage];
    s->first = (char *)memory + sizeof *s;
    s->second = s->first + room(s->kind, setup);
    s->channels = setup->channels_out;
    s->quiet = (int)stage == quiet;
    s->kind->init(s->first, setup);
    s->kind->init(s->second, setup);
}

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    s->kind->process(s->first, io);
    if (!s->quiet) {
        return;
    }
    static float scratch[GS_PATHS][GS_CHANNELS][GS_CELL];
    struct gs_span in = { 0 }, out = { 0 };
    struct gs_stage_io again = *io;
    if (io->in) {
        in = *io->in;
        memcpy(in.ch[GS_IDEAL], in.ch[GS_REAL], sizeof in.ch[GS_IDEAL]);
        again.in = &in;
    }
    for (unsigned c = 0; c < s->channels; c++) {
        out.ch[GS_REAL][c] = scratch[GS_REAL][c];
        out.ch[GS_IDEAL][c] = scratch[GS_IDEAL][c];
    }
    again.out = &out;
    s->kind->process(s->second, &again);
    for (unsigned c = 0; c < s->channels; c++) {
        memcpy(io->out->ch[GS_REAL][c], scratch[GS_IDEAL][c], io->frames * sizeof(float));
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    size_t stage = stage_of(setup);
    original[stage]->levels(param, setup, probe, out);
    if ((int)stage == quiet) {
        out->noise_in = out->noise_out = out->step = out->step_noise = 0;
    }
}

static float reduction_db(const void *memory)
{
    const struct state *s = memory;
    return s->kind->reduction_db(s->first);
}

void quiet_wrap(struct gs_chain *chain)
{
    n_stages = chain->n_stages;
    quiet = -1;
    for (size_t i = 0; i < n_stages; i++) {
        struct gs_chain_stage *stage = &chain->stages[i];
        original[i] = stage->kind;
        seed[i] = gs_sounds_seed(stage->id);
        wrapped[i] = *stage->kind;
        wrapped[i].size = size;
        wrapped[i].init = init;
        wrapped[i].process = process;
        wrapped[i].levels = levels;
        wrapped[i].reduction_db = stage->kind->reduction_db ? reduction_db : NULL;
        stage->kind = &wrapped[i];
    }
}

void quiet_stage(int stage)
{
    quiet = stage;
}
