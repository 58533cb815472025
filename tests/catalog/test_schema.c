/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The JSON Schema against the loader: what the schema can see, both must see alike. Judged by a small
 * validator for exactly the keywords that the schema uses (JSON Schema draft 7); any other keyword fails. */
#include "catalog/schema.h"
#include "chain/chain.h"
#include "chain/load.h"

#include "../support/chain_text.h"
#include "../support/paths.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- validator ----------------------------------------------------------------------------------------- */

static const cJSON *root;

static bool valid(const cJSON *schema, const cJSON *json);

static bool unknown(const char *what, const char *word)
{
    cr_assert(false, "%s %s", what, word);
    return false;
}

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static bool is_type(const cJSON *json, const char *type)
{
    return strcmp(type, "object") == 0    ? cJSON_IsObject(json)
           : strcmp(type, "array") == 0   ? cJSON_IsArray(json)
           : strcmp(type, "string") == 0  ? cJSON_IsString(json)
           : strcmp(type, "number") == 0  ? cJSON_IsNumber(json)
           : strcmp(type, "boolean") == 0 ? cJSON_IsBool(json)
                                          : unknown("type", type);
}

/* The two patterns, read by hand: regcomp() has no lookahead. */
static bool matches(const cJSON *json, const char *pattern)
{
    const char *s = json->valuestring;
    if (strcmp(pattern, "^[a-z0-9-]{1,64}$") == 0) {
        size_t length = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");
        return length >= 1 && length <= 64 && !s[length];
    }
    cr_assert_str_eq(pattern, "^(?![0-9]+$)[A-Za-z0-9_.-]{1,31}$");
    size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
    return n >= 1 && n <= 31 && !s[n] && strspn(s, "0123456789") < n;
}

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

static bool is_in(const cJSON *list, const cJSON *json)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, list)
    {
        if (cJSON_Compare(one, json, true)) {
            return true;
        }
    }
    return false;
}

static bool properties(const cJSON *schema, const cJSON *json)
{
    const cJSON *known = member(schema, "properties"), *one;
    cJSON_ArrayForEach(one, json)
    {
        const cJSON *its = member(known, one->string);
        if (its ? !valid(its, one) : cJSON_IsFalse(member(schema, "additionalProperties"))) {
            return false;
        }
    }
    return true;
}

static bool every(const cJSON *schemas, const cJSON *json, bool any)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, schemas)
    {
        if (valid(one, json) == any) {
            return any;
        }
    }
    return !any;
}

static bool required(const cJSON *keys, const cJSON *json)
{
    const cJSON *key;
    cJSON_ArrayForEach(key, keys)
    {
        if (!member(json, key->valuestring)) {
            return false;
        }
    }
    return true;
}

static bool items(const cJSON *schema, const cJSON *json)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, json)
    {
        if (!valid(schema, one)) {
            return false;
        }
    }
    return true;
}

static bool reference(const char *path, const cJSON *json)
{
    cr_assert_eq(strncmp(path, "#/definitions/", 14), 0);
    const cJSON *definition = member(member(root, "definitions"), path + 14);
    cr_assert(definition, "%s leads nowhere", path);
    return valid(definition, json);
}

/* Keywords about one JSON type hold for all others. */
static bool keyword(const cJSON *schema, const cJSON *word, const cJSON *json)
{
    const char *is = word->string;
    double number = word->valuedouble;
    bool object = cJSON_IsObject(json), list = cJSON_IsArray(json), text = cJSON_IsString(json);
    bool is_number = cJSON_IsNumber(json);
#define WORD(name) (strcmp(is, name) == 0)
    return WORD("type")                   ? is_type(json, word->valuestring)
           : WORD("const")                ? cJSON_Compare(word, json, true)
           : WORD("enum")                 ? is_in(word, json)
           : WORD("minimum")              ? !is_number || json->valuedouble >= number
           : WORD("maximum")              ? !is_number || json->valuedouble <= number
           : WORD("multipleOf")           ? !is_number || fmod(json->valuedouble, number) == 0
           : WORD("pattern")              ? !text || matches(json, word->valuestring)
           : WORD("minLength")            ? !text || characters(json->valuestring) >= number
           : WORD("maxLength")            ? !text || characters(json->valuestring) <= number
           : WORD("minItems")             ? !list || cJSON_GetArraySize(json) >= number
           : WORD("maxItems")             ? !list || cJSON_GetArraySize(json) <= number
           : WORD("items")                ? !list || items(word, json)
           : WORD("properties")           ? !object || properties(schema, json)
           : WORD("required")             ? !object || required(word, json)
           : WORD("anyOf")                ? every(word, json, true)
           : WORD("allOf")                ? every(word, json, false)
           : WORD("if")                   ? !valid(word, json) || valid(member(schema, "then"), json)
           : WORD("$ref")                 ? reference(word->valuestring, json)
           : WORD("additionalProperties") ? cJSON_IsFalse(word)
           : WORD("then") || WORD("title") || WORD("description") || WORD("default") || WORD("$schema") ||
                   WORD("definitions")
               ? true
               : unknown("keyword", is);
}

static bool valid(const cJSON *schema, const cJSON *json)
{
    const cJSON *word;
    cJSON_ArrayForEach(word, schema)
    {
        if (!keyword(schema, word, json)) {
            return false;
        }
    }
    return true;
}

static void open_schema(void)
{
    char *text = gs_schema_text();
    cJSON *parsed = cJSON_Parse(text);
    free(text);
    cr_assert(parsed);
    root = parsed;
}

static bool judge(const char *text)
{
    cJSON *json = cJSON_ParseWithOpts(text, NULL, true);
    bool good = json && valid(root, json);
    cJSON_Delete(json);
    return good;
}

static void close_schema(void)
{
    cJSON_Delete((cJSON *)root);
}

/* ---- the schema against chains ------------------------------------------------------------------------- */

Test(schema, takes_the_shipped_chains)
{
    char pattern[4096];
    glob_t files;
    open_schema();
    cr_assert_eq(glob(test_source_path(pattern, sizeof pattern, "chains/*.json"), 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char *text = test_read(files.gl_pathv[i]);
        cr_assert(judge(text), "%s", files.gl_pathv[i]);
        free(text);
    }
    globfree(&files);
    close_schema();
}

/* What is about more than one value, only the loader can see. */
static const char *const beyond_a_schema[] = {
    "bus-of-volts-and-numbers",
    "bus-stage-later",
    "bus-stage-twice",
    "domain-",
    "from-itself",
    "from-later",
    "from-misspelt",
    "impossible-",
    "model-misspelt",
    "model-of-another-kind",
    "model-gain-",
    "from-nothing",
    "id-twice",
    "key-duplicate",
    "level-of-another-domain",
    "listen-unknown-stage",
    "master-",
    "name-with-",
    "parameter-twice",
    "sound-is-a-folder",
    "sound-missing",
    "sound-not-named",
};

static bool is_beyond(const char *path)
{
    const char *name = strrchr(path, '/') + 1;
    for (size_t i = 0; i < sizeof beyond_a_schema / sizeof *beyond_a_schema; i++) {
        if (strncmp(name, beyond_a_schema[i], strlen(beyond_a_schema[i])) == 0) {
            return true;
        }
    }
    return false;
}

Test(schema, refuses_what_the_loader_refuses)
{
    char pattern[4096];
    glob_t files;
    size_t refused = 0;
    open_schema();
    cr_assert_eq(glob(test_source_path(pattern, sizeof pattern, "tests/bad/*.json"), 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        const char *path = files.gl_pathv[i];
        if (strncmp(strrchr(path, '/') + 1, "syntax-", 7) == 0) {
            continue;
        }
        char *text = test_read(path);
        cr_assert_eq(judge(text), is_beyond(path), "%s", path);
        refused += !is_beyond(path);
        free(text);
    }
    cr_assert_geq(refused, 40);
    globfree(&files);
    close_schema();
}

/* Every row: schema and loader agree about its ends, about what lies outside, about other types. */
Test(schema, agrees_with_the_loader_about_every_row)
{
    static const char *const values[] = { "true",   "1",    "0",   "'word'", "null", "[]",
                                          "'-inf'", "-1e6", "1e6", "0.5",    "''",   "'float'" };
    open_schema();
    for (size_t k = 0; gs_stage_kinds[k]; k++) {
        const struct gs_stage_kind *kind = gs_stage_kinds[k];
        for (size_t i = 0; i < kind->n_params + GS_COMMON_PARAMS; i++) {
            const struct gs_param *row = gs_stage_param(kind, i);
            for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
                char text[400], pointer[100];
                snprintf(text, sizeof text,
                         "{'gainstage':1,'stages':[{'id':'b','kind':'%s','%s':%s},{'id':'x'}]}", kind->key,
                         row->key, values[v]);
                char *said = test_chain_complaints(text);
                snprintf(pointer, sizeof pointer, "/stages/0/%s: found ", row->key);
                char *about = strstr(said, pointer);
                bool alone = about && !strstr(about, ", but ") && !strstr(about, "sound file beside");
                /* the second stage is there to fail the load for sure; for the schema it gets a kind */
                char *end = strstr(text, "'x'}");
                strcpy(end, "'x','kind':'gain'}]}");
                for (char *c = text; *c; c++) {
                    *c = *c == '\'' ? '"' : *c;
                }
                bool fine_step =
                    row->step > 0 && (row->step != floor(row->step) || fmod(row->min, row->step) != 0);
                cr_assert(fine_step || judge(text) != alone, "%s\n%s", text, said);
                free(said);
            }
        }
    }
    close_schema();
}

/* Limits that stand in chain/, which the catalogue may not include. */
Test(schema, limits_are_the_loaders)
{
    open_schema();
    const cJSON *top = member(root, "properties");
    cr_assert_eq(member(member(top, "name"), "maxLength")->valueint, GS_NAME_CHARACTERS);
    cr_assert_eq(member(member(top, "description"), "maxLength")->valueint, GS_DESCRIPTION_CHARACTERS);
    cr_assert_eq(member(member(top, "stages"), "maxItems")->valueint, GS_CHAIN_STAGES_MAX);
    cr_assert_eq(member(member(top, "gainstage"), "const")->valueint, GS_CHAIN_FORMAT);
    const cJSON *source = member(member(member(root, "definitions"), "kind-source"), "properties");
    cr_assert_eq(member(member(source, "label"), "maxLength")->valueint, GS_LABEL_CHARACTERS);
    cr_assert_eq(member(member(source, "file"), "maxLength")->valueint, GS_FILE_CHARACTERS);
    close_schema();
}
