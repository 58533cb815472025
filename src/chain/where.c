/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See where.h. */
#include "chain/where.h"

#include <stdio.h>
#include <string.h>

#define ORIGIN_BYTES  150 /* of a file name that a complaint shows */
#define POINTER_BYTES 96
#define KEY_BYTES     40

static int is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Copies, replacing what could steer a terminal: C0, DEL and C1 (U+0080..U+009F, in UTF-8 0xC2 0x80..0x9F).
 * Stops at a whole character after `bytes`; says "..." when it had to. */
static char *copy_tame(char *to, char *end, const char *from, size_t bytes)
{
    size_t n = 0;
    while (from[n] && to < end) {
        if (n >= bytes && !is_continuation(from[n])) {
            for (int i = 0; i < 3 && to < end; i++) {
                *to++ = '.';
            }
            break;
        }
        unsigned char c = (unsigned char)from[n];
        if (c == 0xC2 && (unsigned char)from[n + 1] < 0xA0) {
            *to++ = '?';
            n += from[n + 1] ? 2 : 1;
            continue;
        }
        *to++ = c < 0x20 || c == 0x7F ? '?' : (char)c;
        n++;
    }
    return to;
}

static const char *tail_of(const char *origin, const char **dots)
{
    size_t length = strlen(origin);
    *dots = "";
    if (length <= ORIGIN_BYTES) {
        return origin;
    }
    const char *tail = origin + length - ORIGIN_BYTES;
    while (is_continuation(*tail)) {
        tail++;
    }
    *dots = "...";
    return tail;
}

void gs_where_line(char *where, size_t size, const char *origin, size_t line, size_t column)
{
    const char *dots, *tail = tail_of(origin ? origin : "chain", &dots);
    snprintf(where, size, "%s%s:%zu:%zu", dots, tail, line, column);
}

static void append(char *text, size_t size, const char *more)
{
    size_t length = strlen(text);
    snprintf(text + length, size - length, "%s", more);
}

/* "~" and "/" inside a key are escaped as RFC 6901 section 3 says. */
static void append_key(char *pointer, size_t size, const char *key)
{
    char tame[KEY_BYTES + 8];
    *copy_tame(tame, tame + sizeof tame - 1, key, KEY_BYTES) = '\0';
    for (const char *c = tame; *c; c++) {
        char one[2] = { *c, '\0' };
        append(pointer, size, *c == '~' ? "~0" : *c == '/' ? "~1" : one);
    }
}

static void append_pointer(char *pointer, size_t size, const struct gs_at *at)
{
    if (!at) {
        return;
    }
    append_pointer(pointer, size, at->up);
    append(pointer, size, "/");
    if (at->key) {
        append_key(pointer, size, at->key);
        return;
    }
    char number[24];
    snprintf(number, sizeof number, "%zu", at->index);
    append(pointer, size, number);
}

void gs_where_pointer(char *where, size_t size, const char *origin, const struct gs_at *at)
{
    char pointer[POINTER_BYTES * 2] = "";
    append_pointer(pointer, sizeof pointer, at);
    const char *dots, *tail = tail_of(origin ? origin : "chain", &dots);
    snprintf(where, size, "%s%s%s%s", dots, tail, *pointer ? ": " : "", pointer);
}

char *gs_where_quote(char quoted[GS_QUOTED_SIZE], const char *word)
{
    char *to = quoted, *end = quoted + GS_QUOTED_SIZE - 2;
    *to++ = '`';
    to = copy_tame(to, end, word, KEY_BYTES);
    *to++ = '`';
    *to = '\0';
    return quoted;
}
