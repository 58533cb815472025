/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage meters`: every reading that every wire has, from the tables of the meters. */
#include "app/options.h"
#include "base/mdoc.h"
#include "engine/readout.h"

#include <math.h>
#include <stdio.h>

static const struct gs_option options[] = {
    { "man", 0, NULL, "Print the reference part of gainstage-meters(7), as mdoc." },
    { NULL, 0, NULL, NULL },
};

/* What its numbers are in. */
static const char *unit_of(const struct gs_reading *row)
{
    return row->unit ? row->unit : "of the wire";
}

/* "0 to 1", "0 and more"; "" for levels, whose end is that of the scale. */
static const char *range_of(const struct gs_reading *row, char *text, size_t size)
{
    if (row->low == row->high || isinf(row->low)) {
        return "";
    }
    snprintf(text, size, isinf(row->high) ? "%g and more" : "%g to %g", row->low, row->high);
    return text;
}

static void print_man(const struct gs_meter_kind *kind)
{
    printf(".Ss %s\n", kind->key);
    gs_mdoc_text(stdout, kind->doc);
    if (*kind->standard) {
        printf("Standard:\n");
        gs_mdoc_text(stdout, kind->standard);
        puts(".br");
    }
    printf("Ballistics:\n");
    gs_mdoc_text(stdout, kind->ballistics);
    puts(".Bl -tag -width Ds");
    for (size_t i = 0; i < kind->n_readings; i++) {
        const struct gs_reading *row = &kind->readings[i];
        printf(".It Li %s", row->key);
        printf(*unit_of(row) ? " ( %s )\n" : "\n", unit_of(row));
        char text[64];
        const char *range = range_of(row, text, sizeof text);
        if (*range) {
            printf("%s.\n", range);
        }
        gs_mdoc_text(stdout, row->doc);
    }
    puts(".El");
}

static void print_plain(const struct gs_meter_kind *kind)
{
    printf("%s: %s\n", kind->key, kind->doc);
    if (*kind->standard) {
        printf("  after %s\n", kind->standard);
    }
    printf("  ballistics: %s\n", kind->ballistics);
    for (size_t i = 0; i < kind->n_readings; i++) {
        const struct gs_reading *row = &kind->readings[i];
        char text[64];
        const char *range = range_of(row, text, sizeof text);
        printf("  %-20s %-12s %s%s%s\n", row->key, unit_of(row), range, *range ? ". " : "", row->doc);
    }
}

static int run(const struct gs_arguments *arguments)
{
    struct gs_error error;
    if (arguments->n_operands > 0) {
        gs_fail(&error, GS_E_USAGE, "", "meters: found '%s', expected nothing", arguments->operand[0]);
        return gs_complain(&error);
    }
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        if (gs_option(arguments, "man")) {
            print_man(*kind);
        } else {
            print_plain(*kind);
        }
    }
    return 0;
}

const struct gs_command gs_cmd_meters = {
    .key = "meters",
    .operands = "",
    .doc = "Explain the meters. Every wire has all of them, always: their keys as in OSC addresses, units, "
           "definitions and standards.",
    .options = options,
    .run = run,
};
