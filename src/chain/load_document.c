/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Life and death of what a chain remembers of its file. See load.h. */
#include "chain/load.h"

#include <stdlib.h>
#include <string.h>

struct gs_document *gs_document_create(cJSON *root)
{
    struct gs_document *document = calloc(1, sizeof *document);
    if (!document) {
        cJSON_Delete(root);
        return NULL;
    }
    document->root = root;
    return document;
}

void gs_document_destroy(struct gs_document *document)
{
    if (document) {
        cJSON_Delete(document->root);
        free(document->loaded);
        free(document);
    }
}

char *gs_chain_default_name(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *base = slash ? slash + 1 : path;
    if (!base || !*base) {
        return strdup("chain");
    }
    size_t length = strlen(base);
    const char *ending = strrchr(base, '.');
    return strndup(base, ending && ending != base && strcmp(ending, ".json") == 0 ? (size_t)(ending - base)
                                                                                  : length);
}
