/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one loop of the control side: file descriptors, timers and signals, one thread, poll(2). Callbacks may
 * add and remove anything, themselves included. [control] */
#ifndef CONTROL_LOOP_H
#define CONTROL_LOOP_H

#include "gainstage/status.h"

#include <stdbool.h>
#include <stdint.h>

struct gs_loop;

struct gs_loop *gs_loop_create(void);
void gs_loop_destroy(struct gs_loop *loop); /* closes no descriptor but its own */

/* Monotonic time in nanoseconds. [any] */
uint64_t gs_loop_now(void);

/* `ready` is called when poll() reports any of `events` (or an error) on `fd`. One entry a descriptor. */
typedef void gs_loop_ready(void *context, short revents);
enum gs_status gs_loop_add(struct gs_loop *loop, int fd, short events, gs_loop_ready *ready, void *context);
void gs_loop_watch(struct gs_loop *loop, int fd, short events); /* other events from now on */
void gs_loop_remove(struct gs_loop *loop, int fd);

/* `due` is called at `first_ns` and returns when it wants to be called next, UINT64_MAX: never. At that time
 * or later; a missed time is not made up for. Known by its context. */
typedef uint64_t gs_loop_due(void *context, uint64_t now_ns);
enum gs_status gs_loop_add_timer(struct gs_loop *loop, uint64_t first_ns, gs_loop_due *due, void *context);
void gs_loop_set_timer(struct gs_loop *loop, void *context,
                       uint64_t at_ns); /* another time, sooner or later */
void gs_loop_remove_timer(struct gs_loop *loop, void *context);

/* Blocks these signals for the process (call before threads start) and delivers them here instead. Once. */
typedef void gs_loop_signal(void *context, int signal);
enum gs_status gs_loop_signals(struct gs_loop *loop, const int *signals, unsigned n, gs_loop_signal *arrived,
                               void *context);

/* One round: waits at most `wait_ns` for something and serves all that is ready. run: rounds until stop. */
void gs_loop_once(struct gs_loop *loop, uint64_t wait_ns);
void gs_loop_run(struct gs_loop *loop);
void gs_loop_stop(struct gs_loop *loop);

#endif
