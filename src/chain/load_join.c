/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Do neighbours join? Domains and channels of a stage follow from what it listens to; where a stage takes
 * volts and gets full scale, the complaint names the converter that belongs between. See load.h. */
#include "chain/load.h"

#include <stdio.h>
#include <string.h>

#define MASK(domain) (1u << (domain))

/* ---- what to put between ------------------------------------------------------------------------------- */

/* A kind that takes one domain and always gives another: a converter in the widest sense. */
static bool converts(const struct gs_stage_kind *kind, enum gs_domain from, unsigned *to)
{
    if (kind->domains_in != MASK(from) || kind->domain_out < 0 || kind->domain_out == (int)from) {
        return false;
    }
    *to = MASK(kind->domain_out);
    return true;
}

static const struct gs_stage_kind *converter(enum gs_domain from, unsigned wanted)
{
    unsigned to;
    for (size_t i = 0; gs_stage_kinds[i]; i++) {
        if (converts(gs_stage_kinds[i], from, &to) && (to & wanted)) {
            return gs_stage_kinds[i];
        }
    }
    return NULL;
}

/* "put an `adc` between them"; "put a `microphone` and an `adc` between them"; nothing when no two help. */
static void advise(enum gs_domain from, unsigned wanted, char *text, size_t size)
{
    const struct gs_stage_kind *one = converter(from, wanted), *two;
    *text = '\0';
    if (one) {
        snprintf(text, size, ": put %s `%s` between them", gs_load_article(one->key), one->key);
        return;
    }
    for (int via = 0; via < GS_DOMAIN_COUNT; via++) {
        one = converter(from, MASK(via));
        two = converter((enum gs_domain)via, wanted);
        if (one && two) {
            snprintf(text, size, ": put %s `%s` and %s `%s` between them", gs_load_article(one->key),
                     one->key, gs_load_article(two->key), two->key);
            return;
        }
    }
}

/* ---- domains ------------------------------------------------------------------------------------------- */

static void quantities(unsigned mask, char *text, size_t size)
{
    *text = '\0';
    for (int d = 0; d < GS_DOMAIN_COUNT; d++) {
        size_t length = strlen(text);
        if (mask & MASK(d)) {
            snprintf(text + length, size - length, "%s%s", length ? " or " : "",
                     gs_domain_quantity((enum gs_domain)d));
        }
    }
}

static bool refuse_join(struct gs_load *load, const struct gs_at *stage, size_t index, unsigned from)
{
    const struct gs_chain_stage *taker = &load->chain->stages[index], *giver = &load->chain->stages[from];
    char takes[64], advice[160];
    struct gs_at at = { .up = stage, .key = "from" };
    quantities(taker->kind->domains_in, takes, sizeof takes);
    advise(giver->domain_out, taker->kind->domains_in, advice, sizeof advice);
    gs_load_refuse(load, load->stage[index].from ? &at : stage, GS_E_DOMAIN,
                   "`%s` takes %s but `%s` gives %s%s", *taker->id ? taker->id : taker->kind->key, takes,
                   *giver->id ? giver->id : giver->kind->key, gs_domain_quantity(giver->domain_out), advice);
    return false;
}

static bool refuse_mixture(struct gs_load *load, const struct gs_at *stage, size_t index, unsigned other)
{
    const struct gs_chain_stage *taker = &load->chain->stages[index];
    const struct gs_chain_stage *one = &load->chain->stages[taker->sends[0].stage];
    const struct gs_chain_stage *two = &load->chain->stages[other];
    char advice[160];
    struct gs_at at = { .up = stage, .key = "from" };
    advise(two->domain_out, MASK(one->domain_out), advice, sizeof advice);
    char *between = strstr(advice, " between them");
    if (between) {
        snprintf(between, sizeof advice - (size_t)(between - advice), " behind `%s`", two->id);
    }
    gs_load_refuse(load, &at, GS_E_DOMAIN, "`%s` takes one unit but `%s` gives %s and `%s` gives %s%s",
                   *taker->id ? taker->id : taker->kind->key, one->id, gs_domain_quantity(one->domain_out),
                   two->id, gs_domain_quantity(two->domain_out), advice);
    return false;
}

static bool join_domains(struct gs_load *load, const struct gs_at *at, size_t index)
{
    struct gs_chain_stage *stage = &load->chain->stages[index];
    for (size_t i = 0; i < stage->n_sends; i++) {
        unsigned from = stage->sends[i].stage;
        enum gs_domain domain = load->chain->stages[from].domain_out;
        if (!(stage->kind->domains_in & MASK(domain))) {
            return refuse_join(load, at, index, from);
        }
        if (i && domain != stage->domain_in) {
            return refuse_mixture(load, at, index, from);
        }
        stage->domain_in = domain;
    }
    return true;
}

static enum gs_domain domain_out(const struct gs_chain *chain, const struct gs_chain_stage *stage)
{
    if (stage->kind->domain_out == GS_OUT_SAME) {
        return stage->domain_in;
    }
    if (stage->kind->domain_out == GS_OUT_BY_PARAM) {
        int row = gs_stage_param_index(stage->kind, "domain");
        return (enum gs_domain)chain->value[stage->first_slot + (size_t)row];
    }
    return (enum gs_domain)stage->kind->domain_out;
}

/* ---- channels ------------------------------------------------------------------------------------------ */

/* A sum is stereo when anything in it is, or is panned. */
static unsigned channels_in(const struct gs_chain *chain, const struct gs_chain_stage *stage)
{
    unsigned channels = 0;
    for (size_t i = 0; i < stage->n_sends; i++) {
        unsigned one =
            stage->sends[i].pan_given ? GS_CHANNELS : chain->stages[stage->sends[i].stage].channels_out;
        channels = one > channels ? one : channels;
    }
    return channels;
}

void gs_load_join(struct gs_load *load, const struct gs_at *at, size_t index)
{
    struct gs_chain_stage *stage = &load->chain->stages[index];
    for (size_t i = 0; i < stage->n_sends; i++) {
        if (!load->stage[stage->sends[i].stage].joined) {
            return; /* what is wrong there has been said */
        }
    }
    if (!join_domains(load, at, index)) {
        return;
    }
    const double *value = load->chain->value + stage->first_slot;
    stage->domain_out = domain_out(load->chain, stage);
    if (stage->kind->domains_in == 0) {
        stage->domain_in = stage->domain_out;
    }
    stage->channels_in = channels_in(load->chain, stage);
    stage->channels_out =
        stage->kind->channels ? stage->kind->channels(value, stage->channels_in) : stage->channels_in;
    load->stage[index].joined = true;
}
