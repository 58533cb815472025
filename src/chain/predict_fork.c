/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where signals meet themselves. A wire with several listeners is a fork when two sends of one later bus
 * hear it; so are several sources that play one and the same sound. A fork is open at a stage as long as
 * that stage's output goes on to such a bus. */
#include "chain/predict_core.h"

#include <string.h>

bool gs_topology_has(const struct gs_stage_set *set, unsigned stage)
{
    return set->word[stage / 64] >> (stage % 64) & 1;
}

static void put(struct gs_stage_set *set, unsigned stage)
{
    set->word[stage / 64] |= (uint64_t)1 << (stage % 64);
}

static bool meets(const struct gs_stage_set *a, const struct gs_stage_set *b)
{
    uint64_t both = 0;
    for (size_t w = 0; w < sizeof a->word / sizeof *a->word; w++) {
        both |= a->word[w] & b->word[w];
    }
    return both;
}

static void find_behind(struct gs_topology *t, const struct gs_chain *chain)
{
    for (unsigned i = 0; i < chain->n_stages; i++) {
        put(&t->behind[i], i);
        for (size_t k = 0; k < chain->stages[i].n_sends; k++) {
            const struct gs_stage_set *from = &t->behind[chain->stages[i].sends[k].stage];
            for (size_t w = 0; w < sizeof from->word / sizeof *from->word; w++) {
                t->behind[i].word[w] |= from->word[w];
            }
        }
    }
}

/* Sends of a stage that hear one of the roots. */
static unsigned hearing(const struct gs_topology *t, const struct gs_chain_stage *stage,
                        const struct gs_stage_set *root)
{
    unsigned n = 0;
    for (size_t k = 0; k < stage->n_sends; k++) {
        n += meets(&t->behind[stage->sends[k].stage], root);
    }
    return n;
}

static void consider(struct gs_topology *t, const struct gs_chain *chain, const struct gs_stage_set *root)
{
    for (size_t i = 0; i < chain->n_stages && t->n_forks < GS_CHAIN_STAGES_MAX; i++) {
        if (hearing(t, &chain->stages[i], root) > 1) {
            t->root[t->n_forks++] = *root;
            return;
        }
    }
}

static unsigned listeners(const struct gs_chain *chain, unsigned stage)
{
    unsigned n = 0;
    for (size_t i = stage + 1; i < chain->n_stages; i++) {
        for (size_t k = 0; k < chain->stages[i].n_sends; k++) {
            n += chain->stages[i].sends[k].stage == stage;
        }
    }
    return n;
}

static const char *file_of(const struct gs_chain *chain, unsigned stage)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    int index = gs_stage_param_index(s->kind, "file");
    return s->n_sends || index < 0 ? NULL : s->text[index];
}

/* All sources of one file, asked at the first of them; empty when there is but one. */
static struct gs_stage_set same_file(const struct gs_chain *chain, unsigned first)
{
    struct gs_stage_set root = { { 0 } };
    const char *file = file_of(chain, first);
    unsigned n = 0;
    for (unsigned i = 0; file && i < chain->n_stages; i++) {
        const char *other = file_of(chain, i);
        if (other && strcmp(file, other) == 0) {
            put(&root, i);
            n += i >= first ? 1 : GS_CHAIN_STAGES_MAX + 1; /* not the first: seen already */
        }
    }
    return n > 1 && n <= GS_CHAIN_STAGES_MAX ? root : (struct gs_stage_set){ { 0 } };
}

void gs_topology_init(struct gs_topology *t, const struct gs_chain *chain)
{
    memset(t, 0, sizeof *t);
    find_behind(t, chain);
    for (unsigned i = 0; i < chain->n_stages; i++) {
        struct gs_stage_set root = same_file(chain, i);
        consider(t, chain, &root);
    }
    t->n_shared = t->n_forks;
    for (unsigned i = 0; i < chain->n_stages; i++) {
        struct gs_stage_set root = { { 0 } };
        put(&root, i);
        if (listeners(chain, i) > 1) {
            consider(t, chain, &root);
        }
    }
}

static int find(const struct gs_topology *t, size_t from, size_t to, unsigned stage)
{
    for (size_t f = from; f < to; f++) {
        if (gs_topology_has(&t->root[f], stage)) {
            return (int)f;
        }
    }
    return -1;
}

int gs_topology_fork(const struct gs_topology *t, unsigned stage)
{
    return find(t, t->n_shared, t->n_forks, stage);
}

int gs_topology_shared(const struct gs_topology *t, unsigned stage)
{
    return find(t, 0, t->n_shared, stage);
}

bool gs_topology_open(const struct gs_topology *t, const struct gs_chain *chain, size_t fork, unsigned stage)
{
    if (!meets(&t->behind[stage], &t->root[fork])) {
        return false;
    }
    for (size_t i = stage + 1; i < chain->n_stages; i++) {
        if (gs_topology_has(&t->behind[i], stage) && hearing(t, &chain->stages[i], &t->root[fork]) > 1) {
            return true;
        }
    }
    return false;
}
