/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loading good chains: what stands in the structure, and what follows from what is not said. What is
 * refused, and how, is in tests/bad. */
#include "chain/chain.h"

#include "../support/chain_text.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIC    "{'id':'mic','kind':'source','domain':'line'}"
#define PRE    "{'id':'pre','kind':'preamp','gain_db':40}"
#define ADC    "{'id':'adc','kind':'adc'}"
#define MASTER "{'id':'out','kind':'master'}"

Test(load, smallest_chain)
{
    struct gs_chain *chain = test_chain("{'gainstage':1,'stages':[" MIC "," MASTER "]}");
    cr_assert_str_eq(chain->name, "t");
    cr_assert_str_eq(chain->description, "");
    cr_assert_str_eq(chain->path, "t.json");
    cr_assert_eq(chain->n_stages, 2);
    cr_assert_eq(chain->alignment.dbu_at_0dbfs, 18.0); /* EBU R 68 */
    cr_assert_eq(chain->alignment.nominal_dbfs, -18.0);
    cr_assert_eq(chain->listen_stage, 1);
    cr_assert_eq(chain->listen_path, GS_REAL);
    cr_assert_str_eq(chain->stages[1].label, "out");
    cr_assert_eq(chain->stages[1].n_sends, 1);
    cr_assert_eq(chain->stages[1].sends[0].stage, 0);
    cr_assert_eq(chain->stages[1].domain_in, GS_ANALOG);
    cr_assert_eq(chain->stages[1].domain_out, GS_ANALOG);
    gs_chain_destroy(chain);
}

Test(load, everything_said)
{
    struct gs_chain *chain = test_chain("{'gainstage':1,'name':'N','description':'two\\nlines',"
                                        "'alignment':{'dbu_at_0dbfs':24,'nominal_dbfs':-20},"
                                        "'stages':[" MIC "," PRE "," ADC
                                        ",{'id':'x','kind':'fader','label':'Vox','mute':true,'bypass':false,"
                                        "'gain_db':-12.5,'pan':0.25}," MASTER "],"
                                        "'listen':{'stage':'pre','path':'error'}}");
    cr_assert_str_eq(chain->name, "N");
    cr_assert_str_eq(chain->description, "two\nlines");
    cr_assert_eq(chain->alignment.dbu_at_0dbfs, 24.0);
    cr_assert_eq(chain->alignment.nominal_dbfs, -20.0);
    cr_assert_eq(chain->listen_stage, 1);
    cr_assert_eq(chain->listen_path, GS_ERROR);
    cr_assert_str_eq(chain->stages[3].label, "Vox");
    cr_assert_eq(test_chain_value(chain, "x", "gain_db"), -12.5);
    cr_assert_eq(test_chain_value(chain, "x", "pan"), 0.25);
    cr_assert_eq(test_chain_value(chain, "x", "mute"), 1.0);
    cr_assert_eq(test_chain_value(chain, "pre", "gain_db"), 40.0);
    gs_chain_destroy(chain);
}

/* Every row of every kind: left out it is its default; the table is the only list. */
Test(load, defaults_come_from_the_rows)
{
    for (size_t k = 0; gs_stage_kinds[k]; k++) {
        const struct gs_stage_kind *kind = gs_stage_kinds[k];
        static const char *const before[GS_DOMAIN_COUNT] = { "acoustic", "line", "digital" };
        int domain = kind->domains_in ? __builtin_ctz(kind->domains_in) : GS_ANALOG;
        char text[400];
        snprintf(text, sizeof text,
                 "{'gainstage':1,'stages':[{'id':'a','kind':'source','domain':'%s'},{'id':'b','kind':'%s'},"
                 "{'id':'s','kind':'source','domain':'line'}%s]}",
                 before[domain], kind->key, kind->flags & GS_STAGE_MASTER ? "" : "," MASTER);
        struct gs_chain *chain = test_chain(text);
        for (size_t i = 0; i < kind->n_params + GS_COMMON_PARAMS; i++) {
            const struct gs_param *row = gs_stage_param(kind, i);
            double value = chain->value[gs_chain_slot(chain, 1, i)];
            bool absent = row->type == GS_TEXT || isnan(row->def);
            cr_assert(absent ? isnan(value) : value == row->def, "%s %s: %g", kind->key, row->key, value);
            cr_assert_eq(gs_chain_slot_row(chain, gs_chain_slot(chain, 1, i)), row);
        }
        cr_assert_eq(chain->stages[1].domain_in, kind->domains_in ? (enum gs_domain)domain : GS_ANALOG);
        gs_chain_destroy(chain);
    }
}

static void put_value(char *text, size_t size, const struct gs_param *row, double value)
{
    if (row->type == GS_SWITCH) {
        snprintf(text, size, "%s", value > 0 ? "true" : "false");
    } else if (row->type == GS_CHOICE) {
        snprintf(text, size, "'%s'", row->choices[(size_t)value].word);
    } else {
        snprintf(text, size, "%.17g", value);
    }
}

static char *complaints_about(const struct gs_stage_kind *kind, const struct gs_param *row, const char *value)
{
    char text[600];
    snprintf(text, sizeof text, "{'gainstage':1,'stages':[{'id':'b','kind':'%s','%s':%s}]}", kind->key,
             row->key, value);
    return test_chain_complaints(text);
}

/* Every row of every kind: both ends of its range are taken, what lies outside is refused at its place. */
Test(load, ranges_come_from_the_rows)
{
    for (size_t k = 0; gs_stage_kinds[k]; k++) {
        const struct gs_stage_kind *kind = gs_stage_kinds[k];
        for (size_t i = 0; i < kind->n_params; i++) {
            const struct gs_param *row = &kind->params[i];
            double last = row->type == GS_CHOICE   ? (double)gs_param_choices(row) - 1
                          : row->type == GS_SWITCH ? 1.0
                                                   : row->max;
            double first = row->type == GS_NUMBER ? row->min : 0.0;
            double values[] = { first, last, row->min - 0.5, row->max + 0.5 };
            char pointer[128];
            snprintf(pointer, sizeof pointer, "t.json: /stages/0/%s: found", row->key);
            for (int v = 0; v < 4 && row->type != GS_TEXT; v++) {
                bool silent = v == 2 && row->flags & GS_PARAM_MINUS_INF;
                char value[64];
                if (v >= 2 && row->type != GS_NUMBER) {
                    continue;
                }
                put_value(value, sizeof value, row, values[v]);
                char *said = complaints_about(kind, row, value);
                char *about = strstr(said, pointer);
                bool range = about && strstr(about, "expected a number");
                cr_assert_eq(range, v >= 2 && !silent, "%s %s %s: %s", kind->key, row->key, value, said);
                free(said);
            }
            char *said = complaints_about(kind, row, "[]");
            cr_assert(strstr(said, pointer), "%s %s: %s", kind->key, row->key, said);
            free(said);
        }
    }
}

Test(load, kinds_are_listed_when_none_is_near)
{
    char *said = test_chain_complaints("{'gainstage':1,'stages':[{'id':'b','kind':'zzzzzzzzz'}]}");
    for (size_t k = 0; gs_stage_kinds[k]; k++) {
        char word[64];
        snprintf(word, sizeof word, "`%s`", gs_stage_kinds[k]->key);
        cr_assert(strstr(said, word) || strstr(said, "..."), "%s: %s", word, said);
    }
    cr_assert_null(strstr(said, "did you mean"));
    free(said);
}

Test(load, silence)
{
    static const char *const words[] = { "'-inf'", "'-oo'", "-90", "-1000" };
    for (size_t i = 0; i < 4; i++) {
        char text[300];
        snprintf(text, sizeof text,
                 "{'gainstage':1,'stages':[" MIC ",{'id':'f','kind':'fader','gain_db':%s}," MASTER "]}",
                 words[i]);
        struct gs_chain *chain = test_chain(text);
        cr_assert_eq(test_chain_value(chain, "f", "gain_db"), -INFINITY, "%s", words[i]);
        gs_chain_destroy(chain);
    }
}

Test(load, choices_that_are_numbers)
{
    static const char *const ways[] = { "-4.5", "'-4.5'", "-45e-1" };
    for (size_t i = 0; i < 3; i++) {
        char text[300];
        snprintf(text, sizeof text,
                 "{'gainstage':1,'stages':[" MIC ",{'id':'f','kind':'fader','pan_law':%s}," MASTER "]}",
                 ways[i]);
        struct gs_chain *chain = test_chain(text);
        const struct gs_param *row = gs_chain_slot_row(chain, test_chain_slot(chain, "f", "pan_law"));
        cr_assert_eq(test_chain_value(chain, "f", "pan_law"), gs_param_choice(row, "-4.5"));
        gs_chain_destroy(chain);
    }
}

/* ---- sends, domains, channels -------------------------------------------------------------------------- */

Test(load, bus_takes_ids_and_objects)
{
    struct gs_chain *chain = test_chain(
        "{'gainstage':1,'stages':[" MIC "," PRE ",{'id':'b','kind':'bus','from':['mic',{'stage':'pre',"
        "'gain_db':-6,'pan':0.5}]},{'id':'c','kind':'bus','from':{'stage':'b','gain_db':'-inf'}},"
        "{'id':'d','kind':'bus','from':'mic'},{'id':'e','kind':'bus'}," MASTER "]}");
    cr_assert_eq(chain->stages[2].n_sends, 2);
    cr_assert_eq(chain->stages[2].sends[0].stage, 0);
    cr_assert_not(chain->stages[2].sends[0].pan_given);
    cr_assert_eq(chain->stages[2].sends[1].stage, 1);
    cr_assert(chain->stages[2].sends[1].pan_given);
    cr_assert_eq(test_chain_send(chain, "b", 0, GS_SEND_GAIN), 0.0);
    cr_assert_eq(test_chain_send(chain, "b", 1, GS_SEND_GAIN), -6.0);
    cr_assert_eq(test_chain_send(chain, "b", 1, GS_SEND_PAN), 0.5);
    cr_assert_eq(test_chain_send(chain, "c", 0, GS_SEND_GAIN), -INFINITY);
    cr_assert_eq(chain->stages[3].sends[0].stage, 2);
    cr_assert_eq(chain->stages[4].sends[0].stage, 0);
    cr_assert_eq(chain->stages[5].sends[0].stage, 4);
    gs_chain_destroy(chain);
}

Test(load, a_sum_is_stereo_when_anything_in_it_is)
{
    struct gs_chain *chain =
        test_chain("{'gainstage':1,'stages':[{'id':'m','kind':'source','domain':'digital'},"
                   "{'id':'s','kind':'source','domain':'digital','channels':2},"
                   "{'id':'mono','kind':'bus','from':['m']},"
                   "{'id':'wide','kind':'bus','from':['m','s']},"
                   "{'id':'panned','kind':'bus','from':[{'stage':'m','pan':0}]}," MASTER "]}");
    static const unsigned channels[] = { 1, 2, 1, 2, 2, 2 };
    for (size_t i = 0; i < 6; i++) {
        cr_assert_eq(chain->stages[i].channels_out, channels[i], "%s", chain->stages[i].id);
    }
    cr_assert_eq(chain->stages[0].channels_in, 0);
    cr_assert_eq(chain->stages[3].channels_in, 2);
    gs_chain_destroy(chain);
}

Test(load, domains_follow_the_wires)
{
    struct gs_chain *chain =
        test_chain("{'gainstage':1,'stages':[" MIC "," PRE "," ADC
                   ",{'id':'g','kind':'gain'},{'id':'v','kind':'gain','from':'pre'},"
                   "{'id':'dac','kind':'dac','from':'g'},{'id':'out','kind':'master'}]}");
    static const enum gs_domain in[] = { GS_ANALOG, GS_ANALOG,  GS_ANALOG, GS_DIGITAL,
                                         GS_ANALOG, GS_DIGITAL, GS_ANALOG };
    static const enum gs_domain out[] = { GS_ANALOG, GS_ANALOG, GS_DIGITAL, GS_DIGITAL,
                                          GS_ANALOG, GS_ANALOG, GS_ANALOG };
    for (size_t i = 0; i < 7; i++) {
        cr_assert_eq(chain->stages[i].domain_in, in[i], "%s", chain->stages[i].id);
        cr_assert_eq(chain->stages[i].domain_out, out[i], "%s", chain->stages[i].id);
    }
    gs_chain_destroy(chain);
}

/* ---- finding one's way --------------------------------------------------------------------------------- */

Test(load, stages_by_id_and_number)
{
    struct gs_chain *chain =
        test_chain("{'gainstage':1,'stages':[" MIC ",{'id':'1a','kind':'preamp'}," MASTER "]}");
    static const struct {
        const char *id;
        int stage;
    } finds[] = { { "mic", 0 },  { "1a", 1 },
                  { "out", 2 },  { "1", 0 },
                  { "3", 2 },    { "4", -1 },
                  { "0", -1 },   { "-1", -1 },
                  { "", -1 },    { "1b", -1 },
                  { "MIC", -1 }, { " 1", -1 },
                  { "+1", -1 },  { "99999999999999999999", -1 } };
    for (size_t i = 0; i < sizeof finds / sizeof *finds; i++) {
        cr_assert_eq(gs_chain_find(chain, finds[i].id), finds[i].stage, "%s", finds[i].id);
    }
    gs_chain_destroy(chain);
}

Test(load, slots_tile_the_array)
{
    struct gs_chain *chain = test_chain("{'gainstage':1,'stages':[" MIC "," PRE
                                        ",{'id':'b','kind':'bus','from':['mic','pre']}," MASTER "]}");
    size_t next = 0;
    for (size_t i = 0; i < chain->n_stages; i++) {
        const struct gs_chain_stage *stage = &chain->stages[i];
        size_t sends = stage->kind->flags & GS_STAGE_SUMS ? stage->n_sends : 0;
        cr_assert_eq(stage->first_slot, next);
        cr_assert_eq(stage->n_slots, stage->kind->n_params + GS_COMMON_PARAMS + sends * GS_SEND_PARAMS);
        next += stage->n_slots;
    }
    cr_assert_eq(chain->n_slots, next);
    cr_assert_eq(gs_chain_slot_row(chain, gs_chain_send_slot(chain, 2, 1, GS_SEND_PAN)),
                 &gs_stage_send[GS_SEND_PAN]);
    cr_assert_null(gs_chain_slot_row(chain, next));
    gs_chain_destroy(chain);
}

Test(load, most_stages)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    fputs("{'gainstage':1,'stages':[" MIC, to);
    for (int i = 0; i < GS_CHAIN_STAGES_MAX - 2; i++) {
        fprintf(to, ",{'id':'g%d','kind':'gain'}", i);
    }
    fputs("," MASTER "]}", to);
    fclose(to);
    struct gs_chain *chain = test_chain(text);
    cr_assert_eq(chain->n_stages, GS_CHAIN_STAGES_MAX);
    gs_chain_destroy(chain);
    free(text);
}

/* More complaints than are kept: the rest is counted. */
Test(load, endless_complaints)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    fputs("{\"gainstage\":1,\"stages\":[", to);
    for (int i = 0; i < 200; i++) {
        fprintf(to, "%s{\"id\":\"s%d\",\"kind\":\"source\",\"oops\":1}", i ? "," : "", i);
    }
    fputs("]}", to);
    fclose(to);
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = NULL;
    cr_assert_eq(gs_chain_parse(text, size, NULL, &chain, &errors), GS_E_UNKNOWN);
    cr_assert_eq(errors.count, GS_ERRORS_MAX);
    cr_assert_eq(errors.dropped, 200 + 1 - GS_ERRORS_MAX); /* and no master */
    cr_assert_str_eq(errors.list[0].where, "chain: /stages/0/oops");
    gs_errors_finish(&errors);
    cr_assert_neq(gs_chain_parse(text, size, NULL, &chain, NULL), GS_OK);
    free(text);
}

Test(load, text_need_not_end_with_nul)
{
    static const char text[] = "{\"gainstage\":1,\"stages\":[{\"id\":\"a\",\"kind\":\"source\"},"
                               "{\"id\":\"m\",\"kind\":\"master\"}]}";
    size_t length = strlen(text);
    char *bare = malloc(length);
    struct gs_chain *chain = NULL;
    memcpy(bare, text, length);
    cr_assert_eq(gs_chain_parse(bare, length, NULL, &chain, NULL), GS_OK);
    cr_assert_str_eq(chain->name, "chain");
    cr_assert_null(chain->path);
    gs_chain_destroy(chain);
    free(bare);
}

Test(load, files_beside_the_chain)
{
    static const struct {
        const char *chain, *file, *path;
    } cases[] = {
        { NULL, "a.wav", "a.wav" },
        { "x.json", "a.wav", "a.wav" },
        { "d/x.json", "a.wav", "d/a.wav" },
        { "/d/x.json", "s/a.wav", "/d/s/a.wav" },
        { "/d/x.json", "/e/a.wav", "/e/a.wav" },
    };
    char path[12];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert(gs_chain_beside(cases[i].chain, cases[i].file, path, sizeof path));
        cr_assert_str_eq(path, cases[i].path);
    }
    cr_assert_not(gs_chain_beside("/folder/x.json", "take.wav", path, sizeof path));
}
