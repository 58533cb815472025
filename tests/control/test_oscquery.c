/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tree as OSCQuery: every address of the session is a node and every node an address; every VALUE is what OSC
 * answers; attributes are what the rows say. */
#include "../support/desk.h"
#include "../support/paths.h"
#include "chain/models.h"
#include "control/oscquery.h"
#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char strip[] = "{'gainstage':1,'name':'strip','stages':["
                            "{'id':'src','kind':'source','domain':'line','signal':'sine','level_dbu':-10},"
                            "{'id':'pre','kind':'preamp','gain_db':12},{'id':'ad','kind':'adc'},{'id':'fd','"
                            "kind':'fader','gain_db':-6},"
                            "{'id':'mix','kind':'bus','from':['ad','fd']},{'id':'out','kind':'master'}]}";

struct seen {
    struct desk *desk;
    struct gs_oscquery *query;
    cJSON *tree;
    unsigned rows, nodes, values;
};

static cJSON *node_at(cJSON *node, const char *address)
{
    char copy[GS_ADDRESS_SIZE], *rest = copy, *part;
    strcpy(copy, address);
    while (node && (part = strtok_r(rest, "/", &rest))) {
        node = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(node, "CONTENTS"), part);
    }
    return node;
}

static cJSON *ask(struct gs_oscquery *query, const char *path, const char *attribute)
{
    int status;
    size_t size;
    char *text = gs_oscquery_node(query, path, attribute, &size, &status);
    cr_assert_eq(status, 200, "%s?%s: %d", path, attribute ? attribute : "", status);
    cr_assert_eq(size, strlen(text));
    cJSON *json = cJSON_Parse(text);
    cr_assert(json);
    free(text);
    return json;
}

static void same_atom(const char *address, const struct gs_atom *atom, const cJSON *value)
{
    double number;
    if (atom->tag == 's') {
        cr_assert(cJSON_IsString(value) && strcmp(value->valuestring, atom->text) == 0, "%s", address);
    } else if (gs_atom_number(atom, &number) && isfinite(number)) {
        cr_assert(cJSON_IsNumber(value), "%s", address);
        cr_assert_float_eq(value->valuedouble, number, 1e-5 * fmax(1, fabs(number)), "%s: %g, OSC says %g",
                           address, value->valuedouble, number);
    } else {
        cr_assert(cJSON_IsNull(value), "%s", address);
    }
}

/* OSC is asked the same at the same moment: no sound runs. */
static void compare_value(struct seen *seen, const struct gs_address_row *row, const cJSON *value)
{
    desk_forget(seen->desk);
    desk_say(seen->desk, 0, 5000, row->address, "");
    const struct desk_heard *heard = desk_last(seen->desk, 5000, row->address);
    cr_assert(heard, "%s has a VALUE but no answer", row->address);
    cr_assert_eq((size_t)cJSON_GetArraySize(value), heard->n_atoms, "%s", row->address);
    for (size_t i = 0; i < heard->n_atoms; i++) {
        same_atom(row->address, &heard->atom[i], cJSON_GetArrayItem(value, (int)i));
    }
    seen->values++;
}

static void find_row(void *context, const struct gs_address_row *row)
{
    struct seen *seen = context;
    cJSON *node = node_at(seen->tree, row->address);
    if (!row->access) {
        return;
    }
    seen->rows++;
    cr_assert(node, "%s is no node", row->address);
    cr_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(node, "FULL_PATH")), row->address);
    cr_assert_eq(cJSON_GetObjectItem(node, "ACCESS")->valueint, (int)row->access, "%s", row->address);
    cJSON *value = cJSON_GetObjectItem(node, "VALUE");
    bool of_asker = strcmp(row->address, "/status") == 0; /* tells the address that was asked */
    if (value && !of_asker) {
        compare_value(seen, row, value);
    } else if (!value && row->param && row->access & GS_ACCESS_READ) {
        cr_assert_fail("%s can be read and has no VALUE", row->address);
    }
}

static void count_nodes(const cJSON *node, struct seen *seen)
{
    const cJSON *child;
    seen->nodes += cJSON_GetObjectItemCaseSensitive(node, "TYPE") != NULL;
    cJSON_ArrayForEach(child, cJSON_GetObjectItemCaseSensitive(node, "CONTENTS"))
    {
        count_nodes(child, seen);
    }
}

Test(oscquery, is_the_session_tree_and_its_values_are_what_osc_answers, .timeout = 60)
{
    struct seen seen = { .desk = desk_open(strip) };
    desk_pass(seen.desk, 300, true);
    seen.query = gs_oscquery_create(seen.desk->session);
    seen.tree = ask(seen.query, "/", NULL);
    gs_session_describe(gs_session_chain(seen.desk->session), find_row, &seen);
    count_nodes(seen.tree, &seen);
    cr_expect_eq(seen.nodes, seen.rows, "%u nodes, %u addresses", seen.nodes, seen.rows);
    cr_expect_gt(seen.values, 300, "%u", seen.values);
    cJSON_Delete(seen.tree);
    gs_oscquery_destroy(seen.query);
    desk_close(seen.desk);
}

Test(oscquery, a_value_says_what_its_row_says)
{
    struct desk *desk = desk_open(strip);
    struct gs_oscquery *query = gs_oscquery_create(desk->session);
    cJSON *gain = ask(query, "/stage/pre/gain", NULL);
    cJSON *range = cJSON_GetArrayItem(cJSON_GetObjectItem(gain, "RANGE"), 0);
    const struct gs_chain *chain = gs_session_chain(desk->session);
    const struct gs_stage_kind *kind = chain->stages[gs_chain_find(chain, "pre")].kind;
    const struct gs_param *row = NULL;
    for (size_t i = 0; i < kind->n_params; i++) {
        row = kind->params[i].flags & GS_PARAM_GAIN ? &kind->params[i] : row;
    }
    cr_assert(row);
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(gain, "TYPE")), "f");
    cr_expect_eq(cJSON_GetObjectItem(gain, "ACCESS")->valueint, 3);
    cr_expect_eq(cJSON_GetObjectItem(range, "MIN")->valuedouble, row->min);
    cr_expect_eq(cJSON_GetObjectItem(range, "MAX")->valuedouble, row->max);
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(gain, "KEY")), row->key);
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(gain, "LABEL")), row->label);
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetArrayItem(cJSON_GetObjectItem(gain, "UNIT"), 0)),
                     "gain.db");
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetArrayItem(cJSON_GetObjectItem(gain, "CLIPMODE"), 0)),
                     "both");
    cr_expect_eq(cJSON_GetArrayItem(cJSON_GetObjectItem(gain, "VALUE"), 0)->valuedouble, 12);
    cJSON_Delete(gain);
    cJSON *stage = ask(query, "/stage/mix", NULL);
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(stage, "KIND")), "bus");
    cr_expect_eq(cJSON_GetObjectItem(stage, "INDEX")->valueint, 5);
    cr_expect_eq(cJSON_GetArraySize(cJSON_GetObjectItem(stage, "INPUTS")), 2);
    cr_expect(node_at(stage, "/from/fd/gain"), "sends are there");
    cJSON_Delete(stage);
    cJSON *all = ask(query, "/stage", NULL);
    cr_expect_eq(cJSON_GetArraySize(cJSON_GetObjectItem(all, "STAGES")), 6);
    cJSON_Delete(all);
    gs_oscquery_destroy(query);
    desk_close(desk);
}

/* What a verb tells of the session is read as a value of a stage is, with its range. */
static const struct {
    const char *path, *type, *unit; /* "": none */
    unsigned access;
    double min, max, value; /* equal: no range */
} states[] = {
    { "/listen/boost", "f", "dB", 3, 0, 80, 0 },
    { "/ab/match", "f", "", 3, 0, 1, 1 },
    { "/ab/trim", "f", "dB", 1, -40, 0, 0 },
    { "/ab", "f", "", 3, 0, 0, 0 },
    { "/chain/dynamic_range_db", "f", "dB", 1, 0, 0, NAN },
};

Test(oscquery, what_a_verb_tells_has_a_value_and_a_range)
{
    struct desk *desk = desk_open(strip);
    struct gs_oscquery *query = gs_oscquery_create(desk->session);
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        const char *path = states[i].path;
        cJSON *node = ask(query, path, NULL);
        cJSON *range = cJSON_GetArrayItem(cJSON_GetObjectItem(node, "RANGE"), 0);
        cJSON *value = cJSON_GetArrayItem(cJSON_GetObjectItem(node, "VALUE"), 0);
        const char *unit = cJSON_GetStringValue(cJSON_GetObjectItem(node, "UNIT_TEXT"));
        cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(node, "TYPE")), states[i].type, "%s", path);
        cr_expect_str_eq(unit ? unit : "", states[i].unit, "%s", path);
        cr_expect_eq(cJSON_GetObjectItem(node, "ACCESS")->valueint, (int)states[i].access, "%s", path);
        cr_assert(cJSON_IsNumber(value), "%s", path);
        cr_expect(isnan(states[i].value) || value->valuedouble == states[i].value, "%s", path);
        cr_expect_eq(range != NULL, states[i].min < states[i].max, "%s", path);
        cr_expect(!range || cJSON_GetObjectItem(range, "MIN")->valuedouble == states[i].min, "%s", path);
        cr_expect(!range || cJSON_GetObjectItem(range, "MAX")->valuedouble == states[i].max, "%s", path);
        cJSON_Delete(node);
    }
    cJSON *loudness = ask(query, "/loudness", "VALUE");
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetArrayItem(cJSON_GetObjectItem(loudness, "VALUE"), 0)),
                     "running");
    cJSON_Delete(loudness);
    gs_oscquery_destroy(query);
    desk_close(desk);
}

/* A reading of a wire: what its row in the meters says, in the unit of the wire. */
static void check_reading(struct gs_oscquery *query, const struct gs_reading *row, const char *side,
                          const char *unit)
{
    char path[100];
    snprintf(path, sizeof path, "/stage/ad/meter/%s/%s", side, row->key);
    cJSON *node = ask(query, path, NULL);
    cJSON *range = cJSON_GetArrayItem(cJSON_GetObjectItem(node, "RANGE"), 0);
    cJSON *min = cJSON_GetObjectItem(range, "MIN"), *max = cJSON_GetObjectItem(range, "MAX");
    bool level = row->low == 0 && row->high == 0, in_db = !row->unit || strchr("dLV", row->unit[0]);
    double low = level ? -144 : row->low, high = level ? 144 : row->high;
    double value = cJSON_GetArrayItem(cJSON_GetObjectItem(node, "VALUE"), 0)->valuedouble;
    cr_expect_eq(min != NULL, isfinite(low), "%s", path);
    cr_expect_eq(max != NULL, isfinite(high), "%s", path);
    cr_expect(!min || min->valuedouble == low, "%s: MIN", path);
    cr_expect(!max || max->valuedouble == high, "%s: MAX", path);
    /* -144 is also what nothing travels as: the correlation of one channel, a clip that has not been */
    cr_expect(value == -144 || (value >= low - 1e-6 && value <= high + 1e-6), "%s is %g, of %g to %g", path,
              value, low, high);
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(node, "UNIT_TEXT"));
    cr_expect_str_eq(text ? text : "", row->unit ? row->unit : unit, "%s", path);
    cJSON *theirs = cJSON_GetArrayItem(cJSON_GetObjectItem(node, "UNIT"), 0);
    const char *expected = row->unit && !*row->unit ? NULL : in_db ? "gain.db" : "time.second";
    cr_expect(expected ? theirs && strcmp(cJSON_GetStringValue(theirs), expected) == 0 : !theirs, "%s: UNIT",
              path);
    cr_expect_null(cJSON_GetObjectItem(node, "CLIPMODE"), "%s is only read", path);
    cJSON_Delete(node);
}

Test(oscquery, a_reading_says_what_its_row_says, .timeout = 30)
{
    struct desk *desk = desk_open(strip);
    struct gs_oscquery *query = gs_oscquery_create(desk->session);
    for (int sound = 0; sound < 2; sound++) {
        for (int i = 0; i < gs_reading_count(); i++) {
            check_reading(query, gs_reading_row(i), "in", "dBu");
            if (strcmp(gs_reading_row(i)->key, "rms") != 0) { /* has a row of its own for surfaces */
                check_reading(query, gs_reading_row(i), "out", "dBFS");
            }
        }
        desk_pass(desk, 1000, true);
    }
    gs_oscquery_destroy(query);
    desk_close(desk);
}

/* Each attribute alone says what it says beside the others. */
Test(oscquery, an_attribute_alone_is_that_of_the_whole_node)
{
    static const char *const paths[] = { "/stage/pre/gain", "/stage/pre", "/stage", "/chain/name",
                                         "/stage/mix/from" };
    struct desk *desk = desk_open(strip);
    struct gs_oscquery *query = gs_oscquery_create(desk->session);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        cJSON *node = ask(query, paths[i], NULL), *attribute;
        unsigned n = 0;
        cJSON_ArrayForEach(attribute, node)
        {
            cJSON *alone = ask(query, paths[i], attribute->string);
            cr_expect_eq(cJSON_GetArraySize(alone), 1);
            cr_expect(cJSON_Compare(cJSON_GetObjectItem(alone, attribute->string), attribute, true), "%s?%s",
                      paths[i], attribute->string);
            cJSON_Delete(alone);
            n++;
        }
        cr_expect_geq(n, 2, "%s", paths[i]);
        cJSON_Delete(node);
    }
    gs_oscquery_destroy(query);
    desk_close(desk);
}

/* What is kept is of one chain; what is asked is of now. */
Test(oscquery, another_chain_and_another_value_are_seen_at_once)
{
    struct desk *desk = desk_open(strip);
    struct gs_oscquery *query = gs_oscquery_create(desk->session);
    cJSON *before = ask(query, "/stage/pre/gain", "VALUE");
    cr_expect_eq(cJSON_GetArrayItem(cJSON_GetObjectItem(before, "VALUE"), 0)->valuedouble, 12);
    desk_say(desk, 0, 5000, "/stage/pre/gain", "f", 33.25);
    cJSON *after = ask(query, "/stage/pre/gain", "VALUE");
    cr_expect_eq(cJSON_GetArrayItem(cJSON_GetObjectItem(after, "VALUE"), 0)->valuedouble, 33.25);
    desk_load(desk,
              "{'gainstage':1,'name':'a \\\"name\\\"','stages':["
              "{'id':'s','kind':'source','domain':'line'},"
              "{'id':'pre','kind':'preamp','label':'\\\\ {}','gain_db':7},{'id':'out','kind':'master'}]}");
    cJSON *other = ask(query, "/", NULL);
    cr_expect(node_at(other, "/stage/s/level") || node_at(other, "/stage/s/level_dbu"));
    cr_expect_null(node_at(other, "/stage/mix"));
    cJSON *name = cJSON_GetObjectItem(node_at(other, "/chain/name"), "VALUE");
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetArrayItem(name, 0)), "a \"name\"");
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(node_at(other, "/stage/pre"), "LABEL")),
                     "\\ {}");
    cJSON_Delete(before);
    cJSON_Delete(after);
    cJSON_Delete(other);
    gs_oscquery_destroy(query);
    desk_close(desk);
}

Test(oscquery, a_stage_says_which_data_sheets_it_can_be_made_from)
{
    char folder[4096];
    setenv("GAINSTAGE_MODELS", test_source_path(folder, sizeof folder, "chains/models"), 1);
    struct desk *desk = desk_open(strip);
    struct gs_oscquery *query = gs_oscquery_create(desk->session);
    struct gs_model_shelf shelf;
    cr_assert_eq(gs_model_shelf_fill(NULL, &shelf), GS_OK);
    cJSON *node = ask(query, "/stage/pre/model", NULL);
    cJSON *values = cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(node, "RANGE"), 0), "VALS");
    cJSON *choices = cJSON_GetObjectItem(node, "CHOICES");
    int at = 0;
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetArrayItem(values, at++)), "", "none");
    for (size_t i = 0; i < shelf.n; i++) {
        if (gs_model_part(shelf.model[i], gs_stage_kind("preamp"))) {
            cJSON *choice = cJSON_GetArrayItem(choices, at);
            cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetArrayItem(values, at++)), shelf.model[i]->name);
            cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(choice, "WORD")), shelf.model[i]->name);
            cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(choice, "LABEL")),
                             shelf.model[i]->title);
            cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(choice, "DESCRIPTION")),
                             shelf.model[i]->description);
        }
    }
    cr_expect_gt(at, 5);
    cr_expect_eq(cJSON_GetArraySize(values), at);
    cr_expect_eq(cJSON_GetArraySize(choices), at);
    cr_expect_eq(cJSON_GetObjectItem(node, "ACCESS")->valueint, 3);
    gs_model_shelf_finish(&shelf);
    cJSON_Delete(node);
    node = ask(query, "/stage/fd/model", NULL);
    cr_expect_not(cJSON_GetObjectItem(node, "CHOICES"), "there is no data sheet of a fader");
    cJSON_Delete(node);
    gs_oscquery_destroy(query);
    desk_close(desk);
}

static bool has_flag(const cJSON *node, const char *word)
{
    const cJSON *flag;
    cJSON_ArrayForEach(flag, cJSON_GetObjectItemCaseSensitive(node, "FLAGS"))
    {
        if (strcmp(flag->valuestring, word) == 0) {
            return true;
        }
    }
    return false;
}

/* DEFAULT is what nobody needs to say: the data sheet's, where there is one. */
Test(oscquery, what_may_be_left_out_says_so)
{
    char folder[4096];
    setenv("GAINSTAGE_MODELS", test_source_path(folder, sizeof folder, "chains/models"), 1);
    struct desk *desk = desk_open(strip);
    struct gs_oscquery *query = gs_oscquery_create(desk->session);
    cJSON *node = ask(query, "/stage/pre/max_output_dbu", NULL);
    cr_expect(has_flag(node, "optional"));
    cr_expect(cJSON_IsNull(cJSON_GetObjectItem(node, "DEFAULT")));
    cr_expect(cJSON_IsNull(cJSON_GetArrayItem(cJSON_GetObjectItem(node, "VALUE"), 0)));
    cJSON_Delete(node);
    node = ask(query, "/stage/pre/gain", NULL);
    cr_expect_not(has_flag(node, "optional"));
    cJSON_Delete(node);
    desk_say(desk, 0, 5, "/stage/pre/model", "s", "tl-audio-pa-2001");
    desk_say(desk, 0, 5, "/stage/pre/max_output_dbu", "f", 20.0);
    node = ask(query, "/stage/pre/max_output_dbu", NULL);
    cr_expect_eq(cJSON_GetObjectItem(node, "DEFAULT")->valuedouble, 26, "its sheet says so");
    cr_expect_eq(cJSON_GetArrayItem(cJSON_GetObjectItem(node, "VALUE"), 0)->valuedouble, 20);
    cJSON_Delete(node);
    gs_oscquery_destroy(query);
    desk_close(desk);
}

static const struct {
    const char *path, *attribute;
    int status;
} questions[] = {
    { "/stage/pre/gain", "VALUE", 200 },
    { "/stage/pre/gain", "CONTENTS", 200 },
    { "/stage/pre/gain/step", "VALUE", 204 },
    { "/stage/pre", "VALUE", 204 },
    { "/stage/pre/gain", "VALEU", 400 },
    { "/stage/pre/gain", "", 400 },
    { "/stage/nothing", NULL, 404 },
    { "/stage/pre/ga", NULL, 404 },
    { "/stage/pre/gain/", "VALUE", 200 },
    { "stage", NULL, 404 },
    { "", NULL, 404 },
    { "//", NULL, 404 },
    { "/undo", "VALUE", 204 },
    { "/", "VALUE", 204 },
    { "/", "FULL_PATH", 200 },
    { "/stage", "STAGES", 200 },
    { "/stage/*/gain", NULL, 404 },
};

Test(oscquery, questions_and_their_status)
{
    struct desk *desk = desk_open(strip);
    struct gs_oscquery *query = gs_oscquery_create(desk->session);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        int status = 0;
        size_t size;
        char *text = gs_oscquery_node(query, questions[i].path, questions[i].attribute, &size, &status);
        cr_expect_eq(status, questions[i].status, "%s?%s: %d", questions[i].path,
                     questions[i].attribute ? questions[i].attribute : "", status);
        cr_expect_eq(text != NULL, status == 200);
        free(text);
    }
    gs_oscquery_destroy(query);
    desk_close(desk);
}

Test(oscquery, host_info)
{
    struct gs_oscquery_host host = {
        .name = "a \"name\"", .osc_port = 7770, .bind = "192.0.2.7", .wants_pin = true
    };
    char *text = gs_oscquery_host_info(&host);
    cJSON *json = cJSON_Parse(text);
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(json, "NAME")), host.name);
    cr_expect_eq(cJSON_GetObjectItem(json, "OSC_PORT")->valueint, 7770);
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(json, "OSC_TRANSPORT")), "UDP");
    cr_expect(cJSON_IsTrue(cJSON_GetObjectItem(cJSON_GetObjectItem(json, "EXTENSIONS"), "LISTEN")));
    cr_expect(cJSON_IsTrue(cJSON_GetObjectItem(json, "WANTS_PIN")));
    cr_expect_eq(cJSON_GetArraySize(cJSON_GetObjectItem(json, "ADDRESSES")), 1);
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetArrayItem(cJSON_GetObjectItem(json, "ADDRESSES"), 0)),
                     host.bind);
    cJSON_Delete(json);
    free(text);
}
