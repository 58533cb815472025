/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See oscquery_text.h. Numbers as short as they say the same: fifteen digits, or seventeen. */
#include "control/oscquery_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHOLE_MAX 1e9 /* a float counts on by ones up to 2^24 only, but times and frames are larger */

static bool grow(struct gs_oscquery_text *text, size_t more)
{
    size_t room = text->room ? text->room : 1024;
    while (room < text->used + more + 1) {
        room *= 2;
    }
    char *grown = room > text->room ? realloc(text->bytes, room) : text->bytes;
    if (!grown) {
        text->failed = true;
        return false;
    }
    text->bytes = grown;
    text->room = room;
    return true;
}

void gs_oscquery_put(struct gs_oscquery_text *text, const char *bytes, size_t size)
{
    if (text->failed || (text->used + size >= text->room && !grow(text, size))) {
        return;
    }
    memcpy(text->bytes + text->used, bytes, size);
    text->used += size;
    text->bytes[text->used] = '\0';
}

static void put_number(struct gs_oscquery_text *text, double number, bool narrow)
{
    char digits[32];
    int length;
    if (!isfinite(number)) {
        gs_oscquery_put(text, "null", 4);
        return;
    }
    if (number == floor(number) && fabs(number) < WHOLE_MAX) {
        length = snprintf(digits, sizeof digits, "%d", (int)number);
    } else {
        /* of a double that was a float fifteen digits are never enough, unless all behind them are zeros */
        length = snprintf(digits, sizeof digits, narrow ? "%.17g" : "%.15g", number);
        if (!narrow && strtod(digits, NULL) != number) {
            length = snprintf(digits, sizeof digits, "%.17g", number);
        }
    }
    gs_oscquery_put(text, digits, (size_t)length);
}

static void put_letter(struct gs_oscquery_text *text, unsigned char letter)
{
    static const char plain[] = "\"\\\b\f\n\r\t", *const escaped[] = { "\\\"", "\\\\", "\\b", "\\f",
                                                                       "\\n",  "\\r",  "\\t" };
    const char *at = letter ? strchr(plain, letter) : NULL;
    if (at) {
        gs_oscquery_put(text, escaped[at - plain], 2);
    } else {
        char hex[8];
        int length = snprintf(hex, sizeof hex, "\\u%04x", letter);
        gs_oscquery_put(text, hex, (size_t)length);
    }
}

static void put_string(struct gs_oscquery_text *text, const char *string)
{
    gs_oscquery_put(text, "\"", 1);
    while (*string) {
        size_t plain = 0;
        while ((unsigned char)string[plain] >= ' ' && string[plain] != '"' && string[plain] != '\\') {
            plain++;
        }
        gs_oscquery_put(text, string, plain);
        string += plain;
        if (*string) {
            put_letter(text, (unsigned char)*string++);
        }
    }
    gs_oscquery_put(text, "\"", 1);
}

static void put_atom(struct gs_oscquery_text *text, const struct gs_atom *atom)
{
    switch (atom->tag) {
    case 'i':
    case 'h':
    case 't':
        put_number(text, (double)atom->integer, false);
        break;
    case 'f':
        put_number(text, (double)(float)atom->number, true);
        break;
    case 'd':
        put_number(text, atom->number, false);
        break;
    case 's':
    case 'S':
        put_string(text, atom->text);
        break;
    case 'T':
    case 'F':
        gs_oscquery_put(text, atom->integer ? "true" : "false", atom->integer ? 4 : 5);
        break;
    default:
        gs_oscquery_put(text, "null", 4);
        break;
    }
}

void gs_oscquery_put_atoms(struct gs_oscquery_text *text, const struct gs_atom *atoms, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        gs_oscquery_put(text, i ? "," : "[", 1);
        put_atom(text, &atoms[i]);
    }
    gs_oscquery_put(text, n ? "]" : "[]", n ? 1 : 2);
}
