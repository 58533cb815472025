/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See scan_token.h. */
#include "chain/scan_token.h"

#include "chain/utf8.h"
#include "chain/where.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOUND    64
#define EXPECTED 160

void gs_scan_position(const struct gs_scan *s, size_t at, size_t *line, size_t *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < at; i++) {
        if (s->text[i] == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)s->text[i] & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

bool gs_scan_refuse_as(struct gs_scan *s, enum gs_status status, size_t at, const char *found,
                       const char *expected)
{
    char where[sizeof s->error->where];
    size_t line, column;
    gs_scan_position(s, at, &line, &column);
    gs_where_line(where, sizeof where, s->origin, line, column);
    gs_fail(s->error, status, where, "found %s, expected %s", found, expected);
    return false;
}

bool gs_scan_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool gs_scan_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t word_length(const struct gs_scan *s, size_t at)
{
    size_t end = at;
    while (end < s->length &&
           (gs_scan_is_letter(s->text[end]) || (end > at && gs_scan_is_digit(s->text[end])))) {
        end++;
    }
    return end - at;
}

static void describe_wide(const struct gs_scan *s, size_t at, char found[FOUND])
{
    uint32_t code;
    unsigned bytes = gs_utf8_decode(s->text + at, s->length - at, &code);
    if (!bytes) {
        snprintf(found, FOUND, "byte 0x%02X, which is not UTF-8", (unsigned char)s->text[at]);
    } else if (code == 0xFEFF) {
        snprintf(found, FOUND, "a byte order mark (U+FEFF)");
    } else if (gs_utf8_is_visible(code)) {
        snprintf(found, FOUND, "`%.*s` (U+%04X)", (int)bytes, s->text + at, (unsigned)code);
    } else {
        snprintf(found, FOUND, "the invisible character U+%04X", (unsigned)code);
    }
}

static bool begins_comment(const struct gs_scan *s, size_t at)
{
    char c = s->text[at], next = at + 1 < s->length ? s->text[at + 1] : '\0';
    return c == '#' || (c == '/' && (next == '/' || next == '*'));
}

static void describe_narrow(const struct gs_scan *s, size_t at, char found[FOUND])
{
    unsigned char c = (unsigned char)s->text[at];
    if (c == '\n' || c == '\r') {
        snprintf(found, FOUND, "a line break");
    } else if (c == ' ') {
        snprintf(found, FOUND, "a space");
    } else if (c < 0x20 || c == 0x7F) {
        snprintf(found, FOUND, "the control character U+%04X", c);
    } else if (begins_comment(s, at)) {
        snprintf(found, FOUND, "a comment, which JSON does not have");
    } else {
        snprintf(found, FOUND, "`%c`", c);
    }
}

static void describe(const struct gs_scan *s, size_t at, char found[FOUND])
{
    size_t word = word_length(s, at);
    if (at >= s->length) {
        snprintf(found, FOUND, "the end of the file");
    } else if (word) {
        snprintf(found, FOUND, "`%.*s%s`", word > 40 ? 40 : (int)word, s->text + at, word > 40 ? "..." : "");
    } else if ((unsigned char)s->text[at] < 0x80) {
        describe_narrow(s, at, found);
    } else {
        describe_wide(s, at, found);
    }
}

bool gs_scan_refuse(struct gs_scan *s, size_t at, const char *expected)
{
    char found[FOUND];
    describe(s, at, found);
    return gs_scan_refuse_as(s, GS_E_SYNTAX, at, found, expected);
}

/* ---- strings ------------------------------------------------------------------------------------------- */

/* Four hexadecimal digits at `at`, or -1. */
static long hex4(const struct gs_scan *s, size_t at)
{
    long code = 0;
    for (size_t i = at; i < at + 4; i++) {
        char c = i < s->length ? s->text[i] : '\0';
        int digit = gs_scan_is_digit(c)    ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return -1;
        }
        code = code * 16 + digit;
    }
    return code;
}

static bool refuse_unicode(struct gs_scan *s, const char *expected)
{
    char found[FOUND];
    snprintf(found, sizeof found, "`%.6s`", s->text + s->at);
    return gs_scan_refuse_as(s, GS_E_SYNTAX, s->at, found, expected);
}

/* At the backslash of "\u". */
static bool unicode_escape(struct gs_scan *s)
{
    long code = hex4(s, s->at + 2);
    if (code < 0) {
        return gs_scan_refuse_as(s, GS_E_SYNTAX, s->at, "an incomplete `\\u`",
                                 "four hexadecimal digits behind it");
    }
    if (code == 0) {
        return refuse_unicode(s, "any character but U+0000");
    }
    if (code >= 0xDC00 && code <= 0xDFFF) {
        return refuse_unicode(s, "the first half of the surrogate pair before it");
    }
    if (code < 0xD800 || code > 0xDBFF) {
        s->at += 6;
        return true;
    }
    bool escaped = s->at + 7 < s->length && s->text[s->at + 6] == '\\' && s->text[s->at + 7] == 'u';
    long second = escaped ? hex4(s, s->at + 8) : -1;
    if (second < 0xDC00 || second > 0xDFFF) {
        return refuse_unicode(s, "the second half of the surrogate pair behind it");
    }
    s->at += 12;
    return true;
}

static bool escape(struct gs_scan *s)
{
    char c = s->at + 1 < s->length ? s->text[s->at + 1] : '\0';
    if (c == 'u') {
        return unicode_escape(s);
    }
    if (c && strchr("\"\\/bfnrt", c)) {
        s->at += 2;
        return true;
    }
    char found[FOUND];
    describe(s, s->at + 1, found);
    char both[FOUND + 32];
    snprintf(both, sizeof both, "%s behind a backslash", found);
    return gs_scan_refuse_as(s, GS_E_SYNTAX, s->at, both, "one of \" \\ / b f n r t u there");
}

static bool unfinished_string(struct gs_scan *s, size_t start)
{
    size_t line, column;
    char expected[EXPECTED];
    gs_scan_position(s, start, &line, &column);
    snprintf(expected, sizeof expected, "the `\"` that ends the text begun at line %zu, column %zu", line,
             column);
    return gs_scan_refuse(s, s->at, expected);
}

bool gs_scan_string(struct gs_scan *s)
{
    size_t start = s->at++;
    while (s->at < s->length && s->text[s->at] != '"') {
        unsigned char c = (unsigned char)s->text[s->at];
        uint32_t code;
        unsigned bytes = gs_utf8_decode(s->text + s->at, s->length - s->at, &code);
        if (c == '\n' || c == '\r') {
            return unfinished_string(s, start);
        }
        if (c < 0x20) {
            return gs_scan_refuse(s, s->at, "it written as an escape (\\t, \\u0001) inside text");
        }
        if (!bytes) {
            return gs_scan_refuse(s, s->at, "text in UTF-8");
        }
        if (c == '\\') {
            if (!escape(s)) {
                return false;
            }
            continue;
        }
        s->at += bytes;
    }
    if (s->at >= s->length) {
        return unfinished_string(s, start);
    }
    s->at++;
    return true;
}

/* ---- numbers and words --------------------------------------------------------------------------------- */

static size_t digits(struct gs_scan *s)
{
    size_t start = s->at;
    while (s->at < s->length && gs_scan_is_digit(s->text[s->at])) {
        s->at++;
    }
    return s->at - start;
}

bool gs_scan_comes(const struct gs_scan *s, const char *any)
{
    return s->at < s->length && s->text[s->at] && strchr(any, s->text[s->at]);
}

static bool check_number(struct gs_scan *s, size_t start)
{
    char number[GS_SCAN_NUMBER_MAX + 1], found[FOUND];
    size_t length = s->at - start;
    if (length > GS_SCAN_NUMBER_MAX) {
        snprintf(found, sizeof found, "a number of %zu characters", length);
        return gs_scan_refuse_as(s, GS_E_SYNTAX, start, found, "at most 63");
    }
    memcpy(number, s->text + start, length);
    number[length] = '\0';
    if (!isfinite(strtod(number, NULL))) {
        snprintf(found, sizeof found, "`%.40s`", number);
        return gs_scan_refuse_as(s, GS_E_SYNTAX, start, found, "a number below 1.8e308");
    }
    return true;
}

bool gs_scan_number(struct gs_scan *s)
{
    size_t start = s->at;
    s->at += s->text[s->at] == '-';
    size_t whole = s->at, n = digits(s);
    if (!n) {
        return gs_scan_refuse(s, s->at, "a digit behind the minus sign");
    }
    if (n > 1 && s->text[whole] == '0') {
        char found[FOUND];
        snprintf(found, sizeof found, "`%.*s`", s->at - start > 40 ? 40 : (int)(s->at - start),
                 s->text + start);
        return gs_scan_refuse_as(s, GS_E_SYNTAX, start, found, "a number without leading zeros");
    }
    if (gs_scan_comes(s, ".")) {
        s->at++;
        if (!digits(s)) {
            return gs_scan_refuse(s, s->at, "a digit behind the decimal point");
        }
    }
    if (gs_scan_comes(s, "eE")) {
        s->at++;
        s->at += gs_scan_comes(s, "+-");
        if (!digits(s)) {
            return gs_scan_refuse(s, s->at, "a digit in the exponent");
        }
    }
    return check_number(s, start);
}

bool gs_scan_word(struct gs_scan *s)
{
    static const char *const words[] = { "true", "false", "null" };
    size_t length = word_length(s, s->at);
    for (size_t i = 0; i < 3; i++) {
        if (length == strlen(words[i]) && memcmp(s->text + s->at, words[i], length) == 0) {
            s->at += length;
            return true;
        }
    }
    return gs_scan_refuse(s, s->at, GS_SCAN_VALUE);
}
