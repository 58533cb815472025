/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data sheets that lie beside a chain file and are worked on while it plays: what is edited is heard and told, and a
 * chain is never saved where it could not be loaded again. */
#include "../support/chain_text.h"
#include "../support/desk.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void empty(void)
{
    unsetenv("GAINSTAGE_MODELS");
    test_folder_remove();
}
TestSuite(own_sheets, .fini = empty);

static const char strip[] = "{\"gainstage\":1,\"name\":\"strip\",\"stages\":["
                            "{\"id\":\"src\",\"kind\":\"source\",\"domain\":\"acoustic\"},"
                            "{\"id\":\"mic\",\"kind\":\"microphone\",\"model\":\"mine\"},"
                            "{\"id\":\"pre\",\"kind\":\"preamp\"},{\"id\":\"ad\",\"kind\":\"adc\"},"
                            "{\"id\":\"fd\",\"kind\":\"fader\"},{\"id\":\"out\",\"kind\":\"master\"}]}";

static void write_sheet(const char *file, double sensitivity_mv_pa, double self_noise_dba)
{
    char path[4096], text[600];
    snprintf(
        text, sizeof text,
        "{\"gainstage_model\":1,\"name\":\"Mine\",\"description\":\"For a test.\",\"kinds\":{\"microphone\":{"
        "\"sensitivity_mv_pa\":{\"value\":%g,\"source\":\"bench\",\"confidence\":\"high\"},"
        "\"self_noise_dba\":{\"value\":%g,\"source\":\"bench\",\"confidence\":\"high\"}},\"preamp\":{"
        "\"gain_max_db\":{\"value\":70,\"source\":\"bench\",\"confidence\":\"high\"}}}}",
        sensitivity_mv_pa, self_noise_dba);
    test_write(test_file(path, sizeof path, file), text);
}

/* A chain with its sheet in the folder "models" beside it; saved chains go to the folder "saved". */
static struct desk *open_desk(void)
{
    static char saved[4096];
    char path[4096];
    struct gs_session_setup setup = { .name = "bench",
                                      .save_folder = test_file(saved, sizeof saved, "saved") };
    struct gs_errors errors = { 0 };
    unsetenv("GAINSTAGE_MODELS");
    mkdir(test_file(path, sizeof path, "models"), 0777);
    mkdir(saved, 0777);
    write_sheet("models/mine.json", 4, 20);
    test_write(test_file(path, sizeof path, "strip.json"), strip);
    struct desk *desk = desk_open_with(NULL, &setup);
    cr_assert_eq(gs_session_load(desk->session, path, &errors), GS_OK, "%s",
                 errors.count ? errors.list[0].text : "");
    return desk;
}

static void pause_a_second(struct desk *desk)
{
    desk->now_ns += 1000000000u;
}

static void expect_no_error(const struct desk *desk)
{
    cr_expect_eq(desk_count(desk, 5, "/error"), 0, "%s", desk_text(desk, 5, "/error", 2));
}

/* ---- saving elsewhere ---- */

Test(own_sheets, a_chain_takes_its_sheets_along)
{
    struct desk *desk = open_desk();
    struct gs_chain *again = NULL;
    char path[4096];
    write_sheet("models/unused.json", 5, 21);
    desk_say(desk, 0, 5, "/chain/save", "s", "other");
    expect_no_error(desk);
    char *copy = test_read(test_file(path, sizeof path, "saved/models/mine.json"));
    char *sheet = test_read(test_file(path, sizeof path, "models/mine.json"));
    cr_assert(copy && sheet);
    cr_expect_str_eq(copy, sheet);
    cr_expect_null(test_read(test_file(path, sizeof path, "saved/models/unused.json")),
                   "nor what it does not need");
    remove(test_file(path, sizeof path, "models/mine.json"));
    cr_assert_eq(gs_chain_load(test_file(path, sizeof path, "saved/other.json"), &again, NULL), GS_OK);
    gs_chain_destroy(again);
    desk_say(desk, 0, 5, "/chain/save", "s", "third");
    expect_no_error(desk);
    desk_say(desk, 0, 5, "/stage/mic/sensitivity_mv_pa", "f", 5.0);
    expect_no_error(desk);
    cr_expect_eq(desk_get(desk, "/stage/mic/sensitivity_mv_pa"), 5.0, "the chain can still be made anew");
    free(copy);
    free(sheet);
    desk_close(desk);
}

/* Whoever wrote it needs it: nothing is written over, and nothing is left of what was refused. */
Test(own_sheets, another_sheet_of_that_name_stays)
{
    struct desk *desk = open_desk();
    char path[4096];
    mkdir(test_file(path, sizeof path, "saved/models"), 0777);
    write_sheet("saved/models/also.json", 9, 10);
    write_sheet("models/also.json", 4, 20);
    desk_say(desk, 0, 5, "/stage/pre/model", "s", "also");
    expect_no_error(desk);
    char *before = test_read(test_file(path, sizeof path, "saved/models/also.json"));
    desk_say(desk, 0, 5, "/chain/save", "s", "other");
    cr_assert_eq(desk_count(desk, 5, "/error"), 1);
    cr_expect_str_eq(desk_text(desk, 5, "/error", 0), "/chain/save");
    const char *says = desk_text(desk, 5, "/error", 2);
    cr_expect(strstr(says, "nothing was saved") && strstr(says, "also.json"), "%s", says);
    char *after = test_read(test_file(path, sizeof path, "saved/models/also.json"));
    cr_expect_str_eq(after, before);
    cr_expect_null(test_read(test_file(path, sizeof path, "saved/other.json")));
    cr_expect_null(test_read(test_file(path, sizeof path, "saved/models/mine.json")));
    desk_say(desk, 0, 5, "/chain/save", "");
    cr_expect_eq(desk_count(desk, 5, "/error"), 1, "over its own file it is saved");
    free(before);
    free(after);
    desk_close(desk);
}

Test(own_sheets, a_chain_is_not_saved_where_its_sheet_has_gone)
{
    struct desk *desk = open_desk();
    char path[4096];
    remove(test_file(path, sizeof path, "models/mine.json"));
    desk_say(desk, 0, 5, "/chain/save", "s", "other");
    cr_assert_eq(desk_count(desk, 5, "/error"), 1);
    cr_expect_str_eq(desk_text(desk, 5, "/error", 1), "unknown-name");
    const char *says = desk_text(desk, 5, "/error", 2);
    cr_expect(strstr(says, "mine") && strstr(says, "nothing was saved"), "%s", says);
    cr_expect_null(test_read(test_file(path, sizeof path, "saved/other.json")));
    desk_close(desk);
}

/* With a sheet there it loads, and from then on that one counts. */
Test(own_sheets, a_chain_is_saved_where_its_sheets_are_too)
{
    struct desk *desk = open_desk();
    struct gs_chain *again = NULL;
    char path[4096];
    mkdir(test_file(path, sizeof path, "saved/models"), 0777);
    write_sheet("saved/models/mine.json", 4, 20);
    write_sheet("saved/models/there.json", 9, 10);
    desk_say(desk, 0, 5, "/models", "s", "microphone");
    desk_say(desk, 0, 5, "/chain/save", "s", "other");
    expect_no_error(desk);
    cr_assert_eq(gs_chain_load(test_file(path, sizeof path, "saved/other.json"), &again, NULL), GS_OK);
    gs_chain_destroy(again);
    desk_say(desk, 0, 5, "/stage/mic/model", "s", "there");
    expect_no_error(desk);
    cr_expect_eq(desk_get(desk, "/stage/mic/sensitivity_mv_pa"), 9.0, "known at once");
    desk_close(desk);
}

/* ---- sheets that are edited ---- */

Test(own_sheets, the_same_sheet_chosen_again_is_read_again)
{
    struct desk *desk = open_desk();
    unsigned before = desk->chains_changed;
    desk_say(desk, 0, 5, "/stage/mic/model", "s", "mine");
    cr_expect_eq(desk->chains_changed, before, "it says what it said");
    desk_say(desk, 0, 5, "/stage/fd/gain", "f", -7.0);
    write_sheet("models/mine.json", 8, 17);
    pause_a_second(desk);
    desk_say(desk, 0, 5, "/stage/mic/model", "s", "mine");
    expect_no_error(desk);
    cr_expect_eq(desk->chains_changed, before + 1);
    cr_expect_eq(desk_get(desk, "/stage/mic/sensitivity_mv_pa"), 8.0);
    cr_expect_eq(desk_get(desk, "/stage/mic/self_noise_dba"), 17.0);
    desk_say(desk, 0, 5, "/undo", "");
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), 0.0, "no undo brings back what the file said: no step");
    cr_expect_eq(desk_get(desk, "/stage/mic/sensitivity_mv_pa"), 8.0);
    desk_close(desk);
}

Test(own_sheets, a_sheet_that_has_just_come_can_be_chosen)
{
    struct desk *desk = open_desk();
    desk_say(desk, 0, 5, "/models", "s", "microphone");
    write_sheet("models/newer.json", 8, 17);
    pause_a_second(desk);
    desk_say(desk, 0, 5, "/stage/mic/model", "s", "newer");
    expect_no_error(desk);
    cr_expect_eq(desk_get(desk, "/stage/mic/sensitivity_mv_pa"), 8.0);
    desk_close(desk);
}

/* A chain that is made anew for another reason reads its sheets, too. */
Test(own_sheets, what_an_edited_sheet_changes_is_told)
{
    struct desk *desk = open_desk();
    desk_say(desk, 0, 7, "/subscribe", "iiii", 0, 100, 0, 4 + 1 + 8);
    desk_pass(desk, 300, false);
    cr_assert_eq(desk_number(desk, 7, "/stage/mic/sensitivity_mv_pa"), 4.0);
    write_sheet("models/mine.json", 8, 17);
    desk_say(desk, 0, 5, "/stage/pre/gain_max_db", "f", 70.0);
    cr_expect_eq(desk_get(desk, "/stage/mic/sensitivity_mv_pa"), 8.0);
    desk_pass(desk, 100, false);
    cr_expect_eq(desk_number(desk, 7, "/stage/mic/sensitivity_mv_pa"), 8.0);
    cr_expect_eq(desk_number(desk, 7, "/stage/mic/self_noise_dba"), 17.0);
    desk_close(desk);
}

/* Two sheets in one step; that of the second is gone. */
Test(own_sheets, an_undo_that_cannot_be_whole_does_nothing)
{
    struct desk *desk = open_desk();
    char path[4096];
    write_sheet("models/other.json", 8, 17);
    desk_bundle_begin(desk, 0, 5);
    desk_say(desk, 0, 5, "/stage/pre/model", "s", "other");
    desk_say(desk, 0, 5, "/stage/mic/model", "s", "other");
    desk_bundle_end(desk);
    expect_no_error(desk);
    remove(test_file(path, sizeof path, "models/mine.json"));
    pause_a_second(desk);
    desk_say(desk, 0, 5, "/undo", "");
    cr_expect_eq(desk_count(desk, 5, "/error"), 1);
    cr_expect_eq(desk_get(desk, "/stage/pre/gain_max_db"), 70.0);
    desk_say(desk, 0, 5, "/stage/pre/model", "");
    cr_expect_str_eq(desk_text(desk, 5, "/stage/pre/model", 0), "other");
    write_sheet("models/mine.json", 4, 20);
    pause_a_second(desk);
    desk_say(desk, 0, 5, "/undo", "");
    cr_expect_eq(desk_get(desk, "/stage/mic/sensitivity_mv_pa"), 4.0, "it is still there to be undone");
    cr_expect_neq(desk_get(desk, "/stage/pre/gain_max_db"), 70.0);
    desk_close(desk);
}

/* ---- snapshots ---- */

/* A sound file that is none is found out when the chain is made, after its text was good. The snapshot says of the
 * self-noise what the refused sheet would have said: by hand, so it stays. */
Test(own_sheets, a_refused_chain_leaves_snapshots_as_they_were)
{
    struct desk *desk = open_desk();
    char path[4096];
    write_sheet("models/other.json", 8, 17);
    test_write(test_file(path, sizeof path, "noise.wav"), "no sound");
    desk_say(desk, 0, 5, "/stage/mic/self_noise_dba", "f", 17.0);
    desk_say(desk, 0, 5, "/ab", "s", "b");
    desk_say(desk, 0, 5, "/stage/mic/self_noise_dba", "f", 25.0);
    desk_say(desk, 0, 5, "/stage/src/file", "s", "noise.wav");
    expect_no_error(desk);
    pause_a_second(desk);
    desk_bundle_begin(desk, 0, 5);
    desk_say(desk, 0, 5, "/stage/mic/model", "s", "other");
    desk_say(desk, 0, 5, "/stage/src/signal", "s", "file");
    desk_bundle_end(desk);
    cr_assert_geq(desk_count(desk, 5, "/error"), 1);
    desk_say(desk, 0, 5, "/ab", "s", "a");
    cr_expect_eq(desk_get(desk, "/stage/mic/self_noise_dba"), 17.0);
    desk_close(desk);
}
