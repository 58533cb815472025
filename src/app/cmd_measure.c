/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage measure`: all meters over sound files, as a table, as JSON, and over time as CSV. */
#include "app/options.h"
#include "app/series_file.h"
#include "backend/measure.h"
#include "base/alignment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct gs_option options[] = {
    { "json", 'j', NULL, "Print JSON: an object, for several files an array." },
    { "alignment", 'a', "DBU", "Level of 0 dBFS in dBu: adds VU and PPM on their own scales." },
    { "nominal", 0, "DBFS", "Level of 0 VU in dBFS, with --alignment. Default -18." },
    { "series", 's', "HZ", "With --csv: so many rows a second, up to 200." },
    { "csv", 'c', "FILE",
      "Write the readings over time as CSV; - writes to standard output. One sound file." },
    { "quiet", 'q', NULL, "No progress line." },
    { NULL, 0, NULL, NULL },
};

struct display {
    const char *file;
    int last; /* percent shown */
    struct gs_series_file csv;
};

static void show_progress(void *context, double done)
{
    struct display *display = context;
    int percent = (int)(done * 100);
    if (percent != display->last) {
        fprintf(stderr, "\rmeasuring %s %3d %%%s", display->file, percent, percent == 100 ? "\n" : "");
        display->last = percent;
    }
}

static void write_row(void *context, const struct gs_measurement *so_far, double time_s)
{
    struct display *display = context;
    if (gs_series_file_begin(&display->csv, NULL) == GS_OK) { /* else close_series() says why */
        gs_series_row(so_far->readout, 0, so_far->channels, time_s, display->csv.to);
    }
}

static enum gs_status parse_alignment(const struct gs_arguments *arguments, struct gs_alignment *alignment,
                                      struct gs_error *error)
{
    const struct gs_param *dbu = &gs_alignment_rows[GS_ALIGNMENT_DBU];
    const struct gs_param *nominal = &gs_alignment_rows[GS_ALIGNMENT_NOMINAL];
    const struct gs_alignment fallback = gs_alignment_default();
    enum gs_status status = gs_option_number(arguments, "alignment", dbu->min, dbu->max,
                                             fallback.dbu_at_0dbfs, &alignment->dbu_at_0dbfs, error);
    return status ? status
                  : gs_option_number(arguments, "nominal", nominal->min, nominal->max, fallback.nominal_dbfs,
                                     &alignment->nominal_dbfs, error);
}

static enum gs_status open_series(const struct gs_arguments *arguments, struct gs_measure *measure,
                                  struct display *display, struct gs_error *error)
{
    const char *csv = gs_option(arguments, "csv");
    enum gs_status status =
        gs_option_number(arguments, "series", 0.001, GS_MEASURE_SERIES_MAX, 0, &measure->series_hz, error);
    if (status) {
        return status;
    }
    if (!csv != !(measure->series_hz > 0)) {
        return gs_fail(error, GS_E_USAGE, "", "--series HZ and --csv FILE go together");
    }
    if (!csv) {
        return GS_OK;
    }
    if (arguments->n_operands != 1) {
        return gs_fail(error, GS_E_USAGE, "", "--csv takes one sound file, not %d", arguments->n_operands);
    }
    measure->tick = write_row;
    return gs_series_file_open(&display->csv, csv, error);
}

/* A sound too short for a row has a heading. */
static enum gs_status close_series(struct display *display, bool measured, struct gs_error *error)
{
    enum gs_status begun = measured && display->csv.to ? gs_series_file_begin(&display->csv, error) : GS_OK;
    enum gs_status closed = gs_series_file_close(&display->csv, begun ? NULL : error);
    return begun ? begun : closed;
}

/* Says what went wrong with a file and goes on with the next; the code of the first that failed. */
static int measure_files(const struct gs_arguments *arguments, struct gs_measure *measure,
                         struct display *display, struct gs_measurement *result, size_t *n)
{
    struct gs_error error;
    int code = 0;
    for (int i = 0; i < arguments->n_operands; i++) {
        display->file = measure->path = arguments->operand[i];
        display->last = -1;
        if (gs_measure_file(measure, &result[*n], &error)) {
            int failed = gs_complain(&error);
            code = code ? code : failed;
            gs_measurement_finish(&result[*n]);
        } else {
            if (result[*n].ends_early) {
                fprintf(stderr, "gainstage: %s: ends before its header says: measured what is there\n",
                        display->file);
            }
            (*n)++;
        }
    }
    return code;
}

static enum gs_status print_json(const struct gs_measurement *result, size_t n, bool list,
                                 struct gs_error *error)
{
    char *text = gs_measurement_json(result, n, list);
    bool printed = text && puts(text) >= 0;
    free(text);
    return printed ? GS_OK : gs_fail(error, GS_E_IO, "", "cannot print the result");
}

static int run_files(const struct gs_arguments *arguments, struct gs_measure *measure)
{
    struct display display = { 0 };
    struct gs_error error;
    measure->context = &display;
    if (open_series(arguments, measure, &display, &error)) {
        return gs_complain(&error);
    }
    struct gs_measurement *result = calloc((size_t)arguments->n_operands, sizeof *result);
    size_t n = 0;
    int code = 1;
    if (result) {
        code = measure_files(arguments, measure, &display, result, &n);
    }
    bool own_output = display.csv.to == stdout;
    if (close_series(&display, n > 0, &error)) {
        code = gs_complain(&error);
    }
    if (gs_option(arguments, "json")) {
        bool list = arguments->n_operands > 1; /* whichever of them could be read */
        code = (n > 0 || list) && print_json(result, n, list, &error) ? gs_complain(&error) : code;
    } else if (!own_output) {
        for (size_t i = 0; i < n; i++) {
            gs_measurement_text(&result[i], stdout);
        }
    }
    for (size_t i = 0; i < n; i++) {
        gs_measurement_finish(&result[i]);
    }
    free(result);
    return code;
}

static int run(const struct gs_arguments *arguments)
{
    struct gs_error error;
    struct gs_alignment alignment;
    struct gs_measure measure = { 0 };
    if (arguments->n_operands < 1) {
        gs_fail(&error, GS_E_USAGE, "", "measure wants sound files: see gainstage measure --help");
        return gs_complain(&error);
    }
    if (parse_alignment(arguments, &alignment, &error)) {
        return gs_complain(&error);
    }
    if (gs_option(arguments, "alignment")) {
        measure.alignment = &alignment;
    }
    if (isatty(STDERR_FILENO) && !gs_option(arguments, "quiet")) {
        measure.progress = show_progress;
    }
    return run_files(arguments, &measure);
}

const struct gs_command gs_cmd_measure = {
    .key = "measure",
    .operands = "FILE...",
    .doc =
        "Run all meters over sound files. Peaks, loudness, VU, PPM, noise, correlation: the same numbers as "
        "live, hundreds of times faster. A file named - is standard input. Channels are weighted in loudness "
        "by what the file says they are (a channel mask); where it says nothing five are L R C Ls Rs, six "
        "L R C LFE Ls Rs, and all others count alike.",
    .options = options,
    .run = run,
};
