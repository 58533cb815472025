/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Complaints about a document that is JSON: where, what was found, what was expected, the nearest right
 * word. See load.h. */
#include "chain/load.h"

#include "base/nearest.h"
#include "base/number.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum gs_status gs_load_refuse(struct gs_load *load, const struct gs_at *at, enum gs_status status,
                              const char *format, ...)
{
    struct gs_error error;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error.text, sizeof error.text, format, arguments);
    va_end(arguments);
    gs_where_pointer(error.where, sizeof error.where, load->origin, at);
    return gs_errors_add(load->errors, status, error.where, "%s", error.text);
}

bool gs_load_is_full(struct gs_load *load)
{
    if (load->errors->count < GS_ERRORS_MAX) {
        return false;
    }
    load->errors->dropped++;
    return true;
}

enum gs_status gs_load_no_memory(struct gs_load *load)
{
    return gs_load_refuse(load, NULL, GS_E_MEMORY, "found no memory left, expected some to load the chain");
}

char *gs_load_found(char found[GS_FOUND_SIZE], const cJSON *json)
{
    char word[GS_QUOTED_SIZE > GS_NUMBER_SIZE ? GS_QUOTED_SIZE : GS_NUMBER_SIZE];
    if (cJSON_IsString(json)) {
        snprintf(found, GS_FOUND_SIZE, "text %s", gs_where_quote(word, json->valuestring));
    } else if (cJSON_IsNumber(json)) {
        snprintf(found, GS_FOUND_SIZE, "%s", gs_number_text(word, json->valuedouble));
    } else {
        snprintf(found, GS_FOUND_SIZE, "%s",
                 cJSON_IsArray(json)    ? "a list"
                 : cJSON_IsObject(json) ? "an object"
                 : cJSON_IsTrue(json)   ? "true"
                 : cJSON_IsFalse(json)  ? "false"
                                        : "null");
    }
    return found;
}

enum gs_status gs_load_refuse_type(struct gs_load *load, const struct gs_at *at, const cJSON *json,
                                   const char *expected)
{
    char found[GS_FOUND_SIZE];
    return gs_load_refuse(load, at, GS_E_TYPE, "found %s, expected %s", gs_load_found(found, json), expected);
}

static bool is_repeated(const char *const *words, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(words[i], words[index]) == 0) {
            return true;
        }
    }
    return false;
}

struct gs_words gs_words_of(const char *word, const char *const *words, size_t n)
{
    struct gs_words all = { .list = "" };
    struct gs_nearest nearest = gs_nearest_start(word);
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        gs_nearest_offer(&nearest, words[i]);
        if (is_repeated(words, i)) {
            continue;
        }
        if (length + strlen(words[i]) + 16 < sizeof all.list) {
            length += (size_t)snprintf(all.list + length, sizeof all.list - length, "%s`%s`",
                                       length ? ", " : "", words[i]);
        } else if (strcmp(all.list + length - 3, "...") != 0) {
            length += (size_t)snprintf(all.list + length, sizeof all.list - length, ", ...");
        }
    }
    all.nearest = *word ? nearest.best : NULL;
    return all;
}

enum gs_status gs_load_refuse_word(struct gs_load *load, const struct gs_at *at, const char *found,
                                   const char *what, const struct gs_words *words)
{
    if (words->nearest) {
        return gs_load_refuse(load, at, GS_E_UNKNOWN, "found %s, expected %s: did you mean `%s`?", found,
                              what, words->nearest);
    }
    return gs_load_refuse(load, at, GS_E_UNKNOWN, "found %s, expected %s: %s", found, what, words->list);
}

const char *gs_load_article(const char *word)
{
    return word[0] && strchr("aeiou", word[0]) ? "an" : "a";
}
