/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See oscquery.h. A chain's tree is kept as text with a gap where each value stands, and a list of where its nodes
 * begin and end: an answer is a piece of that text with the values of now. */
#include "control/oscquery.h"

#include "control/loop.h"
#include "control/oscquery_build.h"
#include "control/oscquery_row.h"
#include "control/oscquery_text.h"

#include <stdlib.h>
#include <string.h>

#define NODE_BEGIN  "{\"FULL_PATH\":\""
#define VALUE_BEGIN ",\"VALUE\":"
#define CONTENTS    "\"CONTENTS\":"
#define DEPTH_MAX   32
#define KEEP_NS     UINT64_C(10000000000) /* then data sheets that have come to a folder are seen */

struct node {
    size_t begin, end;                   /* in the text */
    size_t contents_begin, contents_end; /* its braces; 0: it has none */
    size_t gap;                          /* the first one behind its beginning */
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

struct reading {
    struct gs_oscquery *query;
    char *to;
    size_t open[DEPTH_MAX], depth; /* the node of each brace that is open */
};

static bool open_brace(struct reading *reading, const char *at)
{
    struct gs_oscquery *query = reading->query;
    size_t place = (size_t)(reading->to - query->text);
    if (reading->depth == DEPTH_MAX) {
        return false;
    }
    size_t node = reading->depth ? reading->open[reading->depth - 1] : SIZE_MAX;
    bool behind = (size_t)(at - query->text) >= strlen(CONTENTS); /* the first brace has nothing before it */
    bool contents = behind && strncmp(at - strlen(CONTENTS), CONTENTS, strlen(CONTENTS)) == 0;
    if (strncmp(at, NODE_BEGIN, strlen(NODE_BEGIN)) == 0) {
        node = query->n_nodes++;
        query->node[node] = (struct node){ .begin = place, .gap = query->n_gaps };
    } else if (contents) {
        query->node[node].contents_begin = place;
    } else {
        node = SIZE_MAX;
    }
    reading->open[reading->depth++] = node;
    return true;
}

static void close_brace(struct reading *reading)
{
    size_t node = reading->open[--reading->depth], place = (size_t)(reading->to - reading->query->text) + 1;
    size_t around = reading->depth ? reading->open[reading->depth - 1] : SIZE_MAX;
    if (node != SIZE_MAX && node == around) {
        reading->query->node[node].contents_end = place;
    } else if (node != SIZE_MAX) {
        reading->query->node[node].end = place;
    }
}

/* Takes the values' places out of the text, and notes them and the nodes. */
static bool take_apart(struct gs_oscquery *query)
{
    struct reading reading = { .query = query, .to = query->text };
    for (const char *at = query->text; *at;) {
        const char *end = at + 1;
        if (*at == '{' && !open_brace(&reading, at)) {
            return false;
        }
        if (*at == '}') {
            close_brace(&reading);
        } else if (*at == '"') {
            end = behind_string(at);
        } else if (*at == '\1') {
            char *rest;
            reading.to -= strlen(VALUE_BEGIN);
            query->gap[query->n_gaps++] =
                (struct gap){ (size_t)(reading.to - query->text), strtoul(at + 1, &rest, 10) };
            at = rest + 1;
            continue;
        }
        memmove(reading.to, at, (size_t)(end - at));
        reading.to += end - at;
        at = end;
    }
    *reading.to = '\0';
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

/* A piece of what is kept with its values; none of its gaps comes before `gap`. */
static void put_piece(struct gs_oscquery *query, struct gs_oscquery_text *text, size_t begin, size_t end,
                      size_t gap)
{
    for (; gap < query->n_gaps && query->gap[gap].at < end; gap++) {
        if (query->gap[gap].at > begin) {
            gs_oscquery_put(text, query->text + begin, query->gap[gap].at - begin);
            put_value(query, text, &query->gap[gap]);
            begin = query->gap[gap].at;
        }
    }
    gs_oscquery_put(text, query->text + begin, end - begin);
}

/* Behind the value that begins at `at`, which has no gap in it. */
static const char *behind_value(const char *at)
{
    unsigned depth = 0;
    while (depth || (*at != ',' && *at != '}')) {
        depth += *at == '{' || *at == '[';
        depth -= *at == '}' || *at == ']';
        at = *at == '"' ? behind_string(at) : at + 1;
    }
    return at;
}

/* False: the node has none of this name. */
static bool put_attribute(struct gs_oscquery *query, struct gs_oscquery_text *text, const struct node *node,
                          const char *attribute)
{
    size_t length = strlen(attribute);
    const char *at = query->text + node->begin;
    while (*at != '}') {
        const char *name = at + 1, *value = behind_string(name) + 1;
        bool contents = (size_t)(value - query->text) == node->contents_begin;
        at = contents ? query->text + node->contents_end : behind_value(value);
        if (strncmp(name + 1, attribute, length) == 0 && name[1 + length] == '"') {
            put_piece(query, text, (size_t)(name - query->text), (size_t)(at - query->text), node->gap);
            return true;
        }
    }
    return false;
}

static bool put_own_value(struct gs_oscquery *query, struct gs_oscquery_text *text, const struct node *node)
{
    for (size_t i = node->gap; i < query->n_gaps && query->gap[i].at < node->end; i++) {
        size_t at = query->gap[i].at;
        if (at < node->contents_begin || at >= node->contents_end) {
            put_value(query, text, &query->gap[i]);
            return text->used > 1;
        }
    }
    return false;
}

/* {"ATTRIBUTE":...} */
static bool put_alone(struct gs_oscquery *query, struct gs_oscquery_text *text, const struct node *node,
                      const char *attribute)
{
    bool value = strcmp(attribute, "VALUE") == 0;
    gs_oscquery_put(text, "{", 1);
    if (!(value ? put_own_value(query, text, node) : put_attribute(query, text, node, attribute))) {
        return false;
    }
    if (value) { /* it is written as a further one */
        memmove(text->bytes + 1, text->bytes + 2, --text->used);
    }
    gs_oscquery_put(text, "}", 1);
    return true;
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
    if (!attribute) {
        put_piece(query, &text, node->begin, node->end, node->gap);
    } else if (!put_alone(query, &text, node, attribute)) {
        *status = gs_oscquery_is_attribute(attribute) ? 204 : 400;
    }
    if (text.failed || *status != 200) {
        *status = text.failed ? 500 : *status;
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
