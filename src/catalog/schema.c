/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The JSON Schema of chain files. It says what a value may be on its own; what joins (ids, domains, files)
 * only `gainstage check` can say. See schema.h. */
#include "catalog/schema.h"

#include "base/alignment.h"
#include "catalog/schema_build.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_PATTERN "^(?![0-9]+$)[A-Za-z0-9_.-]{1,31}$"

/* ---- one value ----------------------------------------------------------------------------------------- */

static void describe(cJSON *schema, const struct gs_param *row)
{
    char text[1200];
    int length = snprintf(text, sizeof text, "%s", row->doc);
    for (const struct gs_choice *c = row->choices; c && c->word && length < (int)sizeof text - 1; c++) {
        length += snprintf(text + length, sizeof text - (size_t)length, "\n%s: %s", c->word, c->doc);
    }
    gs_schema_put(schema, "title", gs_schema_string(row->label));
    gs_schema_put(schema, "description", gs_schema_string(text));
}

static cJSON *default_of(const struct gs_param *row)
{
    return row->type == GS_SWITCH   ? cJSON_CreateBool(row->def >= 0.5)
           : row->type == GS_CHOICE ? gs_schema_string(row->choices[(size_t)row->def].word)
           : isinf(row->def)        ? gs_schema_string("-inf")
                                    : cJSON_CreateNumber(row->def);
}

/* Multiples count from zero in a schema, from the minimum in a row: said only where both agree. */
static bool steps_from_zero(const struct gs_param *row)
{
    return row->step > 0 && fmod(row->min, row->step) == 0 && row->step == floor(row->step);
}

static cJSON *number(const struct gs_param *row, bool to_silence)
{
    cJSON *schema = gs_schema_typed("number");
    if (!to_silence) {
        gs_schema_put(schema, "minimum", cJSON_CreateNumber(row->min));
    }
    gs_schema_put(schema, "maximum", cJSON_CreateNumber(row->max));
    if (steps_from_zero(row)) {
        gs_schema_put(schema, "multipleOf", cJSON_CreateNumber(row->step));
    }
    return schema;
}

/* A number, or what stands for silence or for not given. */
static cJSON *number_or_word(const struct gs_param *row)
{
    bool to_silence = row->flags & GS_PARAM_MINUS_INF;
    cJSON *schema = cJSON_CreateObject(), *any = gs_schema_member(schema, "anyOf", cJSON_CreateArray());
    gs_schema_push(any, number(row, to_silence));
    cJSON *word = cJSON_CreateObject(), *list = gs_schema_member(word, "enum", cJSON_CreateArray());
    if (to_silence) {
        gs_schema_push(list, gs_schema_string("-inf"));
        gs_schema_push(list, gs_schema_string("-oo"));
    }
    if (row->choices) {
        gs_schema_push(list, gs_schema_string(row->choices[0].word));
    }
    if (row->flags & GS_PARAM_OPTIONAL) {
        gs_schema_push(list, cJSON_CreateNull());
    }
    gs_schema_push(any, word);
    return schema;
}

static cJSON *choice(const struct gs_param *row)
{
    cJSON *schema = cJSON_CreateObject(), *list = gs_schema_member(schema, "enum", cJSON_CreateArray());
    for (const struct gs_choice *c = row->choices; c->word; c++) {
        char *end;
        double value = strtod(c->word, &end);
        if (end != c->word && !*end) {
            gs_schema_push(list, cJSON_CreateNumber(value));
        }
        gs_schema_push(list, gs_schema_string(c->word));
    }
    return schema;
}

static cJSON *value(const struct gs_param *row)
{
    cJSON *schema = row->type == GS_SWITCH   ? gs_schema_typed("boolean")
                    : row->type == GS_CHOICE ? choice(row)
                    : row->type == GS_TEXT   ? gs_schema_text_of(1000)
                    : row->flags & (GS_PARAM_MINUS_INF | GS_PARAM_OPTIONAL) || row->choices
                        ? number_or_word(row)
                        : number(row, false);
    describe(schema, row);
    if (row->type != GS_TEXT && !isnan(row->def)) {
        gs_schema_put(schema, "default", default_of(row));
    }
    return schema;
}

static void put_rows(cJSON *properties, const struct gs_param *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        gs_schema_put(properties, rows[i].key, value(&rows[i]));
    }
}

/* ---- definitions --------------------------------------------------------------------------------------- */

static cJSON *id_definition(void)
{
    cJSON *id = gs_schema_typed("string");
    gs_schema_put(id, "pattern", gs_schema_string(ID_PATTERN));
    return id;
}

static cJSON *send_definition(void)
{
    cJSON *properties, *send = gs_schema_object(&properties);
    gs_schema_put(properties, "stage", gs_schema_ref("id"));
    put_rows(properties, gs_stage_send, GS_SEND_PARAMS);
    gs_schema_require(send, "stage");
    return send;
}

/* An id; for a summing stage also a send, or a list of both. */
static cJSON *from(const struct gs_stage_kind *kind)
{
    if (!(kind->flags & GS_STAGE_SUMS)) {
        return gs_schema_ref("id");
    }
    cJSON *one = gs_schema_any_of(gs_schema_ref("id"), gs_schema_ref("send"));
    cJSON *list = gs_schema_typed("array");
    gs_schema_put(list, "items", gs_schema_any_of(gs_schema_ref("id"), gs_schema_ref("send")));
    gs_schema_put(list, "minItems", cJSON_CreateNumber(1));
    return gs_schema_any_of(one, list);
}

static cJSON *model(void)
{
    cJSON *schema = gs_schema_typed("string");
    gs_schema_put(schema, "pattern", gs_schema_string("^[a-z0-9-]{1,64}$"));
    gs_schema_put(
        schema, "description",
        gs_schema_string("Data sheet that gives the values that are not given here: gainstage models."));
    return schema;
}

static cJSON *kind_definition(const struct gs_stage_kind *kind)
{
    cJSON *properties, *schema = gs_schema_object(&properties);
    gs_schema_put(schema, "description", gs_schema_string(kind->doc));
    gs_schema_put(properties, "id", gs_schema_ref("id"));
    gs_schema_put(properties, "kind", gs_schema_const(kind->key));
    gs_schema_put(properties, "label", gs_schema_text_of(60));
    gs_schema_put(properties, "model", model());
    if (kind->domains_in) {
        gs_schema_put(properties, "from", from(kind));
    }
    put_rows(properties, kind->params, kind->n_params);
    put_rows(properties, gs_stage_common,
             kind->flags & GS_STAGE_BYPASS ? GS_COMMON_PARAMS : GS_COMMON_BYPASS);
    return schema;
}

static cJSON *definitions(void)
{
    cJSON *all = cJSON_CreateObject();
    gs_schema_put(all, "id", id_definition());
    gs_schema_put(all, "send", send_definition());
    for (size_t i = 0; gs_stage_kinds[i]; i++) {
        char name[64];
        snprintf(name, sizeof name, "kind-%s", gs_stage_kinds[i]->key);
        gs_schema_put(all, name, kind_definition(gs_stage_kinds[i]));
    }
    return all;
}

/* ---- the document -------------------------------------------------------------------------------------- */

/* "if the kind is preamp, then the stage is a preamp": an editor then complains about the right kind. */
static cJSON *kind_condition(const struct gs_stage_kind *kind)
{
    char name[64];
    cJSON *condition = cJSON_CreateObject(), *when = gs_schema_member(condition, "if", cJSON_CreateObject());
    cJSON *properties = gs_schema_member(when, "properties", cJSON_CreateObject());
    gs_schema_put(properties, "kind", gs_schema_const(kind->key));
    gs_schema_require(when, "kind");
    snprintf(name, sizeof name, "kind-%s", kind->key);
    gs_schema_put(condition, "then", gs_schema_ref(name));
    return condition;
}

static cJSON *stage(void)
{
    cJSON *schema = gs_schema_typed("object");
    cJSON *properties = gs_schema_member(schema, "properties", cJSON_CreateObject());
    cJSON *kind = gs_schema_member(properties, "kind", cJSON_CreateObject());
    cJSON *keys = gs_schema_member(kind, "enum", cJSON_CreateArray());
    cJSON *conditions = gs_schema_member(schema, "allOf", cJSON_CreateArray());
    for (size_t i = 0; gs_stage_kinds[i]; i++) {
        gs_schema_push(keys, gs_schema_string(gs_stage_kinds[i]->key));
        gs_schema_push(conditions, kind_condition(gs_stage_kinds[i]));
    }
    gs_schema_require(schema, "id");
    gs_schema_require(schema, "kind");
    return schema;
}

static cJSON *stages(void)
{
    cJSON *list = gs_schema_typed("array");
    gs_schema_put(list, "description",
                  gs_schema_string("The stages, in order; each takes the one before it."));
    gs_schema_put(list, "minItems", cJSON_CreateNumber(1));
    gs_schema_put(list, "maxItems", cJSON_CreateNumber(256));
    gs_schema_put(list, "items", stage());
    return list;
}

static cJSON *listen(void)
{
    static const char *const paths[] = { "real", "ideal", "error" };
    cJSON *properties, *schema = gs_schema_object(&properties);
    cJSON *path = cJSON_CreateObject();
    gs_schema_put(path, "enum", cJSON_CreateStringArray(paths, 3));
    gs_schema_put(schema, "description",
                  gs_schema_string("The wire that is heard; default: the last stage."));
    gs_schema_put(properties, "stage", gs_schema_ref("id"));
    gs_schema_put(properties, "path", path);
    return schema;
}

static cJSON *alignment(void)
{
    cJSON *properties, *schema = gs_schema_object(&properties);
    put_rows(properties, gs_alignment_rows, GS_ALIGNMENT_PARAMS);
    return schema;
}

char *gs_schema_text(void)
{
    cJSON *properties, *root = gs_schema_object(&properties);
    gs_schema_put(root, "$schema", gs_schema_string("http://json-schema.org/draft-07/schema#"));
    gs_schema_put(root, "title", gs_schema_string("Chain file of gainstaged, format 1"));
    gs_schema_put(properties, "gainstage", cJSON_Parse("{\"const\":1}"));
    gs_schema_put(properties, "name", gs_schema_text_of(100));
    gs_schema_put(properties, "description", gs_schema_text_of(2000));
    gs_schema_put(properties, "alignment", alignment());
    gs_schema_put(properties, "stages", stages());
    gs_schema_put(properties, "listen", listen());
    gs_schema_require(root, "gainstage");
    gs_schema_require(root, "stages");
    gs_schema_put(root, "definitions", definitions());
    return gs_schema_print(root);
}
