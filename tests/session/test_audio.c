/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a peer can learn about the sound server. */
#include "../support/desk.h"

#include <criterion/criterion.h>

Test(audio, tells_what_it_was_told)
{
    struct desk *desk = desk_open("{'gainstage':1,'name':'x','stages':["
                                  "{'id':'src','kind':'source','domain':'digital','signal':'sine'},"
                                  "{'id':'out','kind':'master'}]}");
    gs_session_set_state(desk->session, "no audio");
    desk_say(desk, 0, 7, "/audio", "");
    cr_expect_str_eq(desk_text(desk, 7, "/audio", 0), "no audio");
    struct gs_session_audio audio = { .rate_hz = 44100,
                                      .period = 256,
                                      .xruns = 3,
                                      .returns = 2,
                                      .load_percent = 12.5f,
                                      .scheduling = "SCHED_FIFO priority 10" };
    gs_session_set_state(desk->session, "active");
    gs_session_set_audio(desk->session, &audio);
    desk_say(desk, 0, 7, "/audio", "");
    const struct desk_heard *answer = desk_last(desk, 7, "/audio");
    cr_assert_eq(answer->n_atoms, 7);
    cr_expect_str_eq(desk_text(desk, 7, "/audio", 0), "active");
    cr_expect_eq(answer->atom[1].number, 44100.0);
    cr_expect_eq(answer->atom[2].integer, 256);
    cr_expect_eq(answer->atom[3].integer, 3);
    cr_expect_eq(answer->atom[4].integer, 2);
    cr_expect_eq(answer->atom[5].number, 12.5);
    cr_expect_str_eq(desk_text(desk, 7, "/audio", 6), "SCHED_FIFO priority 10");
    desk_close(desk);
}
