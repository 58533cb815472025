/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where in a document a complaint belongs: "file:line:column" for text that is not JSON, "file: /a/b/0"
 * (a JSON Pointer, RFC 6901) for JSON that is not a chain. And the words of a document made fit to stand
 * in a complaint. Nothing here allocates. [any] */
#ifndef CHAIN_WHERE_H
#define CHAIN_WHERE_H

#include <stddef.h>

/* A way down into a document, one link a level, kept on the caller's stack. */
struct gs_at {
    const struct gs_at *up; /* NULL: the document itself */
    const char *key;        /* NULL: an item of a list, then `index` counts */
    size_t index;
};

/* `origin` may be NULL ("chain"). A long origin loses its beginning, so that the position always fits. */
void gs_where_line(char *where, size_t size, const char *origin, size_t line, size_t column);
void gs_where_pointer(char *where, size_t size, const char *origin, const struct gs_at *at);

/* A word of the document between backticks: cut when long, control characters replaced, so that it can
 * neither break the line nor steer a terminal. Valid UTF-8 in, valid UTF-8 out. Returns `quoted`. */
#define GS_QUOTED_SIZE 64
char *gs_where_quote(char quoted[GS_QUOTED_SIZE], const char *word);

#endif
