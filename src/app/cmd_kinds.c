/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage kinds [KIND]`: what stages there are and what they can be told, from the tables. */
#include "app/options.h"
#include "base/nearest.h"
#include "catalog/kinds.h"
#include "catalog/schema.h"

#include <stdlib.h>

static const struct gs_option options[] = {
    { "json", 'j', NULL, "Print JSON for programs." },
    { "man", 0, NULL, "Print the reference part of gainstage-chain(5), as mdoc." },
    { "schema", 0, NULL, "Print the JSON Schema of chain files, for editors." },
    { NULL, 0, NULL, NULL },
};

static int refuse_kind(const char *word)
{
    struct gs_error error;
    struct gs_nearest nearest = gs_nearest_start(word);
    for (size_t i = 0; gs_stage_kinds[i]; i++) {
        gs_nearest_offer(&nearest, gs_stage_kinds[i]->key);
    }
    gs_fail(&error, GS_E_USAGE, "",
            nearest.best ? "kinds: found '%s', expected a kind of stage: did you mean '%s'?"
                         : "kinds: found '%s', expected a kind of stage: 'gainstage kinds' lists them",
            word, nearest.best);
    return gs_complain(&error);
}

static int print(char *text)
{
    struct gs_error error;
    if (!text) {
        gs_fail(&error, GS_E_MEMORY, "", "kinds: no memory left");
        return gs_complain(&error);
    }
    fputs(text, stdout);
    free(text);
    return 0;
}

static int run(const struct gs_arguments *arguments)
{
    const char *word = arguments->n_operands ? arguments->operand[0] : NULL;
    const struct gs_stage_kind *kind = word ? gs_stage_kind(word) : NULL;
    struct gs_error error;
    if (arguments->n_operands > 1) {
        gs_fail(&error, GS_E_USAGE, "", "kinds: found %d kinds, expected one at most", arguments->n_operands);
        return gs_complain(&error);
    }
    if (word && !kind) {
        return refuse_kind(word);
    }
    if (gs_option(arguments, "schema")) {
        return print(gs_schema_text());
    }
    if (gs_option(arguments, "json")) {
        return print(gs_schema_kinds_text(kind));
    }
    if (gs_option(arguments, "man")) {
        gs_kinds_man(stdout);
    } else if (kind) {
        gs_kinds_describe(stdout, kind);
    } else {
        gs_kinds_list(stdout);
    }
    return 0;
}

const struct gs_command gs_cmd_kinds = {
    .key = "kinds",
    .operands = "[KIND] [--json|--man|--schema]",
    .doc = "Explain the kinds of stages. Without KIND one line for each; with KIND every parameter with its "
           "range, its default and what it does.",
    .options = options,
    .run = run,
};
