/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage render`: a chain through the engine into a file, with a report of what every wire carried. */
#include "app/options.h"
#include "backend/offline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUTS_MAX 256

static const struct gs_option options[] = {
    { "output", 'o', "FILE.wav",
      "Write the listened wire here, 32-bit float WAV (RF64 from 4 GB on), full scale by the alignment." },
    { "input", 'i', "ID=FILE",
      "Feed a sound file to the source ID of signal \"jack\"; may be given several times." },
    { "seconds", 's', "S", "Length. Default: of the longest input; 10 without one." },
    { "rate", 'r', "HZ", "Sample rate, 8000 to 384000. Default: of the first input; 48000 without one." },
    { "listen", 'l', "ID", "Stage whose output is written. Default: what the chain says." },
    { "path", 'p', "PATH", "real, ideal, or error (real minus ideal). Default: what the chain says." },
    { "report", 0, "FILE.json",
      "Write what every wire carried, beside its prediction and with all meters, as JSON; - writes to "
      "standard "
      "output." },
    { "meters", 'm', NULL, "Print all meters of every wire, in full scale by the alignment." },
    { "block", 0, "N", "Frames a call, 1 to 65536. Default 1024. Changes nothing in the result." },
    { "safety", 0, NULL, "Pass the output through the safety stage, as the live client does." },
    { "out-ceiling", 0, "DB", "Ceiling of the safety stage in dBFS. Default -1." },
    { "quiet", 'q', NULL, "No progress line." },
    { NULL, 0, NULL, NULL },
};

static void show_progress(void *context, double done)
{
    int *last = context;
    int percent = (int)(done * 100.0);
    if (percent != *last) {
        fprintf(stderr, "\rrendering %3d %%%s", percent, done >= 1.0 ? "\n" : "");
        *last = percent;
    }
}

static enum gs_status parse_inputs(const struct gs_arguments *arguments, struct gs_render_input *inputs,
                                   size_t *n, struct gs_error *error)
{
    const char *text;
    for (int at = 0; (text = gs_option_each(arguments, "input", &at));) {
        char *equals = strchr(text, '=');
        if (!equals || equals == text || !equals[1] || *n == INPUTS_MAX) {
            return gs_fail(error, GS_E_USAGE, "", "--input %s: expected ID=FILE, at most %d times", text,
                           INPUTS_MAX);
        }
        *equals = '\0'; /* argv is ours to cut */
        inputs[(*n)++] = (struct gs_render_input){ text, equals + 1 };
    }
    return GS_OK;
}

static enum gs_status choose_listen(const struct gs_arguments *arguments, struct gs_chain *chain,
                                    struct gs_error *error)
{
    static const char *const paths[] = { "real", "ideal", "error" };
    const char *listen = gs_option(arguments, "listen"), *path = gs_option(arguments, "path");
    if (listen) {
        int stage = gs_chain_find(chain, listen);
        if (stage < 0) {
            return gs_fail(error, GS_E_USAGE, "", "--listen %s: no such stage in the chain", listen);
        }
        chain->listen_stage = (unsigned)stage;
    }
    for (unsigned i = 0; path && i < 3; i++) {
        if (strcmp(path, paths[i]) == 0) {
            chain->listen_path = (enum gs_path)i;
            return GS_OK;
        }
    }
    return path ? gs_fail(error, GS_E_USAGE, "", "--path %s: expected real, ideal or error", path) : GS_OK;
}

static enum gs_status parse_numbers(const struct gs_arguments *arguments, struct gs_render *render,
                                    struct gs_error *error)
{
    long block, rate_hz;
    enum gs_status status =
        gs_option_number(arguments, "seconds", 1e-3, GS_RENDER_SECONDS_MAX, 0, &render->seconds, error);
    status = status ? status : gs_option_whole(arguments, "rate", 8000, 384000, 0, &rate_hz, error);
    status = status ? status : gs_option_whole(arguments, "block", 1, GS_RENDER_BLOCK_MAX, 0, &block, error);
    status = status ? status
                    : gs_option_number(arguments, "out-ceiling", -60, 0, -1, &render->out_ceiling_db, error);
    if (!status) {
        render->rate_hz = (double)rate_hz;
        render->block = (unsigned)block;
    }
    return status;
}

static enum gs_status write_report(const struct gs_render_report *report, const char *path,
                                   struct gs_error *error)
{
    char *text = gs_render_report_json(report);
    if (!text) {
        return gs_fail(error, GS_E_MEMORY, "", "no memory for the report");
    }
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    bool written = file && fputs(text, file) >= 0 && fputc('\n', file) >= 0;
    written = file && file != stdout ? fclose(file) == 0 && written : written;
    free(text);
    return written ? GS_OK : gs_fail(error, GS_E_IO, path, "cannot write the report");
}

static enum gs_status wants_something(const struct gs_arguments *arguments, struct gs_error *error)
{
    bool wanted =
        gs_option(arguments, "output") || gs_option(arguments, "report") || gs_option(arguments, "meters");
    return wanted ? GS_OK
                  : gs_fail(error, GS_E_USAGE, "",
                            "nothing is asked for: expected -o OUT.wav, --report FILE.json or --meters");
}

static int render_chain(const struct gs_arguments *arguments, struct gs_chain *chain)
{
    struct gs_error error;
    struct gs_errors errors = { 0 };
    struct gs_render_input inputs[INPUTS_MAX];
    struct gs_render render = { .chain = chain,
                                .inputs = inputs,
                                .out_path = gs_option(arguments, "output"),
                                .safety = gs_option(arguments, "safety") };
    int last = -1;
    enum gs_status status = wants_something(arguments, &error);
    status = status ? status : parse_inputs(arguments, inputs, &render.n_inputs, &error);
    status = status ? status : choose_listen(arguments, chain, &error);
    status = status ? status : parse_numbers(arguments, &render, &error);
    if (status) {
        return gs_complain(&error);
    }
    if (isatty(STDERR_FILENO) && !gs_option(arguments, "quiet")) {
        render.progress = show_progress;
        render.context = &last;
    }
    const char *report_path = gs_option(arguments, "report");
    struct gs_render_report report = { 0 };
    int code = gs_render_run(&render, &report, &errors) ? gs_complain_all(&errors) : 0;
    if (!code && gs_option(arguments, "meters")) {
        gs_render_report_text(&report, stdout);
    }
    if (!code && report_path) {
        code = write_report(&report, report_path, &error) ? gs_complain(&error) : 0;
    }
    free(report.wires);
    gs_errors_finish(&errors);
    return code;
}

static int run(const struct gs_arguments *arguments)
{
    struct gs_error error;
    if (arguments->n_operands != 1) {
        gs_fail(&error, GS_E_USAGE, "", "render wants one chain file: see gainstage render --help");
        return gs_complain(&error);
    }
    struct gs_errors errors = { 0 };
    struct gs_chain *chain;
    if (gs_chain_load(arguments->operand[0], &chain, &errors)) {
        int code = gs_complain_all(&errors);
        gs_errors_finish(&errors);
        return code;
    }
    int code = render_chain(arguments, chain);
    gs_chain_destroy(chain);
    return code;
}

const struct gs_command gs_cmd_render = {
    .key = "render",
    .operands = "CHAIN {-o OUT.wav | --report FILE.json | --meters} [OPTION]...",
    .doc = "Render a chain offline, without JACK. The same engine as the live client, deterministic, as fast "
           "as it "
           "goes.",
    .options = options,
    .run = run,
};
