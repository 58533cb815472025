/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage predict CHAIN`: what every stage will measure, by arithmetic alone. */
#include "app/variant.h"
#include "app/options.h"
#include "report/rows.h"

#include <stdlib.h>

static const struct gs_option options[] = {
    { "json", 'j', NULL, "Print JSON, keys as in gainstage(1)." },
    { "csv", 0, NULL, "Print one line a stage, comma-separated, for a spreadsheet." },
    { "diagram", 'd', NULL, "Draw the level diagram with characters, too." },
    { "view", 'v', "VIEW", "Of the diagram: stages (as each stage sees it, default) or source." },
    { "set", 's', "STAGE.KEY=VALUE", "Predict with another value; may be given several times." },
    { "rate", 'r', "HZ", "Sample rate, 8000 to 384000. Default 48000." },
    { NULL, 0, NULL, NULL },
};

static enum gs_status print_json(const struct gs_rows *rows, struct gs_error *error)
{
    char *text = gs_rows_json(rows);
    if (!text) {
        return gs_fail(error, GS_E_MEMORY, "", "no memory for the JSON text");
    }
    puts(text);
    free(text);
    return GS_OK;
}

static enum gs_status print(const struct gs_rows *rows, const struct gs_arguments *arguments,
                            struct gs_error *error)
{
    if (gs_option(arguments, "json")) {
        return print_json(rows, error);
    }
    if (gs_option(arguments, "csv")) {
        gs_rows_csv(rows, stdout);
        return GS_OK;
    }
    if (gs_option(arguments, "diagram")) {
        gs_rows_diagram(rows, stdout, 0, 0);
        putchar('\n');
    }
    gs_rows_table(rows, stdout);
    return GS_OK;
}

static int predict(struct gs_variant *variant, const struct gs_arguments *arguments, enum gs_view view)
{
    const char *text;
    struct gs_error error;
    for (int at = 0; (text = gs_option_each(arguments, "set", &at));) {
        if (gs_variant_set(variant, text, &error)) {
            return gs_complain(&error);
        }
    }
    const struct gs_prediction *prediction = gs_variant_run(variant, false);
    struct gs_rows rows;
    if (!prediction || !gs_rows_init(&rows, variant->chain, prediction, variant->rate_hz, view, NULL)) {
        gs_fail(&error, GS_E_MEMORY, "", "no memory for the prediction");
        return gs_complain(&error);
    }
    enum gs_status status = print(&rows, arguments, &error);
    gs_rows_finish(&rows);
    return status ? gs_complain(&error) : 0;
}

static int run(const struct gs_arguments *arguments)
{
    struct gs_error error;
    long rate_hz;
    enum gs_view view;
    if (arguments->n_operands != 1) {
        gs_fail(&error, GS_E_USAGE, "", "predict wants one chain file: see gainstage predict --help");
        return gs_complain(&error);
    }
    if (gs_option_whole(arguments, "rate", 8000, 384000, 48000, &rate_hz, &error) ||
        gs_view_parse(gs_option(arguments, "view"), &view, &error)) {
        return gs_complain(&error);
    }
    struct gs_variant variant;
    int code = gs_variant_open(&variant, arguments->operand[0], (double)rate_hz);
    code = code ? code : predict(&variant, arguments, view);
    gs_variant_close(&variant);
    return code;
}

const struct gs_command gs_cmd_predict = {
    .key = "predict",
    .operands = "CHAIN [--set STAGE.KEY=VALUE]... [--json | --csv]",
    .doc = "Predict what every stage of a chain will measure. By arithmetic, without audio: level, noise, "
           "headroom "
           "and SNR at every stage, which one clips first, which one makes the noise, and what mending each "
           "would "
           "win.",
    .options = options,
    .run = run,
};
