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

static enum gs_status read_file(const struct gs_chain *chain, size_t stage, struct gs_take *take,
                                double rate_hz, struct gs_error *error)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    int index = gs_stage_param_index(s->kind, "file");
    const char *file = index < 0 ? NULL : s->text[index];
    if (!file) {
        return gs_fail(error, GS_E_MISSING, "", "signal \"file\" without a \"file\"");
    }
    char *path = gs_take_path(chain->path, file);
    enum gs_status status = path ? gs_take_read(take, path, rate_hz, s->channels_out, error)
                                 : gs_fail(error, GS_E_MEMORY, file, "no memory");
    free(path);
    return status;
}

static enum gs_status make(const struct gs_chain *chain, size_t i, struct gs_take *take, double rate_hz,
                           struct gs_error *error)
{
    if (gs_sounds_signal_is(chain, i, "file")) {
        return read_file(chain, i, take, rate_hz, error);
    }
    bool pink = gs_sounds_signal_is(chain, i, "pink");
    if (pink || gs_sounds_signal_is(chain, i, "white")) {
        const struct gs_chain_stage *s = &chain->stages[i];
        return gs_take_noise(take, pink ? GS_PINK : GS_WHITE, rate_hz, s->channels_out, gs_sounds_seed(s->id),
                             error);
    }
    return GS_OK;
}

enum gs_status gs_sounds_make(const struct gs_chain *chain, double rate_hz, struct gs_take *takes,
                              struct gs_errors *errors)
{
    enum gs_status result = GS_OK;
    for (size_t i = 0; i < chain->n_stages; i++) {
        struct gs_error error;
        enum gs_status status = make(chain, i, &takes[i], rate_hz, &error);
        if (status) {
            gs_errors_add(errors, status, error.where, "stage '%s': %s", chain->stages[i].id, error.text);
            result = result ? result : status;
        }
    }
    return result;
}
