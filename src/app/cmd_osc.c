/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage osc [CHAIN]`: every OSC address that a chain has, from the tables that answer them. */
#include "app/options.h"
#include "chain/chain.h"
#include "control/osc_reference.h"

static const struct gs_option options[] = {
    { "json", 'j', NULL, "Print JSON." },
    { "markdown", 'M', NULL, "Print Markdown tables." },
    { "man", 0, NULL, "Print the list items of a manual page in mdoc(7)." },
    { NULL, 0, NULL, NULL },
};

static int print(const struct gs_arguments *arguments, const struct gs_chain *chain)
{
    if (gs_option(arguments, "json")) {
        if (!gs_osc_reference_json(chain, stdout)) {
            struct gs_error error;
            gs_fail(&error, GS_E_MEMORY, "", "out of memory");
            return gs_complain(&error);
        }
    } else if (gs_option(arguments, "markdown")) {
        gs_osc_reference_markdown(chain, stdout);
    } else if (gs_option(arguments, "man")) {
        gs_osc_reference_man(chain, stdout);
    } else {
        gs_osc_reference_text(chain, stdout);
    }
    return 0;
}

static int run(const struct gs_arguments *arguments)
{
    struct gs_chain *chain = NULL;
    struct gs_errors errors = { 0 };
    int code = 0;
    if (arguments->n_operands > 1) {
        struct gs_error error;
        gs_fail(&error, GS_E_USAGE, "", "osc: expected one CHAIN or none");
        return gs_complain(&error);
    }
    if (arguments->n_operands == 1 && gs_chain_load(arguments->operand[0], &chain, &errors)) {
        code = gs_complain_all(&errors);
    } else {
        code = print(arguments, chain);
    }
    gs_errors_finish(&errors);
    gs_chain_destroy(chain);
    return code;
}

const struct gs_command gs_cmd_osc = {
    .key = "osc",
    .operands = "[CHAIN]",
    .doc = "Print every OSC address. With a chain file, the addresses of that chain; without, those of any "
           "chain. "
           "Arguments and answers are OSC type tags; [ ] marks what may be left out.",
    .options = options,
    .run = run,
};
