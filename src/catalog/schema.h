/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be said about chain files to programs, from the tables alone: a JSON Schema (draft 7, the one
 * that editors know) and the kinds with their rows as JSON. [control] */
#ifndef CATALOG_SCHEMA_H
#define CATALOG_SCHEMA_H

#include "gainstage/stage.h"

/* Texts end with a line break. Owner: the caller (free). NULL when out of memory. */
char *gs_schema_text(void);
/* `only` NULL: a list of all kinds; else that kind. */
char *gs_schema_kinds_text(const struct gs_stage_kind *only);

#endif
