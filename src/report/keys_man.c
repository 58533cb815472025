/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keys of our JSON for gainstage(1). See keys.h. */
#include "report/keys.h"

#include "base/mdoc.h"
#include "engine/readout.h"
#include "report/measurement.h"

static void begin(FILE *to, const char *title)
{
    fprintf(to, ".Pp\n%s\n.Bl -tag -width dynamic_range_a_db -compact\n", title);
}

static void end(FILE *to)
{
    fputs(".El\n", to);
}

static void item(FILE *to, const char *key, const char *doc)
{
    fprintf(to, ".It Li %s\n", key);
    gs_mdoc_text(to, doc);
}

static void keys(FILE *to, const char *title, const struct gs_key *table)
{
    begin(to, title);
    for (; table->key; table++) {
        item(to, table->key, table->doc);
    }
    end(to);
}

/* A figure is a reading, and the reading says what it is. */
static void figures(FILE *to, const char *title, const struct gs_figure *table)
{
    begin(to, title);
    for (; table->key; table++) {
        item(to, table->key, gs_reading_row(gs_reading_find(NULL, table->reading))->doc);
    }
    end(to);
}

void gs_keys_man(FILE *to)
{
    keys(to, ".Cm predict Fl -json\nprints an object with these keys:", gs_prediction_keys);
    keys(to, "Each of its\n.Li stages :", gs_stage_keys);
    keys(to, "Its\n.Li input_referred :", gs_referred_keys);
    keys(to, "Its\n.Li measured :", gs_measured_keys);
    keys(to, ".Cm render Fl -report\nwrites an object with these keys:", gs_report_keys);
    keys(to, "Each of its\n.Li wires :", gs_wire_keys);
    keys(to, "Each of a wire's\n.Li channels :", gs_channel_keys);
    keys(to, "Its\n.Li predicted :", gs_foretold_keys);
    fputs(
        ".Pp\n.Cm measure Fl -json\nprints for each file an object with\n.Li gainstage_measurement\n(1: the "
        "format),\n.Li file ,\n.Li rate_hz ,\n.Li frames\nand what follows.\n",
        to);
    figures(to, "Each of its\n.Li channels\n(those of VU and PPM scales only with an alignment):",
            gs_channel_figures);
    figures(to, "The\n.Li overs\nof a channel:", gs_over_figures);
    figures(to, "Its\n.Li loudness :", gs_loudness_figures);
    figures(to, "Its\n.Li correlation ,\nfrom two channels on:", gs_correlation_figures);
}
