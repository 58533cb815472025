/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Another data sheet for a stage of the running chain: values go by the rules of a chain file, a refusal changes
 * nothing, undo brings all of it back, snapshots keep what hands did, and what is heard does not click. The sheets
 * are those that are shipped; what they say is read from them. */
#include "../support/desk.h"
#include "../support/paths.h"

#include "chain/models.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATE 48000

static const char strip[] =
    "{'gainstage':1,'name':'strip','stages':["
    "{'id':'src','kind':'source','domain':'acoustic','signal':'sine','frequency_hz':1000,'spl_db':94},"
    "{'id':'mic','kind':'microphone','model':'shure-sm58','self_noise_dba':21},"
    "{'id':'pre','kind':'preamp','gain_db':40.4},{'id':'ad','kind':'adc'},"
    "{'id':'fd','kind':'fader','gain_db':-6},{'id':'out','kind':'master'}]}";

static struct desk *open_desk(void)
{
    char folder[4096];
    setenv("GAINSTAGE_MODELS", test_source_path(folder, sizeof folder, "chains/models"), 1);
    return desk_open(strip);
}

/* What a sheet says of a key of a kind. */
static double said(const char *name, const char *kind, const char *key)
{
    struct gs_model *model = NULL;
    char *path = gs_model_find(name, NULL);
    double value = NAN;
    cr_assert_eq(gs_model_load(path, &model, NULL), GS_OK, "%s", name);
    const struct gs_model_part *part = gs_model_part(model, gs_stage_kind(kind));
    for (size_t i = 0; i < part->n_values; i++) {
        value =
            strcmp(part->kind->params[part->values[i].index].key, key) == 0 ? part->values[i].value : value;
    }
    gs_model_destroy(model);
    free(path);
    cr_assert_not(isnan(value), "%s says nothing of %s", name, key);
    return value;
}

static const char *word(struct desk *desk, const char *address)
{
    desk_say(desk, 0, 59998, address, "");
    return desk_text(desk, 59998, address, 0);
}

static void choose(struct desk *desk, const char *stage, const char *name)
{
    char address[64];
    snprintf(address, sizeof address, "/stage/%s/model", stage);
    desk_forget(desk);
    desk->now_ns += 1000000000u;
    desk_say(desk, 0, 5, address, "s", name);
}

static void chosen(struct desk *desk, const char *stage, const char *name)
{
    choose(desk, stage, name);
    cr_assert_eq(desk_count(desk, 5, "/error"), 0, "%s", desk_text(desk, 5, "/error", 2));
}

Test(models, the_sheet_gives_what_nobody_else_does)
{
    struct desk *desk = open_desk();
    unsigned before = desk->chains_changed;
    cr_expect_str_eq(word(desk, "/stage/mic/model"), "shure-sm58");
    cr_expect_float_eq(desk_get(desk, "/stage/mic/source_impedance_ohm"),
                       said("shure-sm58", "microphone", "source_impedance_ohm"), 1e-9);
    chosen(desk, "mic", "lewitt-lct-440-pure");
    cr_expect_eq(desk->chains_changed, before + 1, "one chain made anew");
    cr_expect_str_eq(word(desk, "/stage/mic/model"), "lewitt-lct-440-pure");
    cr_expect_str_eq(word(desk, "/stage/2/model"), "lewitt-lct-440-pure");
    cr_expect_float_eq(desk_get(desk, "/stage/mic/sensitivity_mv_pa"),
                       said("lewitt-lct-440-pure", "microphone", "sensitivity_mv_pa"), 1e-5);
    cr_expect_eq(desk_get(desk, "/stage/mic/self_noise_dba"), 21.0, "the chain file gives it: it stays");
    desk_say(desk, 0, 59998, "/stage/mic/source_impedance_ohm", "");
    cr_expect_eq(desk_last(desk, 59998, "/stage/mic/source_impedance_ohm")->atom[0].tag, 'N',
                 "neither sheet nor file: not given");
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -6.0);
    desk_close(desk);
}

Test(models, none_takes_it_away)
{
    struct desk *desk = open_desk();
    chosen(desk, "mic", "none");
    cr_expect_str_eq(word(desk, "/stage/mic/model"), "");
    int index = gs_stage_param_index(gs_stage_kind("microphone"), "sensitivity_mv_pa");
    cr_expect_float_eq(desk_get(desk, "/stage/mic/sensitivity_mv_pa"),
                       gs_stage_kind("microphone")->params[index].def, 1e-9);
    chosen(desk, "mic", "shure-sm58");
    chosen(desk, "mic", "");
    cr_expect_str_eq(word(desk, "/stage/mic/model"), "");
    desk_close(desk);
}

Test(models, what_a_person_set_stays_and_default_gives_it_back)
{
    struct desk *desk = open_desk();
    desk_say(desk, 0, 5, "/stage/mic/max_spl_db", "f", 150.0);
    chosen(desk, "mic", "audio-technica-at2020");
    cr_expect_eq(desk_get(desk, "/stage/mic/max_spl_db"), 150.0);
    desk_say(desk, 0, 5, "/stage/mic/max_spl_db", "s", "default");
    cr_expect_float_eq(desk_get(desk, "/stage/mic/max_spl_db"),
                       said("audio-technica-at2020", "microphone", "max_spl_db"), 1e-9);
    chosen(desk, "mic", "neumann-kmr-81");
    cr_expect_float_eq(desk_get(desk, "/stage/mic/max_spl_db"),
                       said("neumann-kmr-81", "microphone", "max_spl_db"), 1e-9, "nobody says it any more");
    desk_close(desk);
}

Test(models, a_knob_goes_to_the_nearest_position_that_it_has_now)
{
    struct desk *desk = open_desk();
    chosen(desk, "pre", "motu-m2");
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), round(40.4), "its knob has steps of a decibel");
    desk_say(desk, 0, 5, "/undo", "");
    cr_expect_float_eq(desk_get(desk, "/stage/pre/gain"), 40.4, 1e-6);
    desk_say(desk, 0, 5, "/redo", "");
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 40.0);
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 33.0);
    chosen(desk, "pre", "api-3124");
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), said("api-3124", "preamp", "gain_min_db"));
    desk_close(desk);
}

Test(models, refusals_say_what_why_and_the_nearest_right_name)
{
    struct desk *desk = open_desk();
    static const struct {
        const char *stage, *name, *code, *says;
    } cases[] = {
        { "mic", "shure-sm85", "unknown", "did you mean `shure-sm58`?" },
        { "mic", "../../etc/passwd", "unknown", "no data sheet" },
        { "pre", "shure-sm58", "unknown", "the data sheet of a `microphone`, expected that of a `preamp`" },
        { "pre", "shure-sm58", "unknown", "`api-3124`" },
        { "fd", "shure-sm58", "unknown", "there is no data sheet of a `fader`" },
    };
    unsigned changed = desk->chains_changed;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char address[64];
        choose(desk, cases[i].stage, cases[i].name);
        snprintf(address, sizeof address, "/stage/%s/model", cases[i].stage);
        cr_expect_str_eq(desk_text(desk, 5, "/error", 0), address);
        cr_expect_eq(strncmp(desk_text(desk, 5, "/error", 1), cases[i].code, strlen(cases[i].code)), 0, "%s",
                     desk_text(desk, 5, "/error", 1));
        cr_expect(strstr(desk_text(desk, 5, "/error", 2), cases[i].says), "%s",
                  desk_text(desk, 5, "/error", 2));
    }
    desk_say(desk, 0, 5, "/stage/mic/model", "f", 1.0);
    cr_expect_str_eq(desk_text(desk, 5, "/error", 1), "bad-type");
    cr_expect_eq(desk->chains_changed, changed, "the old chain plays on");
    cr_expect_str_eq(word(desk, "/stage/mic/model"), "shure-sm58");
    desk_close(desk);
}

/* The motu-m2 turns up to 60 dB: a least gain of 70 that a person gave cannot be. */
Test(models, a_sheet_that_contradicts_what_was_given_is_refused_whole)
{
    struct desk *desk = open_desk();
    desk_bundle_begin(desk, 0, 5);
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 72.0);
    desk_say(desk, 0, 5, "/stage/pre/gain_min_db", "f", 70.0);
    desk_bundle_end(desk);
    choose(desk, "pre", "motu-m2");
    cr_expect_str_eq(desk_text(desk, 5, "/error", 0), "/stage/pre/model");
    cr_expect(strstr(desk_text(desk, 5, "/error", 2), "gain_max_db"), "%s", desk_text(desk, 5, "/error", 2));
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 72.0);
    cr_expect_str_eq(word(desk, "/stage/pre/model"), "");
    desk_close(desk);
}

/* What shapes the chain comes whole or not at all. */
Test(models, a_chain_that_cannot_be_made_takes_the_sheet_back)
{
    struct desk *desk = open_desk();
    double before = desk_get(desk, "/stage/mic/sensitivity_mv_pa");
    desk_bundle_begin(desk, 0, 5);
    desk_say(desk, 0, 5, "/stage/mic/model", "s", "rode-nt5");
    desk_say(desk, 0, 5, "/stage/src/file", "s", "nowhere.wav");
    desk_bundle_end(desk);
    cr_expect_geq(desk_count(desk, 5, "/error"), 1);
    cr_expect_str_eq(word(desk, "/stage/mic/model"), "shure-sm58");
    cr_expect_eq(desk_get(desk, "/stage/mic/sensitivity_mv_pa"), before);
    desk_say(desk, 0, 5, "/undo", "");
    cr_expect_str_eq(desk_text(desk, 5, "/error", 1), "out-of-range", "nothing has happened");
    desk_close(desk);
}

Test(models, undo_is_one_step_and_brings_all_back)
{
    struct desk *desk = open_desk();
    static const char *const keys[] = { "sensitivity_mv_pa", "source_impedance_ohm", "self_noise_dba" };
    double before[3];
    for (int i = 0; i < 3; i++) {
        char address[64];
        snprintf(address, sizeof address, "/stage/mic/%s", keys[i]);
        before[i] = desk_get(desk, address);
    }
    chosen(desk, "mic", "rode-nt5");
    desk_say(desk, 0, 5, "/undo", "");
    cr_expect_str_eq(word(desk, "/stage/mic/model"), "shure-sm58");
    for (int i = 0; i < 3; i++) {
        char address[64];
        snprintf(address, sizeof address, "/stage/mic/%s", keys[i]);
        cr_expect_eq(desk_get(desk, address), before[i], "%s", address);
    }
    desk_say(desk, 0, 5, "/redo", "");
    cr_expect_str_eq(word(desk, "/stage/mic/model"), "rode-nt5");
    desk_say(desk, 0, 5, "/undo", "");
    chosen(desk, "mic", "neumann-kmr-81");
    cr_expect_float_eq(desk_get(desk, "/stage/mic/source_impedance_ohm"),
                       said("neumann-kmr-81", "microphone", "source_impedance_ohm"), 1e-9,
                       "what undo brought back was the sheet's, not a person's");
    desk_close(desk);
}

Test(models, a_change_that_is_undone_was_never_said)
{
    struct desk *desk = open_desk();
    desk_say(desk, 0, 5, "/stage/mic/source_impedance_ohm", "f", 77.0);
    desk_say(desk, 0, 5, "/undo", "");
    chosen(desk, "mic", "audio-technica-at2020");
    cr_expect_float_eq(desk_get(desk, "/stage/mic/source_impedance_ohm"),
                       said("audio-technica-at2020", "microphone", "source_impedance_ohm"), 1e-9);
    desk_close(desk);
}

/* Self-noise is a live value, and so in snapshots: but of another microphone it would be a lie. */
Test(models, a_snapshot_keeps_what_hands_did_and_not_the_old_sheet)
{
    struct desk *desk = open_desk();
    chosen(desk, "mic", "shure-sm58");
    desk_say(desk, 0, 5, "/stage/mic/self_noise_dba", "s", "default");
    chosen(desk, "mic", "audio-technica-at2020");
    desk_say(desk, 0, 5, "/snapshot/save", "s", "verse");
    desk_say(desk, 0, 5, "/stage/fd/gain", "f", -20.0);
    chosen(desk, "mic", "neumann-kmr-81");
    desk_say(desk, 0, 5, "/snapshot/recall", "s", "verse");
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -6.0);
    cr_expect_str_eq(word(desk, "/stage/mic/model"), "neumann-kmr-81");
    cr_expect_float_eq(desk_get(desk, "/stage/mic/self_noise_dba"),
                       said("neumann-kmr-81", "microphone", "self_noise_dba"), 1e-9);
    desk_close(desk);
}

Test(models, subscribers_hear_of_it)
{
    struct desk *desk = open_desk();
    desk_say(desk, 0, 7, "/subscribe", "iiii", 0, 100, 0, 4 + 1 + 8);
    desk_pass(desk, 200, false);
    cr_expect_str_eq(desk_text(desk, 7, "/stage/mic/model", 0), "shure-sm58");
    cr_expect_str_eq(desk_text(desk, 7, "/stage/pre/model", 0), "");
    chosen(desk, "mic", "rode-nt5");
    desk_pass(desk, 100, false);
    cr_expect_str_eq(desk_text(desk, 7, "/stage/mic/model", 0), "rode-nt5");
    cr_expect_float_eq(desk_number(desk, 7, "/stage/mic/sensitivity_mv_pa"),
                       said("rode-nt5", "microphone", "sensitivity_mv_pa"), 1e-5);
    desk_close(desk);
}

Test(models, lists_say_what_there_is)
{
    struct desk *desk = open_desk();
    struct gs_model_names names;
    cr_assert_eq(gs_model_names_list(NULL, &names), GS_OK);
    desk_say(desk, 0, 5, "/models", "");
    cr_expect_eq((size_t)desk_last(desk, 5, "/models/end")->atom[0].integer, names.n);
    cr_expect_eq(desk_count(desk, 5, "/models"), names.n);
    gs_model_names_finish(&names);
    desk_forget(desk);
    desk_say(desk, 0, 5, "/models", "s", "dac");
    cr_expect_gt(desk_count(desk, 5, "/models"), 3);
    cr_expect(strstr(desk_text(desk, 5, "/models", 2), "dac"));
    desk_forget(desk);
    desk_say(desk, 0, 5, "/models/sheet", "s", "shure-sm58");
    cr_expect_eq(desk_count(desk, 5, "/models/sheet"), 2);
    cr_expect_str_eq(desk_text(desk, 5, "/models/sheet", 1), "microphone");
    cr_expect_str_eq(desk_text(desk, 5, "/models/sheet/end", 0), "shure-sm58");
    desk_say(desk, 0, 5, "/models/sheet", "s", "nothing");
    desk_say(desk, 0, 5, "/models", "s", "nothing");
    cr_expect_eq(desk_count(desk, 5, "/error"), 2);
    desk_close(desk);
}

/* ---- saving -------------------------------------------------------------------------------------------- */

static struct gs_chain *saved(struct desk *desk)
{
    char *text = gs_chain_text(gs_session_chain(desk->session));
    struct gs_chain *chain = NULL;
    struct gs_errors errors = { 0 };
    cr_assert_eq(gs_chain_parse(text, strlen(text), NULL, &chain, &errors), GS_OK, "%s\n%s",
                 errors.count ? errors.list[0].text : "", text);
    free(text);
    return chain;
}

static void same_when_loaded_again(struct desk *desk)
{
    const struct gs_chain *now = gs_session_chain(desk->session);
    struct gs_chain *again = saved(desk);
    for (size_t slot = 0; slot < now->n_slots; slot++) {
        bool same =
            now->value[slot] == again->value[slot] || (isnan(now->value[slot]) && isnan(again->value[slot]));
        cr_expect(same, "slot %zu: %g, saved and loaded %g", slot, now->value[slot], again->value[slot]);
        cr_expect_eq(now->given[slot], again->given[slot], "slot %zu", slot);
    }
    gs_chain_destroy(again);
}

Test(models, the_saved_chain_is_the_chain_that_plays)
{
    struct desk *desk = open_desk();
    chosen(desk, "mic", "audio-technica-at2020");
    chosen(desk, "pre", "motu-m2");
    desk_say(desk, 0, 5, "/stage/mic/max_spl_db", "N");
    same_when_loaded_again(desk);
    char *text = gs_chain_text(gs_session_chain(desk->session));
    cr_expect(strstr(text, "\"model\": \"audio-technica-at2020\""), "%s", text);
    cr_expect(strstr(text, "\"max_spl_db\": null"), "not given, whatever the sheet says: %s", text);
    cr_expect_not(strstr(text, "sensitivity_mv_pa"), "the sheet's values are not the chain's: %s", text);
    cr_expect(strstr(text, "\"gain_db\": 40,"), "%s", text);
    free(text);
    chosen(desk, "mic", "none");
    same_when_loaded_again(desk);
    text = gs_chain_text(gs_session_chain(desk->session));
    cr_expect_eq(strstr(text, "audio-technica"), NULL, "%s", text);
    free(text);
    desk_close(desk);
}

/* ---- sound --------------------------------------------------------------------------------------------- */

struct heard {
    double peak, step, last;
};

static struct heard play(struct desk *desk, unsigned periods)
{
    static float silence[64], out[2][64];
    const float *in[2] = { silence, silence };
    float *const outs[2] = { out[0], out[1] };
    struct heard heard = { .last = NAN };
    for (unsigned p = 0; p < periods; p++) {
        gs_engine_process(desk->engine, in, 2, outs, 2, 64);
        desk->now_ns += UINT64_C(64) * 1000000000 / RATE;
        gs_session_tick(desk->session, desk->now_ns);
        for (int i = 0; i < 64; i++) {
            double x = (double)out[0][i];
            heard.peak = fmax(heard.peak, fabs(x));
            heard.step = isnan(heard.last) ? 0.0 : fmax(heard.step, fabs(x - heard.last));
            heard.last = x;
        }
    }
    return heard;
}

/* A sine of 1 kHz and peak A moves by 2 pi 1000 / rate * A a sample at most; a crossfade of 20 ms between two of them
 * adds A / 960. Noise is 70 dB below. */
Test(models, what_is_heard_does_not_click_nor_stop)
{
    struct desk *desk = open_desk();
    play(desk, 400);
    struct heard quiet = play(desk, 100);
    desk_say(desk, 0, 5, "/stage/mic/model", "s", "lewitt-lct-540-s");
    struct heard change = play(desk, 1000),
                 loud = play(desk, 100); /* what is so much louder takes a second */
    double louder = said("lewitt-lct-540-s", "microphone", "sensitivity_mv_pa") /
                    said("shure-sm58", "microphone", "sensitivity_mv_pa");
    cr_expect_float_eq(loud.peak / quiet.peak, louder, 0.02 * louder);
    cr_expect_leq(change.step, loud.peak * (2 * M_PI * 1000 / RATE + 1.0 / 960) * 1.02, "%g %g %g",
                  change.step, loud.peak, quiet.peak);
    cr_expect_not(gs_engine_get_status(desk->engine).swapping);
    desk_close(desk);
}
