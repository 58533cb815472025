/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding one's way in a loaded chain. See chain.h. */
#include "chain/chain.h"

#include "chain/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void finish_stage(struct gs_chain_stage *stage)
{
    free(stage->label);
    free(stage->model);
    free(stage->sends);
    for (size_t i = 0; i < GS_STAGE_PARAMS_MAX; i++) {
        free(stage->text[i]);
    }
}

void gs_chain_destroy(struct gs_chain *chain)
{
    if (!chain) {
        return;
    }
    for (size_t i = 0; i < chain->n_stages; i++) {
        finish_stage(&chain->stages[i]);
    }
    free(chain->stages);
    free(chain->name);
    free(chain->description);
    free(chain->path);
    free(chain->value);
    free(chain->given);
    free(chain->base);
    gs_document_destroy(chain->document);
    free(chain);
}

int gs_chain_find(const struct gs_chain *chain, const char *id)
{
    for (size_t i = 0; i < chain->n_stages; i++) {
        if (strcmp(chain->stages[i].id, id) == 0) {
            return (int)i;
        }
    }
    char *end;
    long number = id[0] >= '1' && id[0] <= '9' ? strtol(id, &end, 10) : 0;
    return number > 0 && !*end && (size_t)number <= chain->n_stages ? (int)number - 1 : -1;
}

const struct gs_param *gs_chain_slot_row(const struct gs_chain *chain, size_t slot)
{
    for (size_t i = 0; i < chain->n_stages; i++) {
        const struct gs_chain_stage *stage = &chain->stages[i];
        if (slot < stage->first_slot || slot >= stage->first_slot + stage->n_slots) {
            continue;
        }
        size_t row = slot - stage->first_slot, own = stage->kind->n_params + GS_COMMON_PARAMS;
        return row < own ? gs_stage_param(stage->kind, row) : &gs_stage_send[(row - own) % GS_SEND_PARAMS];
    }
    return NULL;
}

bool gs_chain_beside(const char *chain_path, const char *file, char *path, size_t size)
{
    const char *slash = chain_path && file[0] != '/' ? strrchr(chain_path, '/') : NULL;
    int folder = slash ? (int)(slash + 1 - chain_path) : 0;
    int length = snprintf(path, size, "%.*s%s", folder, folder ? chain_path : "", file);
    return length >= 0 && (size_t)length < size;
}
