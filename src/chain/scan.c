/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See scan.h: one pass over the bytes; a bit per open bracket says whether it is an object, a state says
 * what may come next. */
#include "chain/scan_token.h"

#include <stdio.h>

#define KEY      "a key in double quotes"
#define FOUND    64
#define EXPECTED 160

static bool inside_object(const struct gs_scan *s)
{
    return s->depth && (s->in_object >> (s->depth - 1) & 1);
}

static bool open_bracket(struct gs_scan *s, bool object)
{
    if (s->depth >= s->depth_max) {
        char found[FOUND], expected[EXPECTED];
        snprintf(found, sizeof found, "level %u of nested lists and objects", s->depth + 1);
        snprintf(expected, sizeof expected, "at most %u", s->depth_max);
        return gs_scan_refuse_as(s, GS_E_LIMIT, s->at, found, expected);
    }
    uint32_t bit = (uint32_t)1 << s->depth;
    s->in_object = object ? s->in_object | bit : s->in_object & ~bit;
    s->open[s->depth++] = s->at++;
    s->want = object ? WANT_FIRST_KEY : WANT_FIRST_ITEM;
    return true;
}

static void close_bracket(struct gs_scan *s)
{
    s->depth--;
    s->at++;
    s->want = WANT_NEXT;
}

static bool value(struct gs_scan *s)
{
    char c = s->text[s->at];
    if (c == '{' || c == '[') {
        return open_bracket(s, c == '{');
    }
    s->want = WANT_NEXT;
    if (c == '"') {
        return gs_scan_string(s);
    }
    if (c == '-' || gs_scan_is_digit(c)) {
        return gs_scan_number(s);
    }
    if (gs_scan_is_letter(c)) {
        return gs_scan_word(s);
    }
    return gs_scan_refuse(s, s->at,
                          c == '+' || c == '.' ? "a number that begins with a digit or `-`" : GS_SCAN_VALUE);
}

static bool refuse_next(struct gs_scan *s)
{
    if (!s->depth) {
        return gs_scan_refuse(s, s->at, "nothing behind the end of the document");
    }
    size_t line, column;
    char expected[EXPECTED];
    gs_scan_position(s, s->open[s->depth - 1], &line, &column);
    snprintf(expected, sizeof expected, "`,` or the `%c` that closes line %zu, column %zu",
             inside_object(s) ? '}' : ']', line, column);
    return gs_scan_refuse(s, s->at, expected);
}

static bool next(struct gs_scan *s)
{
    char c = s->text[s->at];
    if (s->depth && c == ',') {
        s->at++;
        s->want = inside_object(s) ? WANT_KEY : WANT_VALUE;
        return true;
    }
    if (s->depth && c == (inside_object(s) ? '}' : ']')) {
        close_bracket(s);
        return true;
    }
    return refuse_next(s);
}

/* 40,5: people write decimal commas. */
static bool behind_decimal_comma(const struct gs_scan *s)
{
    return s->at >= 2 && gs_scan_is_digit(s->text[s->at]) && s->text[s->at - 1] == ',' &&
           gs_scan_is_digit(s->text[s->at - 2]);
}

static bool key(struct gs_scan *s)
{
    s->want = WANT_COLON;
    if (s->text[s->at] == '"') {
        return gs_scan_string(s);
    }
    return gs_scan_refuse(s, s->at, behind_decimal_comma(s) ? KEY ", or a decimal point before it" : KEY);
}

/* One token. */
static bool step(struct gs_scan *s)
{
    char c = s->text[s->at];
    if ((s->want == WANT_FIRST_ITEM && c == ']') || (s->want == WANT_FIRST_KEY && c == '}')) {
        close_bracket(s);
        return true;
    }
    switch (s->want) {
    case WANT_VALUE:
    case WANT_FIRST_ITEM:
        return value(s);
    case WANT_FIRST_KEY:
    case WANT_KEY:
        return key(s);
    case WANT_COLON:
        s->want = WANT_VALUE;
        s->at++;
        return c == ':' ? true : gs_scan_refuse(s, s->at - 1, "`:` between a key and its value");
    case WANT_NEXT:
        break;
    }
    return next(s);
}

static bool finish(struct gs_scan *s)
{
    switch (s->want) {
    case WANT_COLON:
        return gs_scan_refuse(s, s->at, "`:` between a key and its value");
    case WANT_FIRST_KEY:
    case WANT_KEY:
        return gs_scan_refuse(s, s->at, KEY);
    case WANT_NEXT:
        return s->depth ? refuse_next(s) : true;
    case WANT_VALUE:
    case WANT_FIRST_ITEM:
        break;
    }
    return gs_scan_refuse(s, s->at, GS_SCAN_VALUE);
}

enum gs_status gs_scan_json(const char *text, size_t length, const char *origin, unsigned depth_max,
                            struct gs_error *error)
{
    struct gs_error local;
    struct gs_scan s = { .text = text,
                         .length = length,
                         .origin = origin,
                         .depth_max = depth_max < GS_SCAN_DEPTH_MAX ? depth_max : GS_SCAN_DEPTH_MAX,
                         .error = error ? error : &local };
    for (;;) {
        while (gs_scan_comes(&s, " \t\r\n")) {
            s.at++;
        }
        if (s.at >= length) {
            return finish(&s) ? GS_OK : s.error->status;
        }
        if (!step(&s)) {
            return s.error->status;
        }
    }
}
