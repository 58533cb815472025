/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a chain file: scan, load, compile; what is taken is written, and taken again. Sounds are neither read
 * nor computed: they cost a thousand times what all the rest does, and their reader is another library's. */
#include "chain/chain.h"
#include "chain/plan.h"
#include "chain/sounds.h"

#include "fuzz.h"

#include <string.h>

#define BYTES_MAX  8192
#define STAGES_MAX 16   /* more of the same: arenas of megabytes would eat the time */
#define RATE_HZ    8000 /* the shortest delay lines */

static bool is_silent(const struct gs_chain *chain)
{
    static const char *const sounds[] = { "file", "pink", "white" };
    for (size_t i = 0; i < chain->n_stages; i++) {
        for (size_t k = 0; k < sizeof sounds / sizeof *sounds; k++) {
            if (gs_sounds_signal_is(chain, i, sounds[k])) {
                return false;
            }
        }
    }
    return true;
}

static void compile(const struct gs_chain *chain)
{
    struct gs_errors errors = { 0 };
    struct gs_plan *plan = NULL;
    if (chain->n_stages > STAGES_MAX || !is_silent(chain)) {
        return;
    }
    enum gs_status status = gs_plan_compile(chain, RATE_HZ, NULL, &plan, &errors);
    MUST(status ? errors.count + errors.dropped > 0 : plan->n_slots == chain->n_slots);
    if (!status) {
        gs_plan_destroy(plan);
    }
    gs_errors_finish(&errors);
}

static void take_again(const struct gs_chain *chain)
{
    struct gs_errors errors = { 0 };
    struct gs_chain *again = NULL;
    char *text = gs_chain_text(chain);
    MUST(text);
    MUST(gs_chain_parse(text, strlen(text), NULL, &again, &errors) == GS_OK);
    MUST(again->n_stages == chain->n_stages && again->n_slots == chain->n_slots);
    gs_chain_destroy(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = NULL;
    if (size > BYTES_MAX) {
        return 0;
    }
    if (gs_chain_parse((const char *)data, size, NULL, &chain, &errors) == GS_OK) {
        MUST(chain && errors.count == 0);
        compile(chain);
        take_again(chain);
        gs_chain_destroy(chain);
    } else {
        MUST(!chain && errors.count + errors.dropped > 0);
    }
    gs_errors_finish(&errors);
    return 0;
}
