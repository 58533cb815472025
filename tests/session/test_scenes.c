/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Many values at once: undo and redo, snapshots and their file, A and B, gliding, panic. What is heard is read
 * from the meters of the engine that runs. */
#include "../support/desk.h"
#include "../support/paths.h"

#include "chain/snapshots.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char strip[] =
    "{'gainstage':1,'name':'strip','stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'sine','frequency_hz':1000,'level_dbu':-40},"
    "{'id':'pre','kind':'preamp','gain_db':20},{'id':'ad','kind':'adc'},"
    "{'id':'fd','kind':'fader','gain_db':-6,'pan':0.25},"
    "{'id':'mix','kind':'bus','from':[{'stage':'fd','gain_db':-6},{'stage':'ad','gain_db':'-inf'}]},"
    "{'id':'out','kind':'master'}]}";

Test(scenes, undo_and_redo_go_through_everybodys_changes)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5, "/undo", "");
    cr_expect_str_eq(desk_text(desk, 5, "/error", 1), "out-of-range");
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 25.0);
    desk_say(desk, 0, 6, "/stage/fd/gain", "f", -10.0);
    desk_say(desk, 0, 6, "/stage/fd/mute", "f", 1.0);
    desk_say(desk, 0, 7, "/undo", "f", 0.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/mute"), 1.0, "a button let go");
    desk_say(desk, 0, 7, "/undo", "f", 1.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/mute"), 0.0);
    desk_say(desk, 0, 7, "/undo", "");
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -6.0);
    desk_say(desk, 0, 7, "/undo", "");
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 20.0);
    desk_say(desk, 0, 7, "/redo", "");
    desk_say(desk, 0, 7, "/redo", "");
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 25.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -10.0);
    desk_say(desk, 0, 7, "/stage/fd/gain", "f", -3.0);
    desk_forget(desk);
    desk->now_ns += 2000000000u;
    desk_say(desk, 0, 7, "/redo", "");
    cr_expect_str_eq(desk_text(desk, 7, "/error", 1), "out-of-range",
                     "a new change ends what could be redone");
    desk_close(desk);
}

Test(scenes, the_way_of_a_fader_is_one_step)
{
    struct desk *desk = desk_open(strip);
    for (int i = 0; i < 100; i++) {
        desk_say(desk, 0, 5, "/stage/fd/fader", "f", 0.3 + i * 0.002);
        desk_pass(desk, 20, false);
    }
    desk_pass(desk, 1500, false);
    desk_say(desk, 0, 5, "/stage/fd/fader", "f", 0.9);
    desk_say(desk, 0, 5, "/undo", "");
    cr_expect_float_eq(desk_get(desk, "/stage/fd/fader"), 0.3 + 99 * 0.002, 1e-9);
    desk_say(desk, 0, 5, "/undo", "");
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -6.0);
    desk_close(desk);
}

Test(scenes, undo_takes_a_bundle_as_a_whole_and_a_hundred_steps)
{
    struct desk *desk = desk_open(strip);
    desk_bundle_begin(desk, 0, 5);
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 1.0);
    desk_say(desk, 0, 5, "/stage/fd/gain", "f", -1.0);
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 2.0);
    desk_bundle_end(desk);
    desk_say(desk, 0, 5, "/undo", "");
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 20.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -6.0);
    for (int i = 0; i < 150; i++) {
        desk->now_ns += 2000000000u;
        desk_say(desk, 0, 5, "/stage/pre/gain", "f", 20.0 + (i % 40));
    }
    desk_forget(desk);
    int undone = 0;
    while (desk_count(desk, 5, "/error") == 0 && undone < 200) {
        desk_say(desk, 0, 5, "/undo", "");
        undone++;
    }
    cr_expect_eq(undone, 101, "%d", undone);
    desk_close(desk);
}

Test(scenes, values_that_shape_the_chain_can_be_undone_too)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5, "/stage/src/signal", "s", "pink");
    desk_say(desk, 0, 5, "/undo", "");
    desk_say(desk, 0, 5, "/stage/src/signal/text", "");
    cr_expect_str_eq(desk_text(desk, 5, "/stage/src/signal/text", 0), "sine");
    desk_close(desk);
}

Test(scenes, a_snapshot_brings_everything_back)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5, "/snapshot/save", "s", "verse");
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 30.0);
    desk_say(desk, 0, 5, "/stage/fd/gain", "s", "-oo");
    desk_say(desk, 0, 5, "/stage/fd/pan", "f", -1.0);
    desk_say(desk, 0, 5, "/stage/mix/from/ad/gain", "f", 0.0);
    desk_say(desk, 0, 5, "/stage/mix/mute", "f", 1.0);
    desk_say(desk, 0, 5, "/snapshot/save/2", "f", 1.0);
    desk_say(desk, 0, 5, "/snapshot/recall", "s", "verse");
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 20.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -6.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/pan"), 0.25);
    cr_expect_eq(desk_get(desk, "/stage/mix/from/ad/gain"), -90.0);
    cr_expect_eq(desk_get(desk, "/stage/mix/mute"), 0.0);
    desk_say(desk, 0, 5, "/snapshot/recall", "i", 2);
    cr_expect_eq(desk_get(desk, "/stage/mix/mute"), 1.0);
    desk_say(desk, 0, 5, "/undo", "");
    cr_expect_eq(desk_get(desk, "/stage/mix/mute"), 0.0, "a recall is one step");
    desk_say(desk, 0, 5, "/snapshot/list", "");
    cr_expect_eq(desk_count(desk, 5, "/snapshot/list"), 2);
    cr_expect_eq(desk_last(desk, 5, "/snapshot/list/end")->atom[0].integer, 2);
    desk_say(desk, 0, 5, "/snapshot/recall", "s", "vrse");
    cr_expect(strstr(desk_text(desk, 5, "/error", 2), "'verse'"));
    desk_say(desk, 0, 5, "/snapshot/delete", "s", "verse");
    desk_say(desk, 0, 5, "/snapshot/recall", "s", "verse");
    cr_expect_eq(desk_count(desk, 5, "/error"), 2);
    desk_say(desk, 0, 5, "/snapshot/save", "s", "../x");
    cr_expect_str_eq(desk_text(desk, 5, "/error", 1), "bad-type");
    desk_close(desk);
}

Test(scenes, others_hear_a_recall_and_the_recaller_too)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5, "/snapshot/save", "s", "a");
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 30.0);
    desk_say(desk, 0, 5, "/subscribe", "iiii", 0, 60, 0, 1);
    desk_say(desk, 0, 6, "/subscribe", "iiii", 0, 60, 0, 1);
    desk_pass(desk, 500, false);
    desk_forget(desk);
    desk_say(desk, 0, 5, "/snapshot/recall", "s", "a");
    desk_pass(desk, 100, false);
    cr_expect_eq(desk_number(desk, 5, "/stage/2/gain"), 20.0);
    cr_expect_eq(desk_number(desk, 6, "/stage/2/gain"), 20.0);
    cr_expect_eq(desk_count(desk, 6, "/stage/4/gain"), 0, "what did not change is not told");
    desk_close(desk);
}

Test(scenes, snapshots_live_beside_their_chain)
{
    char path[4096], snapshots[4096];
    test_build_path(path, sizeof path, "scenes_test.json");
    cr_assert(gs_snapshots_path(path, snapshots, sizeof snapshots));
    unlink(snapshots);
    FILE *file = fopen(path, "w");
    for (const char *c = strip; *c; c++) {
        fputc(*c == '\'' ? '"' : *c, file);
    }
    fclose(file);
    struct gs_session_setup setup = { .name = "bench" };
    struct gs_errors errors = { 0 };
    struct desk *desk = desk_open_with(NULL, &setup);
    cr_assert_eq(gs_session_load(desk->session, path, &errors), GS_OK);
    desk_say(desk, 0, 5, "/stage/fd/gain", "s", "-oo");
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 33.5);
    desk_say(desk, 0, 5, "/snapshot/save", "s", "kept");
    cr_expect_eq(desk_count(desk, 5, "/error"), 0, "%s", desk_text(desk, 5, "/error", 2));
    desk_close(desk);

    desk = desk_open_with(NULL, &setup);
    cr_assert_eq(gs_session_load(desk->session, path, &errors), GS_OK);
    desk_say(desk, 0, 5, "/snapshot/recall", "s", "kept");
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 33.5);
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -90.0);
    desk_close(desk);

    /* Saved under another name, the chain takes them along. */
    static char folder[4096];
    char elsewhere[4096], beside[4096];
    test_build_path(folder, sizeof folder, "scenes_saved");
    test_build_path(elsewhere, sizeof elsewhere, "scenes_saved/other.json");
    test_build_path(beside, sizeof beside, "scenes_saved/other.snapshots");
    setup.save_folder = folder;
    desk = desk_open_with(NULL, &setup);
    cr_assert_eq(gs_session_load(desk->session, path, &errors), GS_OK);
    desk_say(desk, 0, 5, "/chain/save", "s", "other");
    cr_expect_eq(desk_count(desk, 5, "/error"), 0, "%s", desk_text(desk, 5, "/error", 2));
    cr_assert_eq(gs_session_load(desk->session, elsewhere, &errors), GS_OK);
    desk_say(desk, 0, 5, "/snapshot/list", "");
    cr_expect_eq(desk_count(desk, 5, "/snapshot/list"), 1);
    desk_close(desk);
    unlink(beside);
    unlink(elsewhere);
    rmdir(folder);
    setup.save_folder = NULL;

    /* A file that is none harms nothing but itself. */
    file = fopen(snapshots, "w");
    fputs("{\"gainstage_snapshots\": 2}", file);
    fclose(file);
    desk = desk_open_with(NULL, &setup);
    cr_expect_eq(gs_session_load(desk->session, path, &errors), GS_OK);
    desk_say(desk, 0, 5, "/snapshot/list", "");
    cr_expect_eq(desk_count(desk, 5, "/snapshot/list"), 0);
    desk_close(desk);
    gs_errors_finish(&errors);
    unlink(snapshots);
    unlink(path);
}

/* Garbage, cut and mutated snapshot files: never a crash, never half a list. */
Test(scenes, broken_snapshot_files_are_refused)
{
    struct desk *desk = desk_open(strip);
    const struct gs_chain *chain = gs_session_chain(desk->session);
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{\"gainstage_snapshots\":1}",
        "{\"gainstage_snapshots\":1,\"snapshots\":[1]}",
        "{\"gainstage_snapshots\":1,\"snapshots\":[{\"name\":\"a/b\",\"values\":{}}]}",
        "{\"gainstage_snapshots\":1,\"snapshots\":[{\"name\":\"a\"}]}",
    };
    char path[4096];
    test_build_path(path, sizeof path, "scenes_broken.snapshots");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        static struct gs_snapshots snapshots;
        struct gs_errors errors = { 0 };
        FILE *file = fopen(path, "w");
        fputs(texts[i], file);
        fclose(file);
        cr_expect_neq(gs_snapshots_load(&snapshots, chain, path, &errors), GS_OK, "%s", texts[i]);
        cr_expect_geq(errors.count, 1);
        cr_expect_eq(snapshots.n, 0);
        gs_errors_finish(&errors);
    }
    static struct gs_snapshots snapshots;
    FILE *file = fopen(path, "w");
    fputs("{\"gainstage_snapshots\":1,\"snapshots\":[{\"name\":\"a\",\"values\":{\"pre\":{\"gain_db\":1e999,"
          "\"mute\":7,\"other\":1},\"gone\":{\"gain_db\":1},\"fd\":{\"gain_db\":999}}}]}",
          file);
    fclose(file);
    struct gs_errors errors = { 0 };
    cr_expect_eq(gs_snapshots_load(&snapshots, chain, path, &errors), GS_OK);
    unsigned given = 0;
    for (size_t slot = 0; slot < chain->n_slots; slot++) {
        given += snapshots.list[0].given[slot];
    }
    cr_expect_eq(given, 1, "only what fits: fd.gain_db, clamped");
    gs_snapshots_finish(&snapshots);
    gs_errors_finish(&errors);
    unlink(path);
    desk_close(desk);
}

Test(scenes, a_and_b_change_places)
{
    struct desk *desk = desk_open(strip);
    cr_expect_eq(desk_get(desk, "/ab"), 0.0);
    desk_say(desk, 0, 5, "/ab", "f", 1.0);
    cr_expect_eq(desk_get(desk, "/ab"), 1.0);
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 20.0, "B begins as A is");
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 25.0);
    desk_say(desk, 0, 5, "/ab", "f", 0.0);
    cr_expect_eq(desk_get(desk, "/ab"), 1.0, "a button let go");
    desk_say(desk, 0, 5, "/ab", "s", "a");
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 20.0);
    desk_say(desk, 0, 5, "/ab", "s", "b");
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 25.0);
    desk_say(desk, 0, 5, "/ab", "s", "b");
    cr_expect_eq(desk_get(desk, "/ab"), 1.0);
    desk_close(desk);
}

/* ---- what is heard ---- */

static double peak_of(struct desk *desk, const char *stage)
{
    char address[64];
    snprintf(address, sizeof address, "/stage/%s/meter/out/db", stage);
    return desk_get(desk, address);
}

/* 30 dB up: a second's way, in steps that the ear cannot find; the value itself is there at once. */
Test(scenes, a_jump_upwards_takes_a_second)
{
    struct desk *desk = desk_open(strip);
    desk_pass(desk, 1000, true);
    cr_expect_float_eq(peak_of(desk, "pre"), -20.0, 0.05);
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 50.0);
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 50.0);
    double last = -20.0;
    for (int ms = 100; ms <= 900; ms += 100) {
        desk_pass(desk, 100, true);
        double now = peak_of(desk, "pre");
        cr_expect_gt(now, last - 0.1, "%d ms", ms);
        cr_expect_lt(now, -20.0 + 30.0 * ms / 1000.0 + 0.5, "%d ms: %g dBu", ms, now);
        cr_expect_gt(now, -20.0 + 30.0 * (ms - 150) / 1000.0 - 1.0, "%d ms: %g dBu", ms, now);
        last = now;
    }
    desk_pass(desk, 1000, true);
    cr_expect_float_eq(peak_of(desk, "pre"), 10.0, 0.05);
    desk_close(desk);
}

Test(scenes, small_steps_and_ways_down_are_heard_at_once)
{
    struct desk *desk = desk_open(strip);
    desk_pass(desk, 1000, true);
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 31.9);
    desk_pass(desk, 600, true);
    cr_expect_float_eq(peak_of(desk, "pre"), -8.1, 0.05);
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 0.0);
    desk_pass(desk, 600, true);
    cr_expect_float_eq(peak_of(desk, "pre"), -40.0, 0.05);
    desk_close(desk);
}

Test(scenes, a_glide_that_is_turned_back_obeys)
{
    struct desk *desk = desk_open(strip);
    desk_pass(desk, 1000, true);
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 60.0);
    desk_pass(desk, 300, true);
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 10.0);
    desk_pass(desk, 600, true);
    cr_expect_float_eq(peak_of(desk, "pre"), -30.0, 0.05);
    desk_pass(desk, 1000, true);
    cr_expect_float_eq(peak_of(desk, "pre"), -30.0, 0.05);
    desk_close(desk);
}

Test(scenes, a_recall_glides_as_long_as_it_is_told)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5, "/snapshot/save", "s", "a");
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 0.0);
    desk_pass(desk, 2000, true);
    desk_say(desk, 0, 5, "/snapshot/recall", "sf", "a", 4.0);
    desk_pass(desk, 2000, true);
    cr_expect_float_eq(peak_of(desk, "pre"), -30.0, 1.5, "half way: %g", peak_of(desk, "pre"));
    desk_pass(desk, 3000, true);
    cr_expect_float_eq(peak_of(desk, "pre"), -20.0, 0.05);
    desk_close(desk);
}

Test(scenes, a_chain_made_anew_while_a_value_glides_does_not_jump)
{
    struct desk *desk = desk_open(strip);
    desk_pass(desk, 1000, true);
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 60.0);
    desk_pass(desk, 100, true);
    desk_say(desk, 0, 5, "/stage/src/frequency_hz", "f", 900.0);
    desk_say(desk, 0, 5, "/stage/ad/bits", "i", 16);
    desk_pass(desk, 100, true);
    cr_expect_lt(peak_of(desk, "pre"), -5.0, "%g", peak_of(desk, "pre"));
    desk_pass(desk, 2000, true);
    cr_expect_float_eq(peak_of(desk, "pre"), 20.0, 0.1);
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 60.0);
    desk_close(desk);
}

Test(scenes, panic_silences_and_is_told)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 6, "/subscribe", "iiii", 0, 60, 0, 1);
    desk_pass(desk, 1000, true);
    desk_forget(desk);
    desk_say(desk, 0, 5, "/panic", "f", 0.0);
    cr_expect_not(gs_engine_muted(desk->engine));
    desk_say(desk, 0, 5, "/panic", "f", 1.0);
    desk_pass(desk, 200, true);
    cr_expect(gs_engine_muted(desk->engine));
    cr_expect_eq(desk_number(desk, 6, "/panic"), 1.0);
    desk_say(desk, 0, 5, "/panic/off", "");
    desk_pass(desk, 200, true);
    cr_expect_not(gs_engine_muted(desk->engine));
    cr_expect_eq(desk_number(desk, 6, "/panic"), 0.0);
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 20.0, "nothing else has changed");
    desk_close(desk);
}
