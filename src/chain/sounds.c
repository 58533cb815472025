/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See sounds.h. */
#include "chain/sounds.h"

#include "chain/take.h"

#include <stdlib.h>
#include <string.h>

uint64_t gs_sounds_seed(const char *id)
{
    uint64_t hash = 0xCBF29CE484222325u; /* FNV-1a */
    for (; *id; id++) {
        hash = (hash ^ (unsigned char)*id) * 0x100000001B3u;
    }
    return hash;
}

bool gs_sounds_signal_is(const struct gs_chain *chain, size_t stage, const char *word)
{
    int index = gs_stage_param_index(chain->stages[stage].kind, "signal");
    if (index < 0) {
        return false;
    }
    const struct gs_param *row = gs_stage_param(chain->stages[stage].kind, (size_t)index);
    return gs_param_choice(row, word) == (int)chain->value[gs_chain_slot(chain, stage, (size_t)index)];
}

/* What may be shared: takes of the chain before, and those of this chain that are made already. */
struct stock {
    const struct gs_take *known, *made;
    size_t n_known, n_made;
};

static bool share(const struct stock *stock, struct gs_take *take, const struct gs_take_origin *origin)
{
    for (size_t i = 0; i < stock->n_made; i++) {
        if (gs_take_share(take, &stock->made[i], origin)) {
            return true;
        }
    }
    for (size_t i = 0; i < stock->n_known; i++) {
        if (gs_take_share(take, &stock->known[i], origin)) {
            return true;
        }
    }
    return false;
}

static enum gs_status read_file(const struct gs_chain *chain, size_t stage, const struct stock *stock,
                                struct gs_take *take, double rate_hz, struct gs_error *error)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    int index = gs_stage_param_index(s->kind, "file");
    const char *file = index < 0 ? NULL : s->text[index];
    if (!file) {
        return gs_fail(error, GS_E_MISSING, "", "signal \"file\" without a \"file\"");
    }
    char *path = gs_take_path(chain->path, file);
    if (!path) {
        return gs_fail(error, GS_E_MEMORY, file, "no memory");
    }
    struct gs_take_origin origin;
    bool there = gs_take_file_origin(&origin, path, rate_hz, s->channels_out);
    enum gs_status status = there && share(stock, take, &origin)
                                ? GS_OK
                                : gs_take_read(take, path, rate_hz, s->channels_out, error);
    free(path);
    return status;
}

static enum gs_status make_noise(const struct gs_chain_stage *s, enum gs_noise_colour colour,
                                 const struct stock *stock, struct gs_take *take, double rate_hz,
                                 struct gs_error *error)
{
    uint64_t seed = gs_sounds_seed(s->id);
    struct gs_take_origin origin = gs_take_noise_origin(colour, rate_hz, s->channels_out, seed);
    return share(stock, take, &origin) ? GS_OK
                                       : gs_take_noise(take, colour, rate_hz, s->channels_out, seed, error);
}

static enum gs_status make(const struct gs_chain *chain, size_t i, const struct stock *stock,
                           struct gs_take *take, double rate_hz, struct gs_error *error)
{
    if (gs_sounds_signal_is(chain, i, "file")) {
        return read_file(chain, i, stock, take, rate_hz, error);
    }
    bool pink = gs_sounds_signal_is(chain, i, "pink");
    if (pink || gs_sounds_signal_is(chain, i, "white")) {
        return make_noise(&chain->stages[i], pink ? GS_PINK : GS_WHITE, stock, take, rate_hz, error);
    }
    return GS_OK;
}

enum gs_status gs_sounds_make(const struct gs_chain *chain, double rate_hz, const struct gs_take *known,
                              size_t n_known, struct gs_take *takes, struct gs_errors *errors)
{
    enum gs_status result = GS_OK;
    for (size_t i = 0; i < chain->n_stages; i++) {
        struct gs_error error;
        struct stock stock = { known, takes, n_known, i };
        enum gs_status status = make(chain, i, &stock, &takes[i], rate_hz, &error);
        if (status) {
            gs_errors_add(errors, status, error.where, "stage '%s': %s", chain->stages[i].id, error.text);
            result = result ? result : status;
        }
    }
    return result;
}
