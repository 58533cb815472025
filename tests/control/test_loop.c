/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loop: descriptors, timers, signals, and callbacks that remove what is about to be served. */
#include "control/loop.h"

#include <criterion/criterion.h>

#include <poll.h>
#include <signal.h>
#include <unistd.h>

struct pipe_end {
    struct gs_loop *loop;
    int fd, other_fd;
    unsigned calls;
    bool removes_other;
};

static void ready(void *context, short revents)
{
    struct pipe_end *end = context;
    char byte;
    cr_assert(revents & (POLLIN | POLLHUP));
    cr_expect_leq(read(end->fd, &byte, 1), 1);
    end->calls++;
    if (end->removes_other) {
        gs_loop_remove(end->loop, end->other_fd);
    }
}

Test(loop, serves_what_is_ready_and_nothing_removed)
{
    struct gs_loop *loop = gs_loop_create();
    int a[2], b[2];
    cr_assert_eq(pipe(a) + pipe(b), 0);
    struct pipe_end first = { loop, a[0], b[0], 0, true }, second = { loop, b[0], a[0], 0, true };
    gs_loop_add(loop, a[0], POLLIN, ready, &first);
    gs_loop_add(loop, b[0], POLLIN, ready, &second);
    gs_loop_once(loop, 0);
    cr_expect_eq(first.calls + second.calls, 0);
    cr_assert_eq(write(a[1], "x", 1) + write(b[1], "y", 1), 2);
    gs_loop_once(loop, 1000000000u);
    cr_expect_eq(first.calls, 1);
    cr_expect_eq(second.calls, 0, "removed by the first before its turn");
    gs_loop_once(loop, 0);
    cr_expect_eq(second.calls, 0);
    gs_loop_destroy(loop);
}

struct beat {
    struct gs_loop *loop;
    unsigned calls;
    uint64_t every_ns;
};

static uint64_t due(void *context, uint64_t now_ns)
{
    struct beat *beat = context;
    if (++beat->calls == 3) {
        gs_loop_stop(beat->loop);
        return UINT64_MAX;
    }
    return now_ns + beat->every_ns;
}

Test(loop, timers_come_when_they_are_due_and_can_be_moved)
{
    struct gs_loop *loop = gs_loop_create();
    struct beat beat = { loop, 0, 1000000 }, never = { loop, 0, 0 };
    uint64_t start = gs_loop_now();
    gs_loop_add_timer(loop, start + 1000000, due, &beat);
    gs_loop_add_timer(loop, UINT64_MAX, due, &never);
    gs_loop_run(loop);
    cr_expect_eq(beat.calls, 3);
    cr_expect_eq(never.calls, 0);
    cr_expect_geq(gs_loop_now() - start, 3000000u);
    gs_loop_set_timer(loop, &never, 0);
    gs_loop_once(loop, UINT64_MAX);
    cr_expect_eq(never.calls, 1);
    gs_loop_remove_timer(loop, &never);
    gs_loop_once(loop, 0);
    cr_expect_eq(never.calls, 1);
    gs_loop_destroy(loop);
}

static void arrived(void *context, int signal)
{
    *(int *)context = signal;
}

Test(loop, signals_arrive_as_events)
{
    struct gs_loop *loop = gs_loop_create();
    int signals[] = { SIGHUP, SIGTERM }, last = 0;
    cr_assert_eq(gs_loop_signals(loop, signals, 2, arrived, &last), GS_OK);
    kill(getpid(), SIGHUP);
    gs_loop_once(loop, 1000000000u);
    cr_expect_eq(last, SIGHUP);
    gs_loop_destroy(loop);
}
