/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chain back into its document: nothing is rewritten but what has changed; the layout is one. */
#include "chain/chain.h"

#include "../support/chain_text.h"
#include "../support/paths.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HEAD                                                                                                 \
    "{'gainstage':1,'stages':[{'id':'mic','kind':'source','domain':'line'},{'id':'pre','kind':'preamp',"     \
    "'gain_db':40.0,'max_output_dbu':2.2e1},{'id':'f','kind':'fader','gain_db':-95},"
#define MASTER "{'id':'out','kind':'master'}]}"

static void text_is(const struct gs_chain *chain, const char *expected)
{
    char *text = gs_chain_text(chain);
    char *wanted = strdup(expected);
    for (char *c = wanted; *c; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    cr_assert_str_eq(text, wanted);
    struct gs_chain *again = NULL;
    cr_assert_eq(gs_chain_parse(text, strlen(text), chain->path, &again, NULL), GS_OK);
    for (size_t i = 0; i < chain->n_slots; i++) {
        bool same = again->value[i] == chain->value[i] || (isnan(again->value[i]) && isnan(chain->value[i]));
        cr_assert(same, "slot %zu", i);
    }
    gs_chain_destroy(again);
    free(text);
    free(wanted);
}

/* The shipped chains are written in the layout that saving gives: byte for byte. */
Test(save, shipped_chains_are_fixed_points)
{
    char pattern[4096];
    glob_t files;
    cr_assert_eq(glob(test_source_path(pattern, sizeof pattern, "chains/*.json"), 0, NULL, &files), 0);
    cr_assert_geq(files.gl_pathc, 7);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct gs_chain *chain = NULL;
        cr_assert_eq(gs_chain_load(files.gl_pathv[i], &chain, NULL), GS_OK, "%s", files.gl_pathv[i]);
        char *file = test_read(files.gl_pathv[i]), *text = gs_chain_text(chain);
        cr_assert_str_eq(text, file, "%s", files.gl_pathv[i]);
        free(file);
        free(text);
        gs_chain_destroy(chain);
    }
    globfree(&files);
}

Test(save, unchanged)
{
    struct gs_chain *chain = test_chain(HEAD MASTER);
    text_is(chain, "{\n"
                   "  'gainstage': 1,\n"
                   "  'stages': [\n"
                   "    { 'id': 'mic', 'kind': 'source', 'domain': 'line' },\n"
                   "    { 'id': 'pre', 'kind': 'preamp', 'gain_db': 40, 'max_output_dbu': 22 },\n"
                   "    { 'id': 'f', 'kind': 'fader', 'gain_db': -95 },\n"
                   "    { 'id': 'out', 'kind': 'master' }\n"
                   "  ]\n"
                   "}\n");
    gs_chain_destroy(chain);
}

Test(save, values_in_their_old_places)
{
    struct gs_chain *chain = test_chain(HEAD MASTER);
    gs_chain_give(chain, test_chain_slot(chain, "pre", "gain_db"), 30.25);
    gs_chain_give(chain, test_chain_slot(chain, "pre", "mute"), 1);
    gs_chain_give(chain, test_chain_slot(chain, "pre", "max_output_dbu"), NAN);
    gs_chain_give(chain, test_chain_slot(chain, "f", "gain_db"), -6);
    size_t law = test_chain_slot(chain, "f", "pan_law");
    gs_chain_give(chain, law, gs_param_choice(gs_chain_slot_row(chain, law), "-4.5"));
    gs_chain_give(chain, test_chain_slot(chain, "mic", "signal"), 1);
    gs_chain_give(chain, test_chain_slot(chain, "out", "gain_db"), -INFINITY);
    text_is(chain, "{\n"
                   "  'gainstage': 1,\n"
                   "  'stages': [\n"
                   "    { 'id': 'mic', 'kind': 'source', 'domain': 'line', 'signal': 'sine' },\n"
                   "    { 'id': 'pre', 'kind': 'preamp', 'gain_db': 30.25, 'mute': true },\n"
                   "    { 'id': 'f', 'kind': 'fader', 'gain_db': -6, 'pan_law': -4.5 },\n"
                   "    { 'id': 'out', 'kind': 'master', 'gain_db': '-inf' }\n"
                   "  ]\n"
                   "}\n");
    gs_chain_give(chain, test_chain_slot(chain, "f", "gain_db"),
                  -INFINITY); /* as it was: the file's -95 is back */
    char *text = gs_chain_text(chain);
    cr_assert(strstr(text, "\"gain_db\": -95"), "%s", text);
    free(text);
    gs_chain_destroy(chain);
}

Test(save, texts_alignment_listen)
{
    struct gs_chain *chain = test_chain(HEAD MASTER);
    free(chain->name);
    chain->name = strdup("a \"name\"\\ \xc3\xa4");
    free(chain->stages[1].label);
    chain->stages[1].label = strdup("Tab\tand\x01");
    chain->alignment.nominal_dbfs = -20;
    chain->listen_stage = 1;
    chain->listen_path = GS_ERROR;
    char *text = gs_chain_text(chain);
    cr_assert(strstr(text, "\"name\": \"a \\\"name\\\"\\\\ \xc3\xa4\""), "%s", text);
    cr_assert(strstr(text, "\"label\": \"Tab\\tand\\u0001\""), "%s", text);
    cr_assert(strstr(text, "\"alignment\": { \"nominal_dbfs\": -20 }"), "%s", text);
    cr_assert(strstr(text, "\"listen\": { \"stage\": \"pre\", \"path\": \"error\" }"), "%s", text);
    cr_assert_null(strstr(text, "description"));
    free(text);
    gs_chain_destroy(chain);
}

/* Whatever form "from" has, a send that has moved becomes an object in a list. */
Test(save, sends)
{
    struct gs_chain *chain = test_chain(
        HEAD
        "{'id':'a','kind':'bus'},{'id':'b','kind':'bus','from':'pre'},{'id':'c','kind':'bus','from':{'stage':"
        "'pre','gain_db':1}},{'id':'d','kind':'bus','from':['pre',{'stage':'f','gain_db':-3,'pan':0}]}"
        "," MASTER);
    static const char *const ids[] = { "a", "b", "c" };
    for (size_t i = 0; i < 3; i++) {
        size_t stage = (size_t)gs_chain_find(chain, ids[i]);
        gs_chain_give(chain, gs_chain_send_slot(chain, stage, 0, GS_SEND_GAIN), -1.5);
    }
    size_t d = (size_t)gs_chain_find(chain, "d");
    gs_chain_give(chain, gs_chain_send_slot(chain, d, 0, GS_SEND_GAIN), -INFINITY);
    gs_chain_give(chain, gs_chain_send_slot(chain, d, 1, GS_SEND_PAN), -0.5);
    gs_chain_give(chain, gs_chain_send_slot(chain, d, 0, GS_SEND_PAN), 1);
    text_is(chain, "{\n"
                   "  'gainstage': 1,\n"
                   "  'stages': [\n"
                   "    { 'id': 'mic', 'kind': 'source', 'domain': 'line' },\n"
                   "    { 'id': 'pre', 'kind': 'preamp', 'gain_db': 40, 'max_output_dbu': 22 },\n"
                   "    { 'id': 'f', 'kind': 'fader', 'gain_db': -95 },\n"
                   "    { 'id': 'a', 'kind': 'bus', 'from': [{ 'stage': 'f', 'gain_db': -1.5 }] },\n"
                   "    { 'id': 'b', 'kind': 'bus', 'from': [{ 'stage': 'pre', 'gain_db': -1.5 }] },\n"
                   "    { 'id': 'c', 'kind': 'bus', 'from': [{ 'stage': 'pre', 'gain_db': -1.5 }] },\n"
                   "    {\n"
                   "      'id': 'd',\n"
                   "      'kind': 'bus',\n"
                   "      'from': [\n"
                   "        { 'stage': 'pre', 'gain_db': '-inf', 'pan': 1 },\n"
                   "        { 'stage': 'f', 'gain_db': -3, 'pan': -0.5 }\n"
                   "      ]\n"
                   "    },\n"
                   "    { 'id': 'out', 'kind': 'master' }\n"
                   "  ]\n"
                   "}\n");
    gs_chain_destroy(chain);
}

/* A pan nobody gave, on a mono sum, does nothing; written down it would make the sum stereo. */
Test(save, pan_of_a_mono_sum_stays_out)
{
    struct gs_chain *chain =
        test_chain("{'gainstage':1,'stages':[{'id':'mic','kind':'source'},"
                   "{'id':'b','kind':'bus','from':['mic']},{'id':'out','kind':'master'}]}");
    gs_chain_give(chain, gs_chain_send_slot(chain, 1, 0, GS_SEND_PAN), 1);
    char *text = gs_chain_text(chain);
    cr_assert_null(strstr(text, "pan"), "%s", text);
    free(text);
    gs_chain_destroy(chain);
}

Test(save, layout)
{
    static const char long_name[] = "twelve bytes twelve bytes twelve bytes twelve bytes twelve bytes";
    struct gs_chain *chain =
        test_chain("{'stages':[{'kind':'source','id':'s'},{'id':'m','kind':'master'}],'gainstage':1}");
    /* 100 columns exactly with the comma, and one more; characters count, not bytes */
    for (int extra = 0; extra < 2; extra++) {
        char label[128] = "";
        size_t room =
            100 - strlen("    { \"kind\": \"source\", \"id\": \"s\", \"label\": \"\" },") + (size_t)extra;
        for (size_t i = 0; i < room; i++) {
            strcat(label, i ? "x" : "\xc3\xa4");
        }
        free(chain->stages[0].label);
        chain->stages[0].label = strdup(label);
        char *text = gs_chain_text(chain);
        cr_assert_eq(strstr(text, "\n      \"id\": \"s\",\n") != NULL, extra, "%s", text);
        cr_assert(strstr(text, "  \"gainstage\": 1\n}\n"), "%s", text);
        free(text);
    }
    free(chain->description);
    chain->description = strdup(long_name);
    char *text = gs_chain_text(chain);
    cr_assert(strstr(text, long_name));
    free(text);
    gs_chain_destroy(chain);
}

/* ---- any setting comes back ---------------------------------------------------------------------------- */

static double draw(uint64_t *state) /* splitmix64, 0..1 */
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

/* What a person could have turned a live control to; knobs whose positions depend on others snap. */
static void turn(struct gs_chain *chain, size_t stage, size_t param, uint64_t *seed)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    const struct gs_param *row = gs_stage_param(s->kind, param);
    double *value = &chain->value[gs_chain_slot(chain, stage, param)];
    bool own = param < s->kind->n_params;
    bool bypass = param == s->kind->n_params + GS_COMMON_BYPASS && !(s->kind->flags & GS_STAGE_BYPASS);
    if (row->flags & GS_PARAM_SETUP || row->type == GS_TEXT || bypass || draw(seed) < 0.5 || isnan(*value)) {
        return;
    }
    gs_chain_give(chain, gs_chain_slot(chain, stage, param), gs_param_from_way(row, draw(seed)));
    if (own && s->kind->snap) {
        *value = s->kind->snap(chain->value + s->first_slot, param, *value);
    }
}

static bool comes_back(const struct gs_chain *chain, uint64_t seed)
{
    struct gs_errors errors = { 0 };
    struct gs_chain *again = NULL;
    char *text = gs_chain_text(chain);
    enum gs_status status = gs_chain_parse(text, strlen(text), chain->path, &again, &errors);
    /* values that contradict each other are the only ones that may be refused */
    cr_assert(status == GS_OK || status == GS_E_IMPOSSIBLE, "seed %llu: %s: %s", (unsigned long long)seed,
              errors.list[0].where, errors.list[0].text);
    for (size_t i = 0; status == GS_OK && i < chain->n_slots; i++) {
        bool same = again->value[i] == chain->value[i] || (isnan(again->value[i]) && isnan(chain->value[i]));
        cr_assert(same, "seed %llu, %s: %g, was %g", (unsigned long long)seed,
                  gs_chain_slot_row(chain, i)->key, again->value[i], chain->value[i]);
    }
    gs_chain_destroy(again);
    gs_errors_finish(&errors);
    free(text);
    return status == GS_OK;
}

Test(save, any_setting_comes_back)
{
    char pattern[4096];
    glob_t files;
    size_t back = 0, rounds = 400;
    cr_assert_eq(glob(test_source_path(pattern, sizeof pattern, "chains/*.json"), 0, NULL, &files), 0);
    for (uint64_t round = 0; round < rounds; round++) {
        uint64_t seed = round;
        struct gs_chain *chain = NULL;
        cr_assert_eq(gs_chain_load(files.gl_pathv[round % files.gl_pathc], &chain, NULL), GS_OK);
        for (size_t s = 0; s < chain->n_stages; s++) {
            for (size_t p = 0; p < chain->stages[s].kind->n_params + GS_COMMON_PARAMS; p++) {
                turn(chain, s, p, &seed);
            }
            for (size_t send = 0;
                 chain->stages[s].kind->flags & GS_STAGE_SUMS && send < chain->stages[s].n_sends; send++) {
                size_t slot = gs_chain_send_slot(chain, s, send, GS_SEND_GAIN);
                chain->value[slot] = gs_param_from_way(&gs_stage_send[GS_SEND_GAIN], draw(&seed));
            }
        }
        back += comes_back(chain, round);
        gs_chain_destroy(chain);
    }
    globfree(&files);
    cr_assert_gt(back, rounds / 2, "%zu of %zu", back, rounds);
}
