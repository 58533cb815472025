/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A JSON document in the layout that people would give it by hand. See save.h. */
#include "chain/save.h"

#include "base/number.h"
#include "chain/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 100
#define INDENT  2

struct printer {
    char *text; /* always ends with NUL once something is in it */
    size_t length, capacity;
    bool failed; /* no memory: everything behind is dropped */
};

static void put(struct printer *p, const char *text)
{
    size_t more = strlen(text);
    if (p->length + more + 1 > p->capacity && !p->failed) {
        size_t capacity = (p->length + more + 1) * 2;
        char *grown = realloc(p->text, capacity);
        p->failed = !grown;
        p->text = grown ? grown : p->text;
        p->capacity = grown ? capacity : p->capacity;
    }
    if (!p->failed) {
        memcpy(p->text + p->length, text, more + 1);
        p->length += more;
    }
}

static void put_escaped(struct printer *p, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *known = c ? strchr(from, c) : NULL;
    char text[8] = { (char)c, '\0' };
    if (known) {
        snprintf(text, sizeof text, "\\%c", to[known - from]);
    } else if (c < 0x20 || c == 0x7F) {
        snprintf(text, sizeof text, "\\u%04x", c);
    }
    put(p, text);
}

static void put_string(struct printer *p, const char *string)
{
    put(p, "\"");
    for (; *string; string++) {
        put_escaped(p, (unsigned char)*string);
    }
    put(p, "\"");
}

static void put_plain(struct printer *p, const cJSON *node)
{
    char number[GS_NUMBER_SIZE];
    if (cJSON_IsString(node)) {
        put_string(p, node->valuestring);
    } else if (cJSON_IsNumber(node)) {
        put(p, gs_number_text(number, node->valuedouble));
    } else {
        put(p, cJSON_IsTrue(node) ? "true" : cJSON_IsFalse(node) ? "false" : "null");
    }
}

static bool is_container(const cJSON *node)
{
    return cJSON_IsObject(node) || cJSON_IsArray(node);
}

/* What is moved from an object into a list keeps its key, but a list shows none. */
static void put_key(struct printer *p, const cJSON *parent, const cJSON *node)
{
    if (cJSON_IsObject(parent)) {
        put_string(p, node->string);
        put(p, ": ");
    }
}

/* On one line, without its key. */
static void put_flat(struct printer *p, const cJSON *node)
{
    if (!is_container(node)) {
        put_plain(p, node);
        return;
    }
    bool object = cJSON_IsObject(node);
    put(p, object ? (node->child ? "{ " : "{") : "[");
    const cJSON *child;
    cJSON_ArrayForEach(child, node)
    {
        put_key(p, node, child);
        put_flat(p, child);
        put(p, child->next ? ", " : "");
    }
    put(p, object ? (node->child ? " }" : "}") : "]");
}

static void break_line(struct printer *p, int indent)
{
    put(p, "\n");
    for (int i = 0; i < indent; i++) {
        put(p, " ");
    }
}

/* Columns already used on the line at hand. */
static size_t column(const struct printer *p)
{
    if (!p->text) {
        return 0;
    }
    const char *line = strrchr(p->text, '\n');
    return gs_utf8_count(line ? line + 1 : p->text);
}

/* Tries a container on the rest of the line, a comma behind it included. */
static bool put_if_fits(struct printer *p, const cJSON *node)
{
    struct printer flat = { 0 };
    put_flat(&flat, node);
    bool fits = !flat.failed && column(p) + gs_utf8_count(flat.text) + 1 <= COLUMNS;
    if (fits) {
        put(p, flat.text);
    }
    p->failed = p->failed || flat.failed;
    free(flat.text);
    return fits;
}

static bool always_broken(const cJSON *node, int indent)
{
    return indent == 0 || (indent == INDENT && node->string && strcmp(node->string, "stages") == 0);
}

static void put_node(struct printer *p, const cJSON *node, int indent)
{
    if (!is_container(node) || !node->child) {
        put_flat(p, node);
        return;
    }
    if (!always_broken(node, indent) && put_if_fits(p, node)) {
        return;
    }
    put(p, cJSON_IsObject(node) ? "{" : "[");
    const cJSON *child;
    cJSON_ArrayForEach(child, node)
    {
        break_line(p, indent + INDENT);
        put_key(p, node, child);
        put_node(p, child, indent + INDENT);
        put(p, child->next ? "," : "");
    }
    break_line(p, indent);
    put(p, cJSON_IsObject(node) ? "}" : "]");
}

char *gs_save_print(const cJSON *root)
{
    struct printer p = { 0 };
    put_node(&p, root, 0);
    put(&p, "\n");
    if (p.failed) {
        free(p.text);
        return NULL;
    }
    return p.text;
}
