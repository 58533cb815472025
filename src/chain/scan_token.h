/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of scan.h, shared by its two files: scan.c knows how a document is built, scan_token.c knows
 * what text, numbers and words look like and how to say what was found instead. */
#ifndef CHAIN_SCAN_TOKEN_H
#define CHAIN_SCAN_TOKEN_H

#include "chain/scan.h"

#include <stdbool.h>
#include <stdint.h>

enum gs_scan_want {
    WANT_VALUE,
    WANT_FIRST_ITEM, /* a value or "]" */
    WANT_FIRST_KEY,  /* a key or "}" */
    WANT_KEY,
    WANT_COLON,
    WANT_NEXT, /* "," or the closing bracket; at depth 0 the end */
};

struct gs_scan {
    const char *text;
    size_t length, at;
    const char *origin;
    unsigned depth, depth_max;
    uint32_t in_object;             /* bit d: the bracket open at depth d is "{" */
    size_t open[GS_SCAN_DEPTH_MAX]; /* where it is */
    enum gs_scan_want want;
    struct gs_error *error;
};

#define GS_SCAN_VALUE "a value: a number, text in double quotes, true, false, null, a list or an object"

/* Line and column of a byte, both from 1. */
void gs_scan_position(const struct gs_scan *s, size_t at, size_t *line, size_t *column);

/* Fill the complaint and return false: with these words, or with a description of what stands at `at`. */
bool gs_scan_refuse_as(struct gs_scan *s, enum gs_status status, size_t at, const char *found,
                       const char *expected);
bool gs_scan_refuse(struct gs_scan *s, size_t at, const char *expected);

/* One token from s->at, where its first character stands; s->at moves behind it. False: refused. */
bool gs_scan_string(struct gs_scan *s);
bool gs_scan_number(struct gs_scan *s);
bool gs_scan_word(struct gs_scan *s);

bool gs_scan_is_digit(char c);
bool gs_scan_is_letter(char c);
bool gs_scan_comes(const struct gs_scan *s, const char *any); /* one of these characters is next */

#endif
