/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage diagram CHAIN -o FILE.svg`: the level diagram as a picture. */
#include "app/variant.h"
#include "app/options.h"
#include "report/render_report.h"
#include "report/svg.h"

#include <string.h>

static const struct gs_option options[] = {
    { "output", 'o', "FILE.svg", "Write the picture here; - or nothing: standard output." },
    { "view", 'v', "VIEW",
      "stages (as each stage sees it, default) or source (everything seen from the source)." },
    { "report", 0, "FILE.json",
      "Draw what gainstage render --report measured, too: thick, beside the prediction." },
    { "theme", 't', "THEME", "light, dark, or auto: dark where the viewer prefers dark (default)." },
    { "set", 's', "STAGE.KEY=VALUE", "Draw with another value; may be given several times." },
    { "rate", 'r', "HZ", "Sample rate, 8000 to 384000. Default 48000." },
    { NULL, 0, NULL, NULL },
};

static int write_picture(const struct gs_rows *rows, enum gs_theme theme, const char *path)
{
    struct gs_error error;
    bool out = !path || strcmp(path, "-") == 0;
    FILE *file = out ? stdout : fopen(path, "w");
    if (file) {
        gs_rows_svg(rows, theme, file);
    }
    bool written = file && !ferror(file);
    written = file && !out ? fclose(file) == 0 && written : written;
    if (!written) {
        gs_fail(&error, GS_E_IO, path ? path : "standard output", "cannot write the picture");
        return gs_complain(&error);
    }
    return 0;
}

/* An empty list where no report was given. Returns the exit code, complaints printed. */
static int read_report(const struct gs_chain *chain, const char *path, struct gs_measured *measured)
{
    struct gs_error error;
    const char *ids[GS_CHAIN_STAGES_MAX];
    for (size_t i = 0; i < chain->n_stages; i++) {
        ids[i] = chain->stages[i].id;
    }
    return path && gs_render_report_read(path, ids, chain->n_stages, measured, &error) ? gs_complain(&error)
                                                                                       : 0;
}

static int draw(struct gs_variant *variant, const struct gs_arguments *arguments, enum gs_view view,
                enum gs_theme theme)
{
    const char *text;
    struct gs_error error;
    for (int at = 0; (text = gs_option_each(arguments, "set", &at));) {
        if (gs_variant_set(variant, text, &error)) {
            return gs_complain(&error);
        }
    }
    const struct gs_prediction *prediction = gs_variant_run(variant, false);
    struct gs_measured measured[GS_CHAIN_STAGES_MAX] = { { 0 } };
    int code = prediction ? read_report(variant->chain, gs_option(arguments, "report"), measured) : 1;
    struct gs_rows rows;
    if (code) {
        return code;
    }
    if (!gs_rows_init(&rows, variant->chain, prediction, variant->rate_hz, view, measured)) {
        return 1;
    }
    code = write_picture(&rows, theme, gs_option(arguments, "output"));
    gs_rows_finish(&rows);
    return code;
}

static int run(const struct gs_arguments *arguments)
{
    struct gs_error error;
    long rate_hz;
    enum gs_view view;
    enum gs_theme theme;
    if (arguments->n_operands != 1) {
        gs_fail(&error, GS_E_USAGE, "", "diagram wants one chain file: see gainstage diagram --help");
        return gs_complain(&error);
    }
    if (gs_option_whole(arguments, "rate", 8000, 384000, 48000, &rate_hz, &error) ||
        gs_view_parse(gs_option(arguments, "view"), &view, &error) ||
        gs_theme_parse(gs_option(arguments, "theme"), &theme, &error)) {
        return gs_complain(&error);
    }
    struct gs_variant variant;
    int code = gs_variant_open(&variant, arguments->operand[0], (double)rate_hz);
    code = code ? code : draw(&variant, arguments, view, theme);
    gs_variant_close(&variant);
    return code;
}

const struct gs_command gs_cmd_diagram = {
    .key = "diagram",
    .operands = "CHAIN [--view stages|source] [-o FILE.svg]",
    .doc =
        "Draw the level diagram of a chain. One column a stage: box from noise to ceiling, the signal going "
        "through, headroom and SNR below; what clips first and what makes the noise are marked.",
    .options = options,
    .run = run,
};
