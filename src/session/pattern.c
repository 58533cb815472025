/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See pattern.h. A pattern becomes a row of tokens in which every choice leads forward, so that one sweep
 * from left to right finds all tokens that are alive before a letter: no back-tracking, no recursion. */
#include "session/pattern.h"

#include <string.h>

enum {
    LETTER,
    ANY,
    STAR,
    SET,
    FORK, /* an alternative starts here: goes on, and to the next alternative */
    JUMP, /* an alternative is over: goes behind the brace */
    END
};

static bool add(struct gs_pattern *pattern, struct gs_pattern_token token)
{
    if (pattern->n_tokens == GS_PATTERN_TOKENS) {
        return false;
    }
    pattern->token[pattern->n_tokens++] = token;
    return true;
}

static bool add_set(struct gs_pattern *pattern, const char **at)
{
    const char *close = strchr(*at + 1, ']');
    if (!close) {
        return false;
    }
    size_t from = (size_t)(*at + 1 - pattern->text), to = (size_t)(close - pattern->text);
    *at = close;
    return add(pattern, (struct gs_pattern_token){ .kind = SET, .from = (uint16_t)from, .to = (uint16_t)to });
}

/* {foo,bar}: FORK f o o JUMP FORK b a r JUMP. The last fork leads nowhere else (0). */
static bool add_braces(struct gs_pattern *pattern, const char **at)
{
    const char *c = *at + 1;
    size_t jumps[GS_PATTERN_TOKENS], n_jumps = 0;
    for (bool more = true; more; c++) {
        size_t fork = pattern->n_tokens;
        bool ok = add(pattern, (struct gs_pattern_token){ .kind = FORK });
        for (; ok && *c && *c != ',' && *c != '}'; c++) {
            ok = add(pattern, (struct gs_pattern_token){ .kind = LETTER, .letter = (unsigned char)*c });
        }
        if (!ok || !*c || !add(pattern, (struct gs_pattern_token){ .kind = JUMP })) {
            return false;
        }
        jumps[n_jumps++] = pattern->n_tokens - 1;
        more = *c == ',';
        pattern->token[fork].to = more ? (uint16_t)pattern->n_tokens : 0;
    }
    for (size_t i = 0; i < n_jumps; i++) {
        pattern->token[jumps[i]].to = (uint16_t)pattern->n_tokens;
    }
    *at = c - 1;
    return true;
}

static bool add_one(struct gs_pattern *pattern, const char **at)
{
    switch (**at) {
    case '?':
        return add(pattern, (struct gs_pattern_token){ .kind = ANY });
    case '*':
        return add(pattern, (struct gs_pattern_token){ .kind = STAR });
    case '[':
        return add_set(pattern, at);
    case '{':
        return add_braces(pattern, at);
    default:
        return add(pattern, (struct gs_pattern_token){ .kind = LETTER, .letter = (unsigned char)**at });
    }
}

bool gs_pattern_compile(struct gs_pattern *pattern, const char *text)
{
    pattern->text = text;
    pattern->n_tokens = 0;
    pattern->literal = !text[strcspn(text, "?*[]{}")];
    for (const char *at = text; *at; at++) {
        if (!add_one(pattern, &at)) {
            return false;
        }
    }
    return add(pattern, (struct gs_pattern_token){ .kind = END });
}

/* "[!a-c-]": `!` only first, a `-` at the end is itself (OSC 1.0). Ends may stand either way round. */
static bool in_set(const struct gs_pattern *pattern, const struct gs_pattern_token *token, unsigned char c)
{
    const unsigned char *at = (const unsigned char *)pattern->text + token->from;
    const unsigned char *end = (const unsigned char *)pattern->text + token->to;
    bool negate = at < end && *at == '!', found = false;
    for (at += negate; at < end && !found; at++) {
        if (at + 2 < end && at[1] == '-') {
            found = (c >= at[0] && c <= at[2]) || (c >= at[2] && c <= at[0]);
            at += 2;
        } else {
            found = *at == c;
        }
    }
    return found != negate;
}

/* All tokens that can be reached without a letter. */
static void spread(const struct gs_pattern *pattern, bool *alive)
{
    for (size_t i = 0; i < pattern->n_tokens; i++) {
        const struct gs_pattern_token *token = &pattern->token[i];
        if (!alive[i]) {
            continue;
        }
        if (token->kind == STAR || token->kind == FORK) {
            alive[i + 1] = true;
        }
        if ((token->kind == FORK || token->kind == JUMP) && token->to) {
            alive[token->to] = true;
        }
    }
}

static void step(const struct gs_pattern *pattern, unsigned char c, const bool *alive, bool *next)
{
    for (size_t i = 0; i < pattern->n_tokens; i++) {
        const struct gs_pattern_token *token = &pattern->token[i];
        if (!alive[i]) {
            continue;
        }
        if (token->kind == STAR) {
            next[i] = true;
        } else if ((token->kind == LETTER && token->letter == c) || token->kind == ANY ||
                   (token->kind == SET && in_set(pattern, token, c))) {
            next[i + 1] = true;
        }
    }
}

bool gs_pattern_match(const struct gs_pattern *pattern, const char *name, unsigned *steps)
{
    size_t cost = pattern->literal ? 1 : (strlen(pattern->text) + pattern->n_tokens) * (strlen(name) + 1);
    if (cost > *steps) {
        *steps = 0;
        return false;
    }
    *steps -= (unsigned)cost;
    if (pattern->literal) {
        return strcmp(pattern->text, name) == 0;
    }
    bool rows[2][GS_PATTERN_TOKENS + 1] = { { true } };
    bool *alive = rows[0], *next = rows[1];
    spread(pattern, alive);
    for (; *name; name++) {
        memset(next, 0, pattern->n_tokens * sizeof *next);
        step(pattern, (unsigned char)*name, alive, next);
        spread(pattern, next);
        bool *done = alive;
        alive = next;
        next = done;
    }
    return alive[pattern->n_tokens - 1];
}
