/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Complaints: exit codes of sysexits(3), limits, and texts that end in whole characters. */
#include "gainstage/status.h"

#include <criterion/criterion.h>

#include <string.h>
#include <sysexits.h>

Test(status, every_status_has_a_word_and_an_exit_code)
{
    for (int s = 1; s < GS_STATUS_COUNT; s++) {
        cr_assert_gt(strlen(gs_status_word(s)), 0u);
        cr_assert_neq(gs_status_exit_code(s), 0, "%s must not look like success", gs_status_word(s));
    }
    cr_assert_eq(gs_status_exit_code(GS_OK), EX_OK);
    cr_assert_eq(gs_status_exit_code(GS_E_USAGE), EX_USAGE);
    cr_assert_eq(gs_status_exit_code(GS_E_RANGE), EX_DATAERR);
    cr_assert_eq(gs_status_exit_code(GS_E_NOFILE), EX_NOINPUT);
}

Test(status, fail_returns_what_it_is_given_and_takes_null)
{
    struct gs_error error;
    cr_assert_eq(gs_fail(&error, GS_E_TYPE, "/x", "found %d", 3), GS_E_TYPE);
    cr_assert_str_eq(error.where, "/x");
    cr_assert_str_eq(error.text, "found 3");
    cr_assert_eq(gs_fail(NULL, GS_E_IO, NULL, "nobody listens"), GS_E_IO);
}

Test(status, a_long_text_ends_in_a_whole_character)
{
    for (size_t shift = 0; shift < 3; shift++) {
        char text[1600] = "abc";
        text[shift] = '\0';
        for (size_t i = strlen(text); i + 3 < sizeof text; i += 3) {
            strcpy(text + i, "\xE2\x82\xAC"); /* the euro sign: three bytes */
        }
        struct gs_error error;
        gs_fail(&error, GS_E_SYNTAX, "", "%s", text);
        size_t length = strlen(error.text);
        cr_assert_eq((length - shift) % 3, 0u, "cut inside a character");
        cr_assert_geq(length, sizeof error.text - 4);
    }
}

Test(status, complaints_beyond_the_limit_are_counted)
{
    struct gs_errors errors = { 0 };
    for (int i = 0; i < GS_ERRORS_MAX + 7; i++) {
        gs_errors_add(&errors, GS_E_RANGE, "", "number %d", i);
    }
    cr_assert_eq(errors.count, (size_t)GS_ERRORS_MAX);
    cr_assert_eq(errors.dropped, 7u);
    cr_assert_str_eq(errors.list[99].text, "number 99");
    gs_errors_finish(&errors);
    cr_assert_null(errors.list);
}
