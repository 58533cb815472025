/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kinds with their rows as JSON, for programs that draw controls. See schema.h. */
#include "catalog/schema.h"

#include "catalog/row.h"
#include "catalog/schema_build.h"

#include <math.h>

static const char *const tapers[] = {
    [GS_TAPER_LINEAR] = "linear", [GS_TAPER_FADER] = "fader", [GS_TAPER_LOG] = "log"
};

static cJSON *choices(const struct gs_param *row)
{
    cJSON *list = cJSON_CreateArray();
    for (const struct gs_choice *c = row->choices; c && c->word; c++) {
        cJSON *one = cJSON_CreateObject();
        gs_schema_put(one, "word", gs_schema_string(c->word));
        gs_schema_put(one, "doc", gs_schema_string(c->doc));
        gs_schema_push(list, one);
    }
    return list;
}

static void put_range(cJSON *json, const struct gs_param *row)
{
    gs_schema_put(json, "unit", gs_schema_string(gs_unit_name(row->unit)));
    gs_schema_put(json, "min", cJSON_CreateNumber(row->min));
    gs_schema_put(json, "max", cJSON_CreateNumber(row->max));
    gs_schema_put(json, "taper", gs_schema_string(tapers[row->taper]));
    if (row->step > 0) {
        gs_schema_put(json, "step", cJSON_CreateNumber(row->step));
    }
    gs_schema_put(json, "minus_inf", cJSON_CreateBool((row->flags & GS_PARAM_MINUS_INF) != 0));
}

static cJSON *default_of(const struct gs_param *row)
{
    return row->type == GS_TEXT || isnan(row->def) ? cJSON_CreateNull()
           : row->type == GS_SWITCH                ? cJSON_CreateBool(row->def >= 0.5)
           : row->type == GS_CHOICE                ? gs_schema_string(row->choices[(size_t)row->def].word)
           : isinf(row->def)                       ? gs_schema_string("-inf")
                                                   : cJSON_CreateNumber(row->def);
}

static cJSON *row_json(const struct gs_param *row)
{
    static const char *const types[] = {
        [GS_NUMBER] = "number", [GS_SWITCH] = "switch", [GS_CHOICE] = "choice", [GS_TEXT] = "text"
    };
    cJSON *json = cJSON_CreateObject();
    gs_schema_put(json, "key", gs_schema_string(row->key));
    gs_schema_put(json, "label", gs_schema_string(row->label));
    gs_schema_put(json, "doc", gs_schema_string(row->doc));
    gs_schema_put(json, "type", gs_schema_string(types[row->type]));
    if (row->type == GS_NUMBER) {
        put_range(json, row);
    }
    if (row->choices) {
        gs_schema_put(json, "choices", choices(row));
    }
    gs_schema_put(json, "default", default_of(row));
    gs_schema_put(json, "live", cJSON_CreateBool(!(row->flags & GS_PARAM_SETUP)));
    gs_schema_put(json, "gain", cJSON_CreateBool((row->flags & GS_PARAM_GAIN) != 0));
    return json;
}

static cJSON *domains(const struct gs_stage_kind *kind)
{
    cJSON *list = cJSON_CreateArray();
    for (int d = 0; d < GS_DOMAIN_COUNT; d++) {
        if (kind->domains_in >> d & 1) {
            gs_schema_push(list, gs_schema_string(gs_domain_name((enum gs_domain)d)));
        }
    }
    return list;
}

static cJSON *kind_json(const struct gs_stage_kind *kind)
{
    cJSON *json = cJSON_CreateObject();
    gs_schema_put(json, "kind", gs_schema_string(kind->key));
    gs_schema_put(json, "label", gs_schema_string(kind->label));
    gs_schema_put(json, "doc", gs_schema_string(kind->doc));
    gs_schema_put(json, "takes", domains(kind));
    gs_schema_put(json, "gives",
                  gs_schema_string(kind->domain_out == GS_OUT_SAME ? "same"
                                   : kind->domain_out == GS_OUT_BY_PARAM
                                       ? "domain"
                                       : gs_domain_name((enum gs_domain)kind->domain_out)));
    gs_schema_put(json, "sums", cJSON_CreateBool((kind->flags & GS_STAGE_SUMS) != 0));
    gs_schema_put(json, "master", cJSON_CreateBool((kind->flags & GS_STAGE_MASTER) != 0));
    gs_schema_put(json, "bypass", cJSON_CreateBool((kind->flags & GS_STAGE_BYPASS) != 0));
    cJSON *params = gs_schema_member(json, "params", cJSON_CreateArray());
    for (size_t i = 0; i < kind->n_params; i++) {
        gs_schema_push(params, row_json(&kind->params[i]));
    }
    return json;
}

char *gs_schema_kinds_text(const struct gs_stage_kind *only)
{
    if (only) {
        return gs_schema_print(kind_json(only));
    }
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; gs_stage_kinds[i]; i++) {
        gs_schema_push(list, kind_json(gs_stage_kinds[i]));
    }
    return gs_schema_print(list);
}
