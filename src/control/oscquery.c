/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See oscquery.h. The tree is built from rows as they come; only what lies at or below the path that was asked for
 * is built. */
#include "control/oscquery.h"

#include "config.h"
#include "control/oscquery_row.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

struct asking {
    struct gs_session *session;
    const char *path; /* without a slash at its end; "" is the root */
    size_t length;
    cJSON *root;
    bool found, failed;
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

/* The node of an address at or below the path. */
static cJSON *node_of(struct asking *asking, const char *address)
{
    cJSON *node = asking->root;
    const char *at = address + asking->length;
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

static void take_row(void *context, const struct gs_address_row *row)
{
    struct asking *asking = context;
    if (!row->access || asking->failed || strlen(row->address) >= GS_ADDRESS_SIZE ||
        strncmp(row->address, asking->path, asking->length) != 0) {
        return;
    }
    char next = row->address[asking->length];
    if (next != '/' && next != '\0') {
        return;
    }
    asking->found = true;
    cJSON *node = node_of(asking, row->address);
    if (node && !gs_oscquery_row(node, asking->session, row)) {
        asking->failed = true;
    }
}

static cJSON *build(struct gs_session *session, const char *path, int *status)
{
    struct asking asking = { .session = session, .path = path, .length = strlen(path) };
    if (asking.length && path[asking.length - 1] == '/') {
        asking.length--;
    }
    if (path[0] != '/' || asking.length >= GS_ADDRESS_SIZE) {
        *status = 404;
        return NULL;
    }
    asking.root = new_node(&asking, path, asking.length);
    gs_session_describe(gs_session_chain(session), take_row, &asking);
    *status = asking.failed ? 500 : asking.found ? 200 : 404;
    if (*status != 200) {
        cJSON_Delete(asking.root);
        return NULL;
    }
    return asking.root;
}

static char *print(const cJSON *json, int *status)
{
    char *text = cJSON_PrintUnformatted(json);
    *status = text ? 200 : 500;
    return text;
}

static char *one_attribute(cJSON *node, const char *attribute, int *status)
{
    cJSON *value = cJSON_DetachItemFromObjectCaseSensitive(node, attribute);
    if (!value) {
        *status = gs_oscquery_is_attribute(attribute) ? 204 : 400;
        return NULL;
    }
    cJSON *answer = cJSON_CreateObject();
    if (!answer || !cJSON_AddItemToObject(answer, attribute, value)) {
        cJSON_Delete(value);
    }
    char *text = print(answer, status);
    cJSON_Delete(answer);
    return text;
}

char *gs_oscquery_node(struct gs_session *session, const char *path, const char *attribute, int *status)
{
    cJSON *node = build(session, path, status);
    if (!node) {
        return NULL;
    }
    char *text = attribute ? one_attribute(node, attribute, status) : print(node, status);
    cJSON_Delete(node);
    return text;
}

static const struct {
    const char *name;
    bool has;
} extensions[] = {
    { "ACCESS", true },        { "VALUE", true },          { "RANGE", true },        { "DESCRIPTION", true },
    { "TAGS", true },          { "EXTENDED_TYPE", false }, { "UNIT", true },         { "CLIPMODE", true },
    { "CRITICAL", false },     { "OVERLOADS", false },     { "HTML", false },        { "LISTEN", true },
    { "PATH_CHANGED", true },  { "PATH_ADDED", true },     { "PATH_REMOVED", true }, { "PATH_RENAMED", true },
    { "OSC_STREAMING", true },
};

char *gs_oscquery_host_info(const struct gs_oscquery_host *host)
{
    cJSON *json = cJSON_CreateObject();
    int status;
    cJSON_AddStringToObject(json, "NAME", host->name);
    cJSON *list = cJSON_AddObjectToObject(json, "EXTENSIONS");
    for (size_t i = 0; list && i < sizeof extensions / sizeof *extensions; i++) {
        cJSON_AddBoolToObject(list, extensions[i].name, extensions[i].has);
    }
    cJSON_AddNumberToObject(json, "OSC_PORT", host->osc_port);
    cJSON_AddStringToObject(json, "OSC_TRANSPORT", "UDP");
    cJSON_AddStringToObject(json, "SOFTWARE", PACKAGE_NAME " " PACKAGE_VERSION);
    cJSON_AddBoolToObject(json, "WANTS_PIN", host->wants_pin);
    char *text = json ? print(json, &status) : NULL;
    cJSON_Delete(json);
    return text;
}
