/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Building blocks of JSON documents about the tables. All take ownership of what they are given, pass a
 * NULL on without harm (no memory: the whole is then dropped by gs_schema_print()), and never fail by
 * themselves. [control] */
#ifndef CATALOG_SCHEMA_BUILD_H
#define CATALOG_SCHEMA_BUILD_H

#include <cjson/cJSON.h>

#include <stddef.h>

void gs_schema_put(cJSON *object, const char *key, cJSON *value);
void gs_schema_push(cJSON *list, cJSON *value);
/* Puts and returns the value, to be filled. */
cJSON *gs_schema_member(cJSON *object, const char *key, cJSON *value);

cJSON *gs_schema_string(const char *text);
cJSON *gs_schema_const(const char *word);
cJSON *gs_schema_typed(const char *type);
cJSON *gs_schema_text_of(size_t characters); /* a text of 1..characters */
cJSON *gs_schema_ref(const char *definition);
cJSON *gs_schema_any_of(cJSON *one, cJSON *other);

/* An object that takes no keys but its properties, which are returned to be filled. */
cJSON *gs_schema_object(cJSON **properties);
void gs_schema_require(cJSON *schema, const char *key);

/* Prints, deletes. Owner of the text: the caller (free). NULL: no memory. */
char *gs_schema_print(cJSON *root);

#endif
