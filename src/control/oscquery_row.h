/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One row of the address reference as the attributes of an OSCQuery node. [control] */
#ifndef CONTROL_OSCQUERY_ROW_H
#define CONTROL_OSCQUERY_ROW_H

#include "session/session.h"

#include <cjson/cJSON.h>

/* What stands before the row's value, and what stands behind it. False: no memory. */
bool gs_oscquery_names(cJSON *node, const struct gs_address_row *row);
void gs_oscquery_limits(cJSON *node, struct gs_session *session, const struct gs_address_row *row);
/* What a stage's own node says beside its parameters, when `path` is one of `chain`; and what "/stage" says of all. */
void gs_oscquery_stage(cJSON *node, const struct gs_chain *chain, const char *path);
bool gs_oscquery_is_attribute(const char *name);

#endif
