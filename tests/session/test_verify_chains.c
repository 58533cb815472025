/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The comparison of what plays with its prediction on every shipped chain: no false alarm. Some seconds long. */
#include "../support/desk.h"
#include "../support/paths.h"
#include "chain/chain.h"

#include <criterion/criterion.h>

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SECONDS 12 /* to settle, and two measurements */

static const char blank[] =
    "{'gainstage':1,'stages':[{'id':'s','kind':'source','domain':'digital','signal':'sine'},"
    "{'id':'m','kind':'master'}]}";

static double doubt(struct desk *desk, const char *stage)
{
    char address[64];
    snprintf(address, sizeof address, "/stage/%s/model_error", stage);
    return desk_get(desk, address);
}

/* Every shipped chain, twelve seconds with programme at its live inputs: no false alarm, and what is compared
 * agrees. */
Test(verify_chains, are_no_model_errors, .timeout = 120)
{
    char pattern[4096];
    glob_t files;
    unsigned compared = 0;
    size_t frames = 48000 * SECONDS;
    float *x = calloc(frames, sizeof *x);
    for (size_t i = 0; i < frames; i++) {
        x[i] = (float)(0.2 * sin((double)i / 7) * sin((double)i / 9000));
    }
    cr_assert_eq(glob(test_source_path(pattern, sizeof pattern, "chains/*.json"), 0, NULL, &files), 0);
    for (size_t f = 0; f < files.gl_pathc; f++) {
        struct gs_errors errors = { 0 };
        struct desk *desk = desk_open(blank);
        cr_assert_eq(gs_session_load(desk->session, files.gl_pathv[f], &errors), GS_OK);
        desk_play(desk, x, x, frames);
        const struct gs_chain *chain = gs_session_chain(desk->session);
        for (size_t s = 0; s < chain->n_stages; s++) {
            char address[64];
            snprintf(address, sizeof address, "/stage/%s/agreement_db", chain->stages[s].id);
            double db = desk_get(desk, address);
            cr_assert_eq(doubt(desk, chain->stages[s].id), 0, "%s: %s is off by %.3f dB", files.gl_pathv[f],
                         chain->stages[s].id, db);
            compared += db < 144;
        }
        desk_close(desk);
        gs_errors_finish(&errors);
    }
    cr_assert_geq(compared, 40, "only %u stages were compared", compared);
    globfree(&files);
    free(x);
}
