/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See loop.h. Entries that are removed while a round runs are only marked and swept after it, so that a
 * callback may remove whatever it likes, itself included. */
#include "control/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

struct watch {
    int fd; /* -1: removed */
    short events;
    gs_loop_ready *ready;
    void *context;
};

struct timer {
    uint64_t at_ns;
    gs_loop_due *due; /* NULL: removed */
    void *context;
};

struct gs_loop {
    struct watch *watches;
    struct pollfd *polled; /* as many as watches */
    size_t n_watches, room_watches;
    struct timer *timers;
    size_t n_timers, room_timers;
    int signal_fd;
    gs_loop_signal *signal_arrived;
    void *signal_context;
    bool stopped;
};

struct gs_loop *gs_loop_create(void)
{
    struct gs_loop *loop = calloc(1, sizeof *loop);
    if (loop) {
        loop->signal_fd = -1;
    }
    return loop;
}

void gs_loop_destroy(struct gs_loop *loop)
{
    if (!loop) {
        return;
    }
    if (loop->signal_fd >= 0) {
        close(loop->signal_fd);
    }
    free(loop->watches);
    free(loop->polled);
    free(loop->timers);
    free(loop);
}

uint64_t gs_loop_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool grow_watches(struct gs_loop *loop)
{
    if (loop->n_watches < loop->room_watches) {
        return true;
    }
    size_t room = loop->room_watches ? 2 * loop->room_watches : 16;
    struct watch *watches = realloc(loop->watches, room * sizeof *watches);
    if (!watches) {
        return false;
    }
    loop->watches = watches;
    struct pollfd *polled = realloc(loop->polled, room * sizeof *polled);
    if (!polled) {
        return false;
    }
    loop->polled = polled;
    loop->room_watches = room;
    return true;
}

enum gs_status gs_loop_add(struct gs_loop *loop, int fd, short events, gs_loop_ready *ready, void *context)
{
    if (!grow_watches(loop)) {
        return GS_E_MEMORY;
    }
    loop->watches[loop->n_watches++] =
        (struct watch){ .fd = fd, .events = events, .ready = ready, .context = context };
    return GS_OK;
}

static struct watch *find_watch(struct gs_loop *loop, int fd)
{
    for (size_t i = 0; i < loop->n_watches; i++) {
        if (loop->watches[i].fd == fd) {
            return &loop->watches[i];
        }
    }
    return NULL;
}

void gs_loop_watch(struct gs_loop *loop, int fd, short events)
{
    struct watch *watch = find_watch(loop, fd);
    if (watch) {
        watch->events = events;
    }
}

void gs_loop_remove(struct gs_loop *loop, int fd)
{
    struct watch *watch = find_watch(loop, fd);
    if (watch) {
        watch->fd = -1;
    }
}

enum gs_status gs_loop_add_timer(struct gs_loop *loop, uint64_t first_ns, gs_loop_due *due, void *context)
{
    if (loop->n_timers == loop->room_timers) {
        size_t room = loop->room_timers ? 2 * loop->room_timers : 8;
        struct timer *timers = realloc(loop->timers, room * sizeof *timers);
        if (!timers) {
            return GS_E_MEMORY;
        }
        loop->timers = timers;
        loop->room_timers = room;
    }
    loop->timers[loop->n_timers++] = (struct timer){ .at_ns = first_ns, .due = due, .context = context };
    return GS_OK;
}

static struct timer *find_timer(struct gs_loop *loop, const void *context)
{
    for (size_t i = 0; i < loop->n_timers; i++) {
        if (loop->timers[i].due && loop->timers[i].context == context) {
            return &loop->timers[i];
        }
    }
    return NULL;
}

void gs_loop_set_timer(struct gs_loop *loop, void *context, uint64_t at_ns)
{
    struct timer *timer = find_timer(loop, context);
    if (timer) {
        timer->at_ns = at_ns;
    }
}

void gs_loop_remove_timer(struct gs_loop *loop, void *context)
{
    struct timer *timer = find_timer(loop, context);
    if (timer) {
        timer->due = NULL;
    }
}

static void take_signals(void *context, short revents)
{
    (void)revents;
    struct gs_loop *loop = context;
    struct signalfd_siginfo info;
    while (read(loop->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        loop->signal_arrived(loop->signal_context, (int)info.ssi_signo);
    }
}

enum gs_status gs_loop_signals(struct gs_loop *loop, const int *signals, unsigned n, gs_loop_signal *arrived,
                               void *context)
{
    sigset_t set;
    sigemptyset(&set);
    for (unsigned i = 0; i < n; i++) {
        sigaddset(&set, signals[i]);
    }
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) {
        return GS_E_IO;
    }
    loop->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (loop->signal_fd < 0) {
        return GS_E_IO;
    }
    loop->signal_arrived = arrived;
    loop->signal_context = context;
    return gs_loop_add(loop, loop->signal_fd, POLLIN, take_signals, loop);
}

static void sweep(struct gs_loop *loop)
{
    size_t kept = 0;
    for (size_t i = 0; i < loop->n_watches; i++) {
        if (loop->watches[i].fd >= 0) {
            loop->watches[kept++] = loop->watches[i];
        }
    }
    loop->n_watches = kept;
    kept = 0;
    for (size_t i = 0; i < loop->n_timers; i++) {
        if (loop->timers[i].due) {
            loop->timers[kept++] = loop->timers[i];
        }
    }
    loop->n_timers = kept;
}

static uint64_t until_next_timer(const struct gs_loop *loop, uint64_t now_ns, uint64_t wait_ns)
{
    for (size_t i = 0; i < loop->n_timers; i++) {
        uint64_t at_ns = loop->timers[i].at_ns;
        uint64_t left = at_ns > now_ns ? at_ns - now_ns : 0;
        wait_ns = left < wait_ns ? left : wait_ns;
    }
    return wait_ns;
}

static void serve_timers(struct gs_loop *loop)
{
    uint64_t now_ns = gs_loop_now();
    for (size_t i = 0; i < loop->n_timers; i++) {
        struct timer *timer = &loop->timers[i];
        if (!timer->due || timer->at_ns > now_ns) {
            continue;
        }
        timer->at_ns = UINT64_MAX;
        uint64_t next = timer->due(timer->context, now_ns);
        timer = &loop->timers[i]; /* the callback may have added timers, and with them moved the list */
        timer->at_ns = next < timer->at_ns ? next : timer->at_ns;
    }
}

static void serve_descriptors(struct gs_loop *loop, size_t n_polled)
{
    for (size_t i = 0; i < n_polled; i++) {
        struct watch watch = loop->watches[i];
        if (loop->polled[i].revents && watch.fd == loop->polled[i].fd) {
            watch.ready(watch.context, loop->polled[i].revents);
        }
    }
}

void gs_loop_once(struct gs_loop *loop, uint64_t wait_ns)
{
    sweep(loop);
    size_t n = loop->n_watches;
    for (size_t i = 0; i < n; i++) {
        loop->polled[i] = (struct pollfd){ .fd = loop->watches[i].fd, .events = loop->watches[i].events };
    }
    wait_ns = until_next_timer(loop, gs_loop_now(), wait_ns);
    struct timespec wait = { .tv_sec = (time_t)(wait_ns / 1000000000u),
                             .tv_nsec = (long)(wait_ns % 1000000000u) };
    int ready = ppoll(loop->polled, (nfds_t)n, wait_ns > 3600000000000u ? NULL : &wait, NULL);
    if (ready > 0) {
        serve_descriptors(loop, n);
    } else if (ready < 0 && errno != EINTR) {
        struct timespec breath = { .tv_nsec = 10000000 }; /* out of memory: not a busy loop */
        nanosleep(&breath, NULL);
    }
    serve_timers(loop);
}

void gs_loop_run(struct gs_loop *loop)
{
    loop->stopped = false;
    while (!loop->stopped) {
        gs_loop_once(loop, UINT64_MAX);
    }
}

void gs_loop_stop(struct gs_loop *loop)
{
    loop->stopped = true;
}
