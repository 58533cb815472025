/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See oscquery.h. A chain's tree is kept as text with a gap where each value stands, and a list of where its nodes
 * begin and end: an answer is a piece of that text with the values of now. */
#include "control/oscquery.h"

#include "config.h"
#include "control/loop.h"
#include "control/oscquery_build.h"
#include "control/oscquery_row.h"
#include "control/oscquery_text.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#define NODE_BEGIN  "{\"FULL_PATH\":\""
#define VALUE_BEGIN ",\"VALUE\":"
#define DEPTH_MAX   32
#define KEEP_NS     UINT64_C(10000000000) /* then data sheets that have come to a folder are seen */

struct node {
    size_t begin, end; /* in the text */
    size_t gap;        /* the first one behind its beginning */
};

struct gap {
    size_t at, question;
};

struct gs_oscquery {
    struct gs_session *session;
    unsigned chain; /* whose tree it is: gs_session_chains() */
    uint64_t built_ns;
    char *text; /* NULL: not built yet */
    struct gs_asked *asked;
    struct node *node; /* by path */
    struct gap *gap;   /* by place */
    size_t n_nodes, n_gaps;
};

/* ---- what is kept ---- */

static void forget(struct gs_oscquery *query)
{
    free(query->text);
    free(query->node);
    free(query->gap);
    gs_asked_destroy(query->asked);
    *query = (struct gs_oscquery){ .session = query->session };
}

/* The path of a node, which has no letter that JSON would write otherwise, up to its quote. */
static const char *path_at(const char *text, const struct node *node)
{
    return text + node->begin + strlen(NODE_BEGIN);
}

static int compare_paths(const char *a, const char *b, size_t length_b)
{
    size_t length_a = strcspn(a, "\"");
    int order = memcmp(a, b, length_a < length_b ? length_a : length_b);
    return order ? order : (length_a > length_b) - (length_a < length_b);
}

static int by_path(const void *a, const void *b, void *text)
{
    const char *path = path_at(text, b);
    return compare_paths(path_at(text, a), path, strcspn(path, "\""));
}

static size_t count(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word)) {
        n++;
    }
    return n;
}

/* Behind the string that begins at `at`. */
static const char *behind_string(const char *at)
{
    for (at++; *at != '"'; at++) {
        at += *at == '\\';
    }
    return at + 1;
}

/* Takes the values' places out of the text, and notes them and the nodes. */
static bool take_apart(struct gs_oscquery *query)
{
    char *to = query->text;
    size_t open[DEPTH_MAX], depth = 0;
    for (const char *at = query->text; *at;) {
        const char *end = at + 1;
        if (*at == '{') {
            bool is_node = strncmp(at, NODE_BEGIN, strlen(NODE_BEGIN)) == 0;
            if (depth == DEPTH_MAX) {
                return false;
            }
            open[depth++] = is_node ? query->n_nodes : SIZE_MAX;
            if (is_node) {
                query->node[query->n_nodes++] =
                    (struct node){ .begin = (size_t)(to - query->text), .gap = query->n_gaps };
            }
        } else if (*at == '}' && depth && open[--depth] != SIZE_MAX) {
            query->node[open[depth]].end = (size_t)(to - query->text) + 1;
        } else if (*at == '"') {
            end = behind_string(at);
        } else if (*at == '\1') {
            char *rest;
            to -= strlen(VALUE_BEGIN);
            query->gap[query->n_gaps++] =
                (struct gap){ (size_t)(to - query->text), strtoul(at + 1, &rest, 10) };
            at = rest + 1;
            continue;
        }
        memmove(to, at, (size_t)(end - at));
        to += end - at;
        at = end;
    }
    *to = '\0';
    return true;
}

/* The tree of today's chain. False: no memory. */
static bool keep(struct gs_oscquery *query)
{
    unsigned chain = gs_session_chains(query->session);
    uint64_t now_ns = gs_loop_now();
    if (query->text && query->chain == chain && now_ns - query->built_ns < KEEP_NS) {
        return true;
    }
    forget(query);
    query->chain = chain;
    query->built_ns = now_ns;
    query->asked = gs_asked_create();
    query->text = query->asked ? gs_oscquery_build(query->session, query->asked) : NULL;
    if (query->text) {
        query->node = calloc(count(query->text, NODE_BEGIN), sizeof *query->node);
        query->gap = calloc(count(query->text, "\1") / 2 + 1, sizeof *query->gap);
    }
    if (!query->node || !query->gap || !take_apart(query)) {
        forget(query);
        return false;
    }
    qsort_r(query->node, query->n_nodes, sizeof *query->node, by_path, query->text);
    return true;
}

/* ---- answers ---- */

static const struct node *find(const struct gs_oscquery *query, const char *path)
{
    size_t length = strlen(path), low = 0, high = query->n_nodes;
    if (length > 1 && path[length - 1] == '/') {
        length--;
        if (length == 1) {
            return NULL;
        }
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct node *node = &query->node[middle];
        int order = compare_paths(path_at(query->text, node), path, length);
        if (!order) {
            return node;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

static void put_value(struct gs_oscquery *query, struct gs_oscquery_text *text, const struct gap *gap)
{
    struct gs_atom atoms[GS_ATOMS_MAX];
    char words[GS_READ_TEXT_SIZE];
    size_t n = gs_asked_read(query->asked, gap->question, query->session, atoms, words);
    if (n) {
        gs_oscquery_put(text, VALUE_BEGIN, strlen(VALUE_BEGIN));
        gs_oscquery_put_atoms(text, atoms, n);
    }
}

static void put_node(struct gs_oscquery *query, struct gs_oscquery_text *text, const struct node *node)
{
    size_t at = node->begin;
    for (size_t i = node->gap; i < query->n_gaps && query->gap[i].at < node->end; i++) {
        gs_oscquery_put(text, query->text + at, query->gap[i].at - at);
        put_value(query, text, &query->gap[i]);
        at = query->gap[i].at;
    }
    gs_oscquery_put(text, query->text + at, node->end - at);
}

/* Behind the value that begins at `at`. */
static const char *behind_value(const char *at)
{
    unsigned depth = 0;
    for (;;) {
        if (!depth && (*at == ',' || *at == '}')) {
            return at;
        }
        depth += *at == '{' || *at == '[';
        depth -= *at == '}' || *at == ']';
        at = *at == '"' ? behind_string(at) : at + 1;
    }
}

/* Leaves of a node's text one of its own attributes alone. */
static bool leave_attribute(struct gs_oscquery_text *text, const char *attribute)
{
    size_t length = strlen(attribute);
    for (const char *at = text->bytes; *at != '}';) {
        const char *name = at + 1, *value = behind_string(name) + 1, *end = behind_value(value);
        if (strncmp(name + 1, attribute, length) == 0 && name[1 + length] == '"') {
            size_t size = (size_t)(end - name);
            memmove(text->bytes + 1, name, size);
            memcpy(text->bytes + 1 + size, "}", 2);
            text->used = size + 2;
            return true;
        }
        at = end;
    }
    return false;
}

char *gs_oscquery_node(struct gs_oscquery *query, const char *path, const char *attribute, size_t *size,
                       int *status)
{
    struct gs_oscquery_text text = { 0 };
    bool kept = keep(query);
    const struct node *node = kept ? find(query, path) : NULL;
    *status = !kept ? 500 : node ? 200 : 404;
    if (!node) {
        return NULL;
    }
    put_node(query, &text, node);
    if (text.failed) {
        *status = 500;
    } else if (attribute && !leave_attribute(&text, attribute)) {
        *status = gs_oscquery_is_attribute(attribute) ? 204 : 400;
    }
    if (*status != 200) {
        free(text.bytes);
        return NULL;
    }
    *size = text.used;
    return text.bytes;
}

struct gs_oscquery *gs_oscquery_create(struct gs_session *session)
{
    struct gs_oscquery *query = calloc(1, sizeof *query);
    if (query) {
        query->session = session;
    }
    return query;
}

void gs_oscquery_destroy(struct gs_oscquery *query)
{
    if (query) {
        forget(query);
        free(query);
    }
}

/* ---- the host ---- */

bool gs_oscquery_has(const char *attribute)
{
    return strcmp(attribute, "HOST_INFO") == 0 || gs_oscquery_is_attribute(attribute);
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
    cJSON_AddStringToObject(json, "NAME", host->name);
    cJSON *list = cJSON_AddObjectToObject(json, "EXTENSIONS");
    for (size_t i = 0; list && i < sizeof extensions / sizeof *extensions; i++) {
        cJSON_AddBoolToObject(list, extensions[i].name, extensions[i].has);
    }
    cJSON_AddNumberToObject(json, "OSC_PORT", host->osc_port);
    cJSON_AddStringToObject(json, "OSC_TRANSPORT", "UDP");
    cJSON_AddStringToObject(json, "SOFTWARE", PACKAGE_NAME " " PACKAGE_VERSION);
    cJSON_AddBoolToObject(json, "WANTS_PIN", host->wants_pin);
    char *text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    return text;
}
