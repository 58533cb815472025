/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From an address to what it means. The tree is never built: verbs, faces and parameter rows are walked part
 * by part, with patterns where the address has them. */
#include "session/state.h"

#include "base/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 8
#define PART_SIZE 64

const char *const gs_aspect_suffix[GS_ASPECTS] = {
    [GS_ASPECT_VALUE] = "", [GS_ASPECT_WAY] = "/fader", [GS_ASPECT_TEXT] = "/text", [GS_ASPECT_STEP] = "/step"
};

struct walk {
    struct gs_session *session;
    bool prefer_ids;
    void (*visit)(void *context, const struct gs_target *target);
    void *context;
    char text[GS_ADDRESS_SIZE];
    struct gs_pattern part[PARTS_MAX];
    unsigned n_parts;
    unsigned found;
};

static bool split(struct walk *walk, const char *address)
{
    size_t length = strlen(address);
    if (address[0] != '/' || length < 2 || length >= sizeof walk->text || address[length - 1] == '/') {
        return false;
    }
    memcpy(walk->text, address, length + 1);
    char *rest = walk->text + 1;
    while (rest) {
        char *slash = strchr(rest, '/');
        if (slash) {
            *slash++ = '\0';
        }
        if (!*rest || walk->n_parts == PARTS_MAX || !gs_pattern_compile(&walk->part[walk->n_parts], rest)) {
            return false;
        }
        walk->n_parts++;
        rest = slash;
    }
    return true;
}

/* Whether the parts from `first` on are those of `path`; with `open`, further parts may follow. */
static bool match_path(struct walk *walk, unsigned first, const char *path, bool open)
{
    unsigned at = first;
    for (;; at++) {
        size_t length = strcspn(path, "/");
        if (at == walk->n_parts || length >= PART_SIZE) {
            return false;
        }
        const struct gs_pattern *part = &walk->part[at];
        if (part->literal) {
            if (strncmp(part->text, path, length) != 0 || part->text[length]) {
                return false;
            }
        } else {
            char name[PART_SIZE];
            memcpy(name, path, length);
            name[length] = '\0';
            if (!gs_pattern_match(part, name, &walk->session->steps)) {
                return false;
            }
        }
        if (!path[length]) {
            break;
        }
        path += length + 1;
    }
    return open || at + 1 == walk->n_parts;
}

static void found(struct walk *walk, const struct gs_target *target)
{
    if (walk->session->visits == 0) {
        walk->session->steps = 0;
        return;
    }
    walk->session->visits--;
    walk->found++;
    walk->visit(walk->context, target);
}

static unsigned count_parts(const char *address)
{
    unsigned parts = 0;
    for (; *address; address++) {
        parts += *address == '/';
    }
    return parts;
}

/* Verbs want their plain address: a pattern that happens to match "/panic" must not run it. */
static void walk_verbs(struct walk *walk)
{
    for (unsigned i = 0; i < walk->n_parts; i++) {
        if (!walk->part[i].literal) {
            return;
        }
    }
    for (const struct gs_verb *verb = gs_verbs; verb->address; verb++) {
        if (!match_path(walk, 0, verb->address + 1, verb->flags & GS_VERB_INLINE)) {
            continue;
        }
        unsigned parts = count_parts(verb->address);
        if (walk->n_parts > parts + 1) {
            continue;
        }
        struct gs_target target = { .verb = verb, .text = -1 };
        target.rest = walk->n_parts > parts ? walk->part[parts].text : NULL;
        snprintf(target.address, sizeof target.address, "%s", verb->address);
        found(walk, &target);
        return;
    }
}

/* Writes "prefix/name/suffix" as the target's address; what does not fit does not exist. */
static bool name_target(struct gs_target *target, const char *prefix, const char *name, const char *suffix)
{
    int length = snprintf(target->address, sizeof target->address, "%s/%s%s", prefix, name, suffix);
    return length > 0 && (size_t)length < sizeof target->address;
}

static void walk_aspects(struct walk *walk, unsigned first, const char *prefix, const char *name,
                         struct gs_target *target)
{
    if (!match_path(walk, first, name, true)) {
        return;
    }
    for (unsigned a = 0; a < GS_ASPECTS; a++) {
        if (target->text >= 0 && a != GS_ASPECT_VALUE) {
            break;
        }
        char path[2 * PART_SIZE];
        snprintf(path, sizeof path, "%s%s", name, gs_aspect_suffix[a]);
        if (match_path(walk, first, path, false) && name_target(target, prefix, path, "")) {
            target->aspect = (enum gs_aspect)a;
            found(walk, target);
        }
    }
}

static void walk_row(struct walk *walk, unsigned first, const char *prefix, struct gs_target *target)
{
    walk_aspects(walk, first, prefix, target->row->key, target);
    if (!(target->row->flags & GS_PARAM_GAIN)) {
        return;
    }
    if (strcmp(target->row->key, "gain") != 0) {
        walk_aspects(walk, first, prefix, "gain", target);
    }
    if (match_path(walk, first, "fader", false) && name_target(target, prefix, "fader", "")) {
        target->aspect = GS_ASPECT_WAY;
        found(walk, target);
    }
}

static void walk_send(struct walk *walk, unsigned stage, size_t send, unsigned first, const char *prefix,
                      const char *name)
{
    const struct gs_chain *chain = walk->session->chain;
    char inner[GS_ADDRESS_SIZE];
    int length = snprintf(inner, sizeof inner, "%s/from/%s", prefix, name);
    if (length < 0 || (size_t)length >= sizeof inner) {
        return;
    }
    for (size_t i = 0; i < GS_SEND_PARAMS; i++) {
        struct gs_target target = { .row = &gs_stage_send[i],
                                    .stage = stage,
                                    .slot = gs_chain_send_slot(chain, stage, send, i),
                                    .text = -1 };
        walk_row(walk, first, inner, &target);
    }
}

/* /stage/<bus>/from/<id or 1-based position>/... */
static void walk_sends(struct walk *walk, unsigned stage, unsigned first, const char *prefix)
{
    const struct gs_chain *chain = walk->session->chain;
    const struct gs_chain_stage *s = &chain->stages[stage];
    if (!(s->kind->flags & GS_STAGE_SUMS) || !match_path(walk, first, "from", true) ||
        walk->n_parts < first + 3) {
        return;
    }
    for (size_t i = 0; i < s->n_sends; i++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", i + 1);
        const char *id = chain->stages[s->sends[i].stage].id;
        bool by_number = gs_pattern_match(&walk->part[first + 1], number, &walk->session->steps);
        bool by_id = gs_pattern_match(&walk->part[first + 1], id, &walk->session->steps);
        if (by_number || by_id) {
            walk_send(walk, stage, i, first + 2, prefix,
                      by_id && (walk->prefer_ids || !by_number) ? id : number);
        }
    }
}

struct reading_walk {
    struct walk *walk;
    unsigned stage, first;
    const char *prefix;
};

static bool offer_reading(void *context, const char *path, const struct gs_target *offered)
{
    struct reading_walk *at = context;
    struct gs_target target = *offered;
    target.stage = at->stage;
    if (match_path(at->walk, at->first, path, false) && name_target(&target, at->prefix, path, "")) {
        found(at->walk, &target);
    }
    return at->walk->session->steps > 0;
}

/* /stage/<id>/meter/<in|out>/<reading>[/<channel>] */
static void walk_readings(struct walk *walk, unsigned stage, unsigned first, const char *prefix)
{
    struct reading_walk at = { walk, stage, first, prefix };
    if (walk->n_parts >= first + 3 && match_path(walk, first, "meter", true)) {
        gs_readings_each(offer_reading, &at);
    }
}

static void walk_stage(struct walk *walk, unsigned stage, unsigned first, const char *prefix)
{
    const struct gs_chain_stage *s = &walk->session->chain->stages[stage];
    for (const struct gs_face *face = gs_faces; face->path; face++) {
        struct gs_target target = { .face = face, .stage = stage, .text = -1 };
        if (match_path(walk, first, face->path, false) && name_target(&target, prefix, face->path, "")) {
            found(walk, &target);
        }
    }
    walk_readings(walk, stage, first, prefix);
    for (size_t i = 0; i < s->kind->n_params + GS_COMMON_PARAMS; i++) {
        const struct gs_param *row = gs_stage_param(s->kind, i);
        struct gs_target target = {
            .row = row, .stage = stage, .slot = s->first_slot + i, .text = row->type == GS_TEXT ? (int)i : -1
        };
        walk_row(walk, first, prefix, &target);
    }
    walk_sends(walk, stage, first, prefix);
}

static void walk_stages(struct walk *walk)
{
    const struct gs_chain *chain = walk->session->chain;
    const struct gs_pattern *which = &walk->part[1];
    char prefix[GS_ADDRESS_SIZE];
    if (which->literal) {
        int stage = gs_chain_find(chain, which->text);
        if (stage >= 0 && snprintf(prefix, sizeof prefix, "/stage/%s", which->text) < (int)sizeof prefix) {
            walk_stage(walk, (unsigned)stage, 2, prefix);
        }
        return;
    }
    for (size_t i = 0; i < chain->n_stages && walk->session->steps > 0; i++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", i + 1);
        bool by_number = gs_pattern_match(which, number, &walk->session->steps);
        bool by_id = gs_pattern_match(which, chain->stages[i].id, &walk->session->steps);
        if (by_number || by_id) {
            snprintf(prefix, sizeof prefix, "/stage/%s",
                     by_id && (walk->prefer_ids || !by_number) ? chain->stages[i].id : number);
            walk_stage(walk, (unsigned)i, 2, prefix);
        }
    }
}

unsigned gs_tree_master(const struct gs_chain *chain)
{
    for (size_t i = 0; i < chain->n_stages; i++) {
        if (chain->stages[i].kind->flags & GS_STAGE_MASTER) {
            return (unsigned)i;
        }
    }
    return (unsigned)chain->n_stages - 1;
}

enum gs_resolve gs_tree_each(struct gs_session *session, const char *address, bool prefer_ids,
                             void (*visit)(void *context, const struct gs_target *target), void *context)
{
    struct walk walk;
    walk.session = session;
    walk.prefer_ids = prefer_ids;
    walk.visit = visit;
    walk.context = context;
    walk.n_parts = walk.found = 0;
    if (!split(&walk, address)) {
        return GS_RESOLVE_BAD;
    }
    walk_verbs(&walk);
    if (!walk.found && session->chain && session->chain->n_stages) {
        if (walk.n_parts >= 3 && match_path(&walk, 0, "stage", true)) {
            walk_stages(&walk);
        }
        /* A pattern means the stages themselves: /master would be the last one a second time. */
        if (walk.n_parts >= 2 && walk.part[0].literal && match_path(&walk, 0, "master", true)) {
            walk_stage(&walk, gs_tree_master(session->chain), 1, "/master");
        }
    }
    if (session->steps == 0) {
        return GS_RESOLVE_COSTLY;
    }
    return walk.found ? GS_RESOLVED : GS_RESOLVE_NOTHING;
}
