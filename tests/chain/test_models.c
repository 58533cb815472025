/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data sheets: the shipped ones are complete and possible, chains take their values under their own keys,
 * and what is wrong with a sheet is said with its place. */
#include "chain/models.h"

#include "chain/chain.h"

#include "../support/chain_text.h"
#include "../support/paths.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(models, .fini = test_folder_remove);

#define SOURCE "{'gainstage':1,'stages':[{'id':'s','kind':'source','domain':'line'},"
#define MASTER ",{'id':'m','kind':'master'}]}"

static void use_shipped(void)
{
    char folder[4096];
    setenv("GAINSTAGE_MODELS", test_source_path(folder, sizeof folder, "chains/models"), 1);
}

static void write_sheet(const char *name, const char *text)
{
    char path[4096], file[80];
    char *json = strdup(text);
    for (char *c = json; *c; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    snprintf(file, sizeof file, "%s.json", name);
    test_write(test_file(path, sizeof path, file), json);
    free(json);
    setenv("GAINSTAGE_MODELS", test_folder(), 1);
}

/* ---- the shipped ones ---------------------------------------------------------------------------------- */

/* A stage of the sheet's kind behind a source that it can listen to, all else by default. */
static void loads_in_a_chain(const struct gs_model *model, const struct gs_stage_kind *kind)
{
    static const char *const domains[GS_DOMAIN_COUNT] = { "acoustic", "line", "digital" };
    char text[500];
    snprintf(text, sizeof text,
             "{'gainstage':1,'stages':[{'id':'s','kind':'source','domain':'%s'},{'id':'x','kind':'%s','model'"
             ":'%s'},"
             "{'id':'d','kind':'source','domain':'digital'}" MASTER,
             domains[__builtin_ctz(kind->domains_in)], kind->key, model->name);
    struct gs_chain *chain = test_chain(text);
    const struct gs_model_part *part = gs_model_part(model, kind);
    cr_assert_str_eq(chain->stages[1].model, model->name);
    for (size_t i = 0; i < part->n_values; i++) {
        double value = chain->value[gs_chain_slot(chain, 1, part->values[i].index)];
        cr_assert_eq(value, part->values[i].value, "%s %s", model->name,
                     kind->params[part->values[i].index].key);
    }
    gs_chain_destroy(chain);
}

Test(models, shipped_ones_are_complete_and_possible)
{
    struct gs_model_names names;
    use_shipped();
    cr_assert_eq(gs_model_names_list(NULL, &names), GS_OK);
    cr_assert_geq(names.n, 25);
    for (size_t i = 0; i < names.n; i++) {
        struct gs_errors errors = { 0 };
        struct gs_model *model = NULL;
        char *path = gs_model_find(names.list[i], NULL);
        enum gs_status status = gs_model_load(path, &model, &errors);
        cr_assert_eq(status, GS_OK, "%s: %s", errors.count ? errors.list[0].where : "",
                     errors.count ? errors.list[0].text : "");
        cr_assert_str_eq(model->name, names.list[i]);
        cr_assert(i == 0 || strcmp(names.list[i - 1], names.list[i]) < 0);
        for (size_t p = 0; p < model->n_parts; p++) {
            cr_assert_gt(model->parts[p].n_values, 0);
            for (size_t v = 0; v < model->parts[p].n_values; v++) {
                cr_assert_geq(strlen(model->parts[p].values[v].source), 5, "%s", model->name);
            }
            loads_in_a_chain(model, model->parts[p].kind);
        }
        gs_model_destroy(model);
        gs_errors_finish(&errors);
        free(path);
    }
    gs_model_names_finish(&names);
}

static struct gs_model_value value_of(const char *name, const char *kind, const char *key)
{
    struct gs_model *model = NULL;
    struct gs_model_value found = { .value = NAN };
    use_shipped();
    char *path = gs_model_find(name, NULL);
    cr_assert_eq(gs_model_load(path, &model, NULL), GS_OK);
    const struct gs_model_part *part = gs_model_part(model, gs_stage_kind(kind));
    for (size_t i = 0; i < part->n_values; i++) {
        if (strcmp(part->kind->params[part->values[i].index].key, key) == 0) {
            found = part->values[i];
        }
    }
    found.source = NULL;
    gs_model_destroy(model);
    free(path);
    return found;
}

/* -54.5 dBV/Pa, as Shure specifies the SM58, is 1.884 mV/Pa. */
Test(models, sm58_is_as_specified)
{
    struct gs_model_value value = value_of("shure-sm58", "microphone", "sensitivity_mv_pa");
    cr_assert_float_eq(20 * log10(value.value / 1000), -54.5, 0.05);
    cr_assert_eq(value.confidence, GS_CONFIDENCE_HIGH);
}

/* -6 dBu makes 100 dB SPL at 1 m; the row counts from 0 dBu. */
Test(models, genelec_is_as_specified)
{
    struct gs_model_value value = value_of("genelec", "monitor", "sensitivity_db_spl");
    cr_assert_float_eq(value.value - 6, 100, 1e-9);
}

/* ---- in a chain ---------------------------------------------------------------------------------------- */

Test(models, explicit_keys_stand_above_the_sheet)
{
    use_shipped();
    struct gs_chain *chain =
        test_chain(SOURCE "{'id':'x','kind':'preamp','model':'motu-m2','ein_dbu':-125,"
                          "'gain_db':33},{'id':'y','kind':'preamp','model':'api-3124'}" MASTER);
    cr_assert_eq(test_chain_value(chain, "x", "ein_dbu"), -125.0);
    cr_assert_eq(test_chain_value(chain, "x", "gain_step_db"), 1.0);
    cr_assert_eq(test_chain_value(chain, "x", "gain_max_db"), 60.0);
    cr_assert_eq(test_chain_value(chain, "y", "gain_db"), 34.0, "a knob cannot stand left of its end");
    gs_chain_destroy(chain);
}

Test(models, saving_keeps_the_name_and_writes_only_changes)
{
    use_shipped();
    struct gs_chain *chain =
        test_chain(SOURCE "{'id':'x','kind':'preamp','model':'motu-m2','gain_db':33}" MASTER);
    char *text = gs_chain_text(chain);
    cr_assert(
        strstr(text, "{ \"id\": \"x\", \"kind\": \"preamp\", \"model\": \"motu-m2\", \"gain_db\": 33 }"),
        "%s", text);
    free(text);
    gs_chain_give(chain, test_chain_slot(chain, "x", "ein_dbu"), -120);
    text = gs_chain_text(chain);
    cr_assert(strstr(text, "\"model\": \"motu-m2\", \"gain_db\": 33, \"ein_dbu\": -120 }"), "%s", text);
    free(text);
    gs_chain_destroy(chain);
}

static const struct {
    const char *stage, *said;
} refusals[] = {
    { "{'id':'x','kind':'preamp','model':7}", "/stages/1/model: found 7, expected the name of a data sheet" },
    { "{'id':'x','kind':'preamp','model':'motu-n2'}", "did you mean `motu-m2`?" },
    { "{'id':'x','kind':'preamp','model':'../models/motu-m2'}", "/stages/1/model: found no data sheet" },
    { "{'id':'x','kind':'preamp','model':''}", "/stages/1/model: found no data sheet" },
    { "{'id':'x','kind':'preamp','model':'shure-sm58'}",
      "found `shure-sm58`, the data sheet of a `microphone`, expected one of a `preamp`" },
    { "{'id':'x','kind':'adc','model':'universal-audio-apollo'}",
      "the data sheet of a `preamp`, expected one of an "
      "`adc`" },
    { "{'id':'x','kind':'preamp','model':'motu-m2','gain_db':33.5}",
      "/stages/1/gain_db: found 33.5, but between two positions of the knob" },
    { "{'id':'x','kind':'preamp','model':'motu-m2','gain_db':61}",
      "/stages/1/gain_db: found 61, but beyond the end of the knob" },
    { "{'id':'x','kind':'preamp','model':'motu-m2','gian_db':33}", "did you mean `gain_db`?" },
};

Test(models, refusals)
{
    use_shipped();
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        char text[400];
        snprintf(text, sizeof text, SOURCE "%s" MASTER, refusals[i].stage);
        char *said = test_chain_complaints(text);
        cr_assert(strstr(said, refusals[i].said), "%s\n%s", refusals[i].stage, said);
        cr_assert(strchr(said, '\n')[1] == '\0', "more than one complaint: %s", said);
        free(said);
    }
}

/* EIN below the thermal noise of 150 ohm (-130.9 dBu): the chain is refused and says which sheet it was. */
Test(models, impossible_sheet)
{
    write_sheet("dream", "{'gainstage_model':1,'name':'D','description':'D','kinds':{'preamp':{"
                         "'ein_dbu':{'value':-135,'source':'advertisement','confidence':'low'}}}}");
    char *said = test_chain_complaints(SOURCE "{'id':'x','kind':'preamp','model':'dream'}" MASTER);
    cr_assert(
        strstr(said, "/stages/1/ein_dbu: found -135.0 dBu (data sheet `dream`), but less than the thermal"),
        "%s", said);
    free(said);
}

/* ---- bad sheets ---------------------------------------------------------------------------------------- */

#define SHEET(kinds) "{'gainstage_model':1,'name':'B','description':'B','kinds':" kinds "}"
#define VALUE(value) "{'preamp':{'knee':" value "}}"

static const struct {
    const char *sheet, *where, *said;
} bad[] = {
    { "{'gainstage_model':1,", "bad.json:1:22", "expected a key" },
    { "[]", "bad.json", "expected an object with `gainstage_model`" },
    { "{'gainstage_model':2,'name':'B','description':'B','kinds':{}}", "bad.json: /gainstage_model",
      "found 2" },
    { "{'gainstage_model':1}", "bad.json", "found no `kinds`" },
    { SHEET("{}"), "bad.json: /kinds", "at least one kind" },
    { SHEET("{'premap':{}}"), "bad.json: /kinds/premap", "did you mean `preamp`?" },
    { SHEET("{'preamp':3}"), "bad.json: /kinds/preamp", "found 3" },
    { SHEET(VALUE("1")), "bad.json: /kinds/preamp/knee", "found 1, expected an object with `value`" },
    { SHEET(VALUE("{'value':1}")), "bad.json: /kinds/preamp/knee", "found no `source`" },
    { SHEET(VALUE("{'value':1,'source':'me'}")), "bad.json: /kinds/preamp/knee", "found no `confidence`" },
    { SHEET(VALUE("{'value':1,'source':'me','confidence':'sure'}")),
      "bad.json: /kinds/preamp/knee/confidence", "expected one of `low`, `medium`, `high`" },
    { SHEET(VALUE("{'value':1,'source':'','confidence':'low'}")), "bad.json: /kinds/preamp/knee/source",
      "0 characters" },
    { SHEET(VALUE("{'value':2,'source':'me','confidence':'low'}")), "bad.json: /kinds/preamp/knee/value",
      "found 2, expected a number from 0 to 1" },
    { SHEET(VALUE("{'value':1,'source':'me','confidence':'low','page':3}")),
      "bad.json: /kinds/preamp/knee/page", "unknown key `page`" },
    { SHEET("{'preamp':{'gain_db':{'value':40,'source':'me','confidence':'low'}}}"),
      "bad.json: /kinds/preamp/gain_db", "unknown key `gain_db`" }, /* a setting, not a fact */
};

Test(models, bad_sheets)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct gs_errors errors = { 0 };
        struct gs_chain *chain = NULL;
        static const char text[] =
            "{\"gainstage\":1,\"stages\":[{\"id\":\"s\",\"kind\":\"source\"},{\"id\":\"x\","
            "\"kind\":\"preamp\",\"model\":\"bad\"},{\"id\":\"m\",\"kind\":\"master\"}]}";
        write_sheet("bad", bad[i].sheet);
        cr_assert_neq(gs_chain_parse(text, strlen(text), "t.json", &chain, &errors), GS_OK, "%s",
                      bad[i].sheet);
        cr_assert(strstr(errors.list[0].where, bad[i].where), "%s: %s", bad[i].sheet, errors.list[0].where);
        bool said = false;
        for (size_t e = 0; e < errors.count; e++) {
            said = said || strstr(errors.list[e].text, bad[i].said);
        }
        cr_assert(said, "%s: %s", bad[i].sheet, errors.list[0].text);
        gs_errors_finish(&errors);
    }
}

/* ---- places -------------------------------------------------------------------------------------------- */

Test(models, places)
{
    char chain[4096], folder[4096], path[4096];
    write_sheet("one", "{}"); /* and the folder becomes $GAINSTAGE_MODELS */
    cr_assert_eq(mkdir(test_file(folder, sizeof folder, "models"), 0777), 0);
    test_write(test_file(path, sizeof path, "models/one.json"), "{}");
    test_write(test_file(path, sizeof path, "models/two.json"), "{}");
    test_write(test_file(path, sizeof path, "models/Not-A-Name.json"), "{}");
    test_file(chain, sizeof chain, "chain.json");
    char *found = gs_model_find("one", chain);
    cr_assert_str_eq(found, test_file(path, sizeof path, "one.json"), "the variable comes first");
    free(found);
    found = gs_model_find("two", chain);
    cr_assert_str_eq(found, test_file(path, sizeof path, "models/two.json"),
                     "then the folder beside the chain");
    free(found);
    cr_assert_null(gs_model_find("Not-A-Name", chain));
    cr_assert_null(gs_model_find("two", NULL));
    struct gs_model_names names;
    cr_assert_eq(gs_model_names_list(chain, &names), GS_OK);
    size_t ones = 0, twos = 0;
    for (size_t i = 0; i < names.n; i++) {
        ones += strcmp(names.list[i], "one") == 0;
        twos += strcmp(names.list[i], "two") == 0;
    }
    cr_assert(ones == 1 && twos == 1);
    gs_model_names_finish(&names);
}
