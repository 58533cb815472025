/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage check FILE...`: are these chain files? Says ok or everything that is wrong with them. */
#include "app/options.h"
#include "chain/chain.h"

#include <string.h>

static const struct gs_option options[] = {
    { NULL, 0, NULL, NULL },
};

/* 66 is for the chain file alone: one that names a missing sound is a bad chain. */
static int complain(const char *path, const struct gs_errors *errors)
{
    int code = gs_complain_all(errors), no_file = gs_status_exit_code(GS_E_NOFILE);
    bool itself = errors->count && strcmp(errors->list[0].where, path) == 0;
    return code == no_file && !itself ? gs_status_exit_code(GS_E_RANGE) : code;
}

static int check(const char *path)
{
    struct gs_chain *chain = NULL;
    struct gs_errors errors = { 0 };
    int code = 0;
    if (gs_chain_load(path, &chain, &errors)) {
        code = complain(path, &errors);
    } else {
        printf("%s: ok: %s, %zu stage%s\n", path, chain->name, chain->n_stages,
               chain->n_stages == 1 ? "" : "s");
        fflush(stdout); /* keeps its place among complaints when both go to one file */
    }
    gs_errors_finish(&errors);
    gs_chain_destroy(chain);
    return code;
}

static int run(const struct gs_arguments *arguments)
{
    int code = 0;
    if (arguments->n_operands == 0) {
        struct gs_error error;
        gs_fail(&error, GS_E_USAGE, "", "check: found no FILE, expected at least one chain file");
        return gs_complain(&error);
    }
    for (int i = 0; i < arguments->n_operands; i++) {
        int one = check(arguments->operand[i]);
        code = code ? code : one;
    }
    return code;
}

const struct gs_command gs_cmd_check = {
    .key = "check",
    .operands = "FILE...",
    .doc =
        "Check chain files. Prints 'FILE: ok: NAME, n stages', or every complaint with its place, what was "
        "found and what was expected. Exits with 0, 65 (a bad chain) or 66 (no such file).",
    .options = options,
    .run = run,
};
