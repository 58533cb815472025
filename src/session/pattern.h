/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patterns of OSC 1.0, one part of an address at a time: ? * [a-c] [!x] {foo,bar}. A part never sees a
 * slash, so `*` cannot cross one. Matching walks all readings of the pattern at once, letter by letter: its
 * cost is letters times pattern length whatever the pattern, and it is counted. [any] */
#ifndef SESSION_PATTERN_H
#define SESSION_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GS_PATTERN_TOKENS 256

struct gs_pattern_token {
    unsigned char kind;
    unsigned char letter; /* of a letter */
    uint16_t from, to;    /* of a set: its text; of a fork or jump: `to` is the token that follows */
};

struct gs_pattern {
    const char *text;
    size_t n_tokens; /* the end included */
    bool literal;    /* no wild card in it */
    struct gs_pattern_token token[GS_PATTERN_TOKENS];
};

/* `text` lives as long as the pattern. False: a bracket that does not close, or too long. */
bool gs_pattern_compile(struct gs_pattern *pattern, const char *text);

/* Whether the whole of `name` matches. Takes what it costs from *steps; at 0 nothing matches any more. */
bool gs_pattern_match(const struct gs_pattern *pattern, const char *name, unsigned *steps);

#endif
