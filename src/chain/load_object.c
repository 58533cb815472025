/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every object of a chain file goes through: its keys sorted, unknown and repeated ones refused; and
 * plain texts. See load.h. */
#include "chain/load.h"

#include "chain/utf8.h"

#include <stdio.h>
#include <string.h>

static int index_of(const char *const *keys, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(keys[i], key) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static void refuse_unknown(struct gs_load *load, const struct gs_at *at, const char *owner,
                           const char *const *keys, size_t n)
{
    char quoted[GS_QUOTED_SIZE], found[GS_FOUND_SIZE], what[96];
    if (gs_load_is_full(load)) {
        return;
    }
    struct gs_words words = gs_words_of(at->key, keys, n);
    snprintf(found, sizeof found, "unknown key %s", gs_where_quote(quoted, at->key));
    snprintf(what, sizeof what, "a key of %s", owner);
    gs_load_refuse_word(load, at, found, what, &words);
}

void gs_load_keys(struct gs_load *load, const struct gs_at *at, const cJSON *object, const char *owner,
                  const char *const *keys, size_t n, size_t hidden, const cJSON **found)
{
    memset(found, 0, n * sizeof *found);
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        struct gs_at here = { .up = at, .key = member->string };
        int i = index_of(keys, n, member->string);
        if (i < 0) {
            refuse_unknown(load, &here, owner, keys, n - hidden);
        } else if (found[i]) {
            gs_load_refuse(load, &here, GS_E_DUPLICATE, "found the key `%s` a second time, expected it once",
                           keys[i]);
        } else {
            found[i] = member;
        }
    }
}

/* First control character that a text may not have, 0: none. */
static unsigned control_in(const char *text, bool lines)
{
    uint32_t code;
    for (; *text; text += gs_utf8_decode(text, strlen(text), &code)) {
        if (!gs_utf8_decode(text, strlen(text), &code)) {
            return 0xFFFD;
        }
        bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
        if (control && !(lines && (code == '\n' || code == '\t'))) {
            return code;
        }
    }
    return 0;
}

bool gs_load_text(struct gs_load *load, const struct gs_at *at, const cJSON *json, size_t characters,
                  bool lines, char **text)
{
    if (!cJSON_IsString(json)) {
        gs_load_refuse_type(load, at, json, "text");
        return false;
    }
    size_t n = gs_utf8_count(json->valuestring);
    unsigned control = control_in(json->valuestring, lines);
    if (n == 0 || n > characters) {
        gs_load_refuse(load, at, GS_E_RANGE, "found a text of %zu characters, expected 1 to %zu", n,
                       characters);
        return false;
    }
    if (control) {
        gs_load_refuse(load, at, GS_E_RANGE, "found the control character U+%04X, expected printable text",
                       control);
        return false;
    }
    char *copy = strdup(json->valuestring);
    if (!copy) {
        gs_load_no_memory(load);
        return false;
    }
    *text = copy;
    return true;
}
