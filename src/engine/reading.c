/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Readings by number: all rows of all kinds in the order of the tables. */
#include "engine/readout_inside.h"

#include <string.h>

int gs_reading_find(const char *kind_key, const char *reading_key)
{
    int number = 0;
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        bool wanted = !kind_key || strcmp((*kind)->key, kind_key) == 0;
        for (size_t i = 0; i < (*kind)->n_readings; i++, number++) {
            if (wanted && strcmp((*kind)->readings[i].key, reading_key) == 0) {
                return number;
            }
        }
    }
    return -1;
}

int gs_reading_count(void)
{
    int count = 0;
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        count += (int)(*kind)->n_readings;
    }
    return count;
}

struct gs_reading_place gs_reading_place(int reading)
{
    struct gs_reading_place place = { 0 };
    for (size_t left = (size_t)reading; gs_meter_kinds[place.kind]; place.kind++) {
        const struct gs_meter_kind *kind = gs_meter_kinds[place.kind];
        if (left < kind->n_readings) {
            place.row = &kind->readings[left];
            break;
        }
        left -= kind->n_readings;
    }
    return place;
}

const struct gs_reading *gs_reading_row(int reading)
{
    return gs_reading_place(reading).row;
}
