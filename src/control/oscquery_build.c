/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See oscquery_build.h. The tree is built from rows as they come. */
#include "control/oscquery_build.h"

#include "control/oscquery_row.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

struct asking {
    struct gs_session *session;
    struct gs_asked *asked;
    size_t n_asked;
    cJSON *root;
    bool failed;
};

static cJSON *new_node(struct asking *asking, const char *path, size_t length)
{
    cJSON *node = cJSON_CreateObject();
    char full[GS_ADDRESS_SIZE];
    memcpy(full, path, length);
    full[length] = '\0';
    if (!node || !cJSON_AddStringToObject(node, "FULL_PATH", length ? full : "/")) {
        asking->failed = true;
    } else {
        gs_oscquery_stage(node, gs_session_chain(asking->session), full);
    }
    return node;
}

/* The node called `name` in a container, made when it is not there yet. */
static cJSON *child(struct asking *asking, cJSON *node, const char *path, size_t length, const char *name)
{
    cJSON *contents = cJSON_GetObjectItemCaseSensitive(node, "CONTENTS");
    if (!contents) {
        contents = cJSON_AddObjectToObject(node, "CONTENTS");
    }
    cJSON *found = cJSON_GetObjectItemCaseSensitive(contents, name);
    if (!found) {
        found = new_node(asking, path, length);
        if (!contents || !cJSON_AddItemToObject(contents, name, found)) {
            cJSON_Delete(found);
            asking->failed = true;
            return NULL;
        }
    }
    return found;
}

static cJSON *node_of(struct asking *asking, const char *address)
{
    cJSON *node = asking->root;
    const char *at = address;
    while (node && *at == '/' && at[1]) {
        char name[GS_ADDRESS_SIZE];
        size_t length = strcspn(++at, "/");
        memcpy(name, at, length);
        name[length] = '\0';
        at += length;
        node = child(asking, node, address, (size_t)(at - address), name);
    }
    return node;
}

/* Where a value will stand: what no JSON text has, with the number of its question. */
static bool mark_value(struct asking *asking, cJSON *node, const struct gs_address_row *row)
{
    char mark[32];
    if (!row->target || !(row->access & GS_ACCESS_READ)) {
        return true;
    }
    snprintf(mark, sizeof mark, "\1%zu\1", asking->n_asked++);
    return gs_asked_add(asking->asked, row) && cJSON_AddRawToObject(node, "VALUE", mark);
}

static void take_row(void *context, const struct gs_address_row *row)
{
    struct asking *asking = context;
    if (!row->access || asking->failed || strlen(row->address) >= GS_ADDRESS_SIZE) {
        return;
    }
    cJSON *node = node_of(asking, row->address);
    if (!node || !gs_oscquery_names(node, row) || !mark_value(asking, node, row)) {
        asking->failed = true;
        return;
    }
    gs_oscquery_limits(node, asking->session, row);
}

char *gs_oscquery_build(struct gs_session *session, struct gs_asked *asked)
{
    struct asking asking = { .session = session, .asked = asked };
    asking.root = new_node(&asking, "", 0);
    gs_session_describe(gs_session_chain(session), take_row, &asking);
    char *text = asking.failed ? NULL : cJSON_PrintUnformatted(asking.root);
    cJSON_Delete(asking.root);
    return text;
}
