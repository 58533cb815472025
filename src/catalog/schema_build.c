/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See schema_build.h. */
#include "catalog/schema_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void gs_schema_put(cJSON *object, const char *key, cJSON *value)
{
    if (!cJSON_AddItemToObject(object, key, value)) {
        cJSON_Delete(value);
    }
}

void gs_schema_push(cJSON *list, cJSON *value)
{
    if (!cJSON_AddItemToArray(list, value)) {
        cJSON_Delete(value);
    }
}

cJSON *gs_schema_member(cJSON *object, const char *key, cJSON *value)
{
    if (cJSON_AddItemToObject(object, key, value)) {
        return value;
    }
    cJSON_Delete(value);
    return NULL;
}

cJSON *gs_schema_string(const char *text)
{
    return cJSON_CreateString(text);
}

cJSON *gs_schema_const(const char *word)
{
    cJSON *schema = cJSON_CreateObject();
    gs_schema_put(schema, "const", gs_schema_string(word));
    return schema;
}

cJSON *gs_schema_typed(const char *type)
{
    cJSON *schema = cJSON_CreateObject();
    gs_schema_put(schema, "type", gs_schema_string(type));
    return schema;
}

cJSON *gs_schema_text_of(size_t characters)
{
    cJSON *schema = gs_schema_typed("string");
    gs_schema_put(schema, "minLength", cJSON_CreateNumber(1));
    gs_schema_put(schema, "maxLength", cJSON_CreateNumber((double)characters));
    return schema;
}

cJSON *gs_schema_ref(const char *definition)
{
    char path[128];
    cJSON *schema = cJSON_CreateObject();
    snprintf(path, sizeof path, "#/definitions/%s", definition);
    gs_schema_put(schema, "$ref", gs_schema_string(path));
    return schema;
}

cJSON *gs_schema_any_of(cJSON *one, cJSON *other)
{
    cJSON *schema = cJSON_CreateObject(), *list = gs_schema_member(schema, "anyOf", cJSON_CreateArray());
    gs_schema_push(list, one);
    gs_schema_push(list, other);
    return schema;
}

cJSON *gs_schema_object(cJSON **properties)
{
    cJSON *schema = gs_schema_typed("object");
    *properties = gs_schema_member(schema, "properties", cJSON_CreateObject());
    gs_schema_put(schema, "additionalProperties", cJSON_CreateFalse());
    return schema;
}

void gs_schema_require(cJSON *schema, const char *key)
{
    cJSON *list = cJSON_GetObjectItemCaseSensitive(schema, "required");
    list = list ? list : gs_schema_member(schema, "required", cJSON_CreateArray());
    gs_schema_push(list, gs_schema_string(key));
}

char *gs_schema_print(cJSON *root)
{
    char *text = cJSON_Print(root);
    cJSON_Delete(root);
    size_t length = text ? strlen(text) : 0;
    char *line = text ? realloc(text, length + 2) : NULL;
    if (line) {
        memcpy(line + length, "\n", 2);
    } else {
        free(text);
    }
    return line;
}
