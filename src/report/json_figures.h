/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Figures as JSON, the same keys for a measured file and for a wire of a render. json_measurement.c */
#ifndef REPORT_JSON_FIGURES_H
#define REPORT_JSON_FIGURES_H

#include "report/measurement.h"

#include <cjson/cJSON.h>

/* One number for each row, null where there is none; rows of own scales only with `scales`. */
void gs_json_figures(cJSON *to, const struct gs_figure *figures, const double *value, bool scales);
/* Figures and overs of one channel as an object. */
cJSON *gs_json_channel(const double *figures, const double *overs, bool scales);

#endif
