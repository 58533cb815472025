/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See json_figures.h. */
#include "report/json_figures.h"

#include <math.h>

void gs_json_keys(cJSON *to, const struct gs_key *keys, const void *from, double parts)
{
    for (; keys->key; keys++) {
        if (keys->offset == GS_KEY_APART) {
            continue;
        }
        double number = *(const double *)(const void *)((const char *)from + keys->offset);
        number *= keys->scale != 0 ? keys->scale : 1;
        if (isfinite(number)) {
            cJSON_AddNumberToObject(to, keys->key, round(number * parts) / parts);
        } else {
            cJSON_AddNullToObject(to, keys->key);
        }
    }
}
