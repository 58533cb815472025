/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A refused chain file is told to everybody, whoever wanted it loaded, until one is good. */
#include "../support/chain_text.h"
#include "../support/desk.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

TestSuite(fault, .fini = test_folder_remove);

static const char good[] =
    "{\"gainstage\":1,\"name\":\"good\",\"stages\":[{\"id\":\"s\",\"kind\":\"source\","
    "\"domain\":\"line\"},{\"id\":\"a\",\"kind\":\"adc\"},{\"id\":\"m\",\"kind\":\"master\"}]}";
static const char bad[] =
    "{\"gainstage\":1,\"stages\":[{\"id\":\"s\",\"kind\":\"source\",\"domain\":\"lien\"},"
    "{\"id\":\"a\",\"kind\":\"acd\"},{\"id\":\"m\",\"kind\":\"master\"}]}";

static struct desk *open_desk(char path[4096])
{
    static const char *folders[2]; /* the session keeps them */
    folders[0] = test_folder();
    struct gs_session_setup setup = { .name = "bench", .chain_folders = folders };
    struct gs_errors errors = { 0 };
    test_write(test_file(path, 4096, "a.json"), good);
    struct desk *desk = desk_open_with(NULL, &setup);
    cr_assert_eq(gs_session_load(desk->session, path, &errors), GS_OK);
    desk_say(desk, 0, 7, "/subscribe", "iiii", 0, 100, 0, 4 + 1 + 8);
    desk_pass(desk, 300, false);
    cr_assert_str_eq(desk_text(desk, 7, "/chain/fault", 0), "");
    return desk;
}

/* As a signal does it: nobody has asked over OSC. */
Test(fault, a_file_that_went_bad_is_told_to_who_looks)
{
    char path[4096];
    struct desk *desk = open_desk(path);
    struct gs_errors errors = { 0 };
    test_write(path, bad);
    cr_assert_neq(gs_session_reload(desk->session, &errors), GS_OK);
    desk_pass(desk, 100, false);
    const struct desk_heard *heard = desk_last(desk, 7, "/chain/fault");
    cr_assert(heard);
    cr_expect_str_eq(heard->text[0], path);
    cr_expect_eq((size_t)heard->atom[1].integer, errors.count);
    cr_expect_eq(heard->n_atoms, 2 + 2 * errors.count);
    cr_expect_str_eq(heard->text[2], errors.list[0].where);
    cr_expect_str_eq(heard->text[3], errors.list[0].text);
    cr_expect(strstr(heard->text[3], "did you mean `line`"), "%s", heard->text[3]);
    desk_say(desk, 0, 5, "/chain/fault", "");
    cr_expect_str_eq(desk_text(desk, 5, "/chain/fault", 0), path, "who comes later can ask");
    desk_say(desk, 0, 5, "/chain/name", "");
    cr_expect_str_eq(desk_text(desk, 5, "/chain/name", 0), "good", "the old one plays on");
    gs_errors_finish(&errors);
    test_write(path, good);
    cr_assert_eq(gs_session_reload(desk->session, &errors), GS_OK);
    desk_pass(desk, 300, false);
    cr_expect_str_eq(desk_text(desk, 7, "/chain/fault", 0), "");
    cr_expect_eq(desk_last(desk, 7, "/chain/fault")->n_atoms, 2);
    desk_close(desk);
}

Test(fault, five_complaints_are_told_and_all_counted)
{
    char path[4096], text[1000] = "{\"gainstage\":1";
    struct desk *desk = open_desk(path);
    for (char c = 'a'; c < 'a' + 9; c++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, ",\"%c\":1", c);
    }
    strcat(text, "}");
    test_write(path, text);
    desk_say(desk, 0, 5, "/chain/load", "s", "a");
    desk_pass(desk, 100, false);
    const struct desk_heard *heard = desk_last(desk, 7, "/chain/fault");
    cr_assert(heard);
    cr_expect_eq(heard->atom[1].integer, 9 + 1, "nine keys, and no stages");
    cr_expect_eq(heard->n_atoms, 2 + 2 * 5);
    desk_close(desk);
}
