/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nearest address that exists, found part by part: a wrong verb, a wrong stage or a wrong leaf is
 * compared with its neighbours only, so that "/stage/pre/gian" never becomes a verb and 256 stages cost no
 * more than one. */
#include "session/state.h"

#include "base/nearest.h"

#include <stdio.h>
#include <string.h>

/* gs_nearest keeps what it is offered by reference; leaves are spelled in a buffer that is used again. */
struct search {
    struct gs_nearest nearest;
    char best[GS_ADDRESS_SIZE];
};

static void offer(struct search *search, const char *word)
{
    gs_nearest_offer(&search->nearest, word);
    if (search->nearest.best == word) {
        snprintf(search->best, sizeof search->best, "%s", word);
        search->nearest.best = search->best;
    }
}

static void offer_row(struct search *search, const char *prefix, const struct gs_param *row, const char *name)
{
    for (unsigned a = 0; a < (row->type == GS_TEXT ? 1 : GS_ASPECTS); a++) {
        char path[GS_ADDRESS_SIZE];
        snprintf(path, sizeof path, "%s%s%s", prefix, name, gs_aspect_suffix[a]);
        offer(search, path);
    }
}

static void offer_rows(struct search *search, const char *prefix, const struct gs_param *row)
{
    offer_row(search, prefix, row, row->key);
    if (row->flags & GS_PARAM_GAIN) {
        offer_row(search, prefix, row, "gain");
        char path[GS_ADDRESS_SIZE];
        snprintf(path, sizeof path, "%sfader", prefix);
        offer(search, path);
    }
}

static void offer_leaves(struct search *search, const struct gs_chain *chain, unsigned stage)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    for (const struct gs_face *face = gs_faces; face->path; face++) {
        offer(search, face->path);
    }
    for (size_t i = 0; i < s->kind->n_params + GS_COMMON_PARAMS; i++) {
        offer_rows(search, "", gs_stage_param(s->kind, i));
    }
    for (size_t i = 0; (s->kind->flags & GS_STAGE_SUMS) && i < s->n_sends; i++) {
        char prefix[GS_CHAIN_ID_SIZE + 8];
        snprintf(prefix, sizeof prefix, "from/%s/", chain->stages[s->sends[i].stage].id);
        for (size_t j = 0; j < GS_SEND_PARAMS; j++) {
            offer_rows(search, prefix, &gs_stage_send[j]);
        }
    }
}

static void nearest_leaf(const struct gs_chain *chain, unsigned stage, const char *prefix, const char *leaf,
                         char *nearest, size_t size)
{
    struct search search = { .nearest = gs_nearest_start(leaf) };
    offer_leaves(&search, chain, stage);
    if (search.nearest.best) {
        snprintf(nearest, size, "%s/%s", prefix, search.nearest.best);
    }
}

static void nearest_stage(const struct gs_chain *chain, const char *id, const char *rest, char *nearest,
                          size_t size)
{
    struct gs_nearest search = gs_nearest_start(id);
    for (size_t i = 0; i < chain->n_stages; i++) {
        gs_nearest_offer(&search, chain->stages[i].id);
    }
    if (search.best) {
        snprintf(nearest, size, "/stage/%s%s", search.best, rest);
    }
}

static void nearest_verb(const char *address, const char *first, const char *rest, char *nearest, size_t size)
{
    struct gs_nearest search = gs_nearest_start(address);
    for (const struct gs_verb *verb = gs_verbs; verb->address; verb++) {
        if (!(verb->flags & GS_VERB_QUIET)) {
            gs_nearest_offer(&search, verb->address);
        }
    }
    struct gs_nearest root = gs_nearest_start(first);
    gs_nearest_offer(&root, "stage");
    gs_nearest_offer(&root, "master");
    if (root.best && *rest && (!search.best || root.best_cost <= search.best_cost)) {
        snprintf(nearest, size, "/%s%s", root.best, rest);
    } else if (search.best) {
        snprintf(nearest, size, "%s", search.best);
    }
}

void gs_tree_nearest(const struct gs_session *session, const char *address, char *nearest, size_t size)
{
    char first[GS_ADDRESS_SIZE], second[GS_ADDRESS_SIZE], prefix[2 * GS_ADDRESS_SIZE];
    nearest[0] = '\0';
    if (address[0] != '/') {
        return;
    }
    size_t n_first = strcspn(address + 1, "/");
    const char *rest = address + 1 + n_first;
    snprintf(first, sizeof first, "%.*s", (int)n_first, address + 1);
    const struct gs_chain *chain = session->chain;
    if (chain && strcmp(first, "master") == 0 && *rest) {
        nearest_leaf(chain, gs_tree_master(chain), "/master", rest + 1, nearest, size);
        return;
    }
    if (!chain || strcmp(first, "stage") != 0 || !*rest) {
        nearest_verb(address, first, rest, nearest, size);
        return;
    }
    size_t n_second = strcspn(rest + 1, "/");
    snprintf(second, sizeof second, "%.*s", (int)n_second, rest + 1);
    rest += 1 + n_second;
    int stage = gs_chain_find(chain, second);
    if (stage < 0) {
        nearest_stage(chain, second, rest, nearest, size);
    } else if (*rest) {
        snprintf(prefix, sizeof prefix, "/stage/%s", second);
        nearest_leaf(chain, (unsigned)stage, prefix, rest + 1, nearest, size);
    }
}
