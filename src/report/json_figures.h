/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Figures and keys as JSON: what the writers share. json_measurement.c */
#ifndef REPORT_JSON_FIGURES_H
#define REPORT_JSON_FIGURES_H

#include "report/keys.h"
#include "report/measurement.h"

#include <cjson/cJSON.h>

/* One number for each row, null where there is none; rows of own scales only with `scales`. */
void gs_json_figures(cJSON *to, const struct gs_figure *figures, const double *value, bool scales);
/* Figures and overs of one channel as an object. */
cJSON *gs_json_channel(const double *figures, const double *overs, bool scales);

/* The plain numbers of a table, read from the structure that it belongs to, rounded to 1 / `parts`. json_keys.c */
void gs_json_keys(cJSON *to, const struct gs_key *keys, const void *from, double parts);

#endif
