/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See discovery_poll.h. What is freed while it is served is only marked, and swept after it. */
#include "config.h"

#ifdef HAVE_AVAHI

#include "control/discovery_poll.h"

#include <avahi-common/timeval.h>

#include <poll.h>
#include <stdlib.h>

struct AvahiWatch {
    struct AvahiWatch *next;
    struct gs_discovery_poll *poll;
    int fd;
    bool dead;
    AvahiWatchEvent wanted, happened; /* happened: while it is being served */
    AvahiWatchCallback callback;
    void *context;
};

/* D-Bus has a watch to read and one to write by the same descriptor; the loop has one entry for it. */
struct descriptor {
    struct gs_discovery_poll *poll;
    int fd; /* -1: free */
};
#define DESCRIPTORS 8

struct AvahiTimeout {
    struct AvahiTimeout *next;
    struct gs_discovery_poll *poll;
    uint64_t at_ns; /* UINT64_MAX: not set */
    bool dead;
    AvahiTimeoutCallback callback;
    void *context;
};

struct gs_discovery_poll {
    AvahiPoll api;
    struct gs_loop *loop;
    struct descriptor descriptor[DESCRIPTORS];
    struct AvahiWatch *watches;
    struct AvahiTimeout *timeouts;
    bool serving;
    void (*later)(void *context);
    void *later_context;
    uint64_t later_ns; /* UINT64_MAX: not wanted */
};

static void sweep_timeouts(struct gs_discovery_poll *poll);

/* ---- watches ---- */

static short to_poll(AvahiWatchEvent event)
{
    return (short)((event & AVAHI_WATCH_IN ? POLLIN : 0) | (event & AVAHI_WATCH_OUT ? POLLOUT : 0));
}

static AvahiWatchEvent from_poll(short revents)
{
    return (AvahiWatchEvent)((revents & POLLIN ? AVAHI_WATCH_IN : 0) |
                             (revents & POLLOUT ? AVAHI_WATCH_OUT : 0) |
                             (revents & POLLERR ? AVAHI_WATCH_ERR : 0) |
                             (revents & POLLHUP ? AVAHI_WATCH_HUP : 0));
}

static void sweep_watches(struct gs_discovery_poll *poll)
{
    for (AvahiWatch **at = &poll->watches; !poll->serving && *at;) {
        AvahiWatch *watch = *at;
        if (watch->dead) {
            *at = watch->next;
            free(watch);
        } else {
            at = &watch->next;
        }
    }
}

static void ready(void *context, short revents)
{
    const struct descriptor *descriptor = context;
    struct gs_discovery_poll *poll = descriptor->poll;
    int fd = descriptor->fd;
    poll->serving = true;
    for (AvahiWatch *watch = poll->watches; watch; watch = watch->next) {
        short wanted = (short)(to_poll(watch->wanted) | POLLERR | POLLHUP);
        if (!watch->dead && watch->fd == fd && (revents & wanted)) {
            watch->happened = from_poll(revents & wanted);
            watch->callback(watch, fd, watch->happened, watch->context);
            watch->happened = 0;
        }
    }
    poll->serving = false;
    sweep_watches(poll);
    sweep_timeouts(poll);
}

static struct descriptor *descriptor_of(struct gs_discovery_poll *poll, int fd)
{
    for (unsigned i = 0; i < DESCRIPTORS; i++) {
        if (poll->descriptor[i].fd == fd) {
            return &poll->descriptor[i];
        }
    }
    return NULL;
}

/* The loop's entry of a descriptor as the watches on it want it now. False: no room. */
static bool settle(struct gs_discovery_poll *poll, int fd)
{
    short events = 0;
    bool any = false;
    for (const AvahiWatch *watch = poll->watches; watch; watch = watch->next) {
        if (!watch->dead && watch->fd == fd) {
            events |= to_poll(watch->wanted);
            any = true;
        }
    }
    struct descriptor *descriptor = descriptor_of(poll, fd);
    if (any && descriptor) {
        gs_loop_watch(poll->loop, fd, events);
    } else if (any) {
        descriptor = descriptor_of(poll, -1);
        if (!descriptor || gs_loop_add(poll->loop, fd, events, ready, descriptor)) {
            return false;
        }
        descriptor->fd = fd;
    } else if (descriptor) {
        gs_loop_remove(poll->loop, fd);
        descriptor->fd = -1;
    }
    return true;
}

static void watch_free(AvahiWatch *watch)
{
    struct gs_discovery_poll *poll = watch->poll;
    watch->dead = true;
    settle(poll, watch->fd);
    sweep_watches(poll);
}

static AvahiWatch *watch_new(const AvahiPoll *api, int fd, AvahiWatchEvent event, AvahiWatchCallback callback,
                             void *context)
{
    struct gs_discovery_poll *poll = api->userdata;
    AvahiWatch *watch = calloc(1, sizeof *watch);
    if (!watch) {
        return NULL;
    }
    *watch = (AvahiWatch){ .next = poll->watches,
                           .poll = poll,
                           .fd = fd,
                           .wanted = event,
                           .callback = callback,
                           .context = context };
    poll->watches = watch;
    if (!settle(poll, fd)) {
        watch_free(watch);
        return NULL;
    }
    return watch;
}

static void watch_update(AvahiWatch *watch, AvahiWatchEvent event)
{
    watch->wanted = event;
    settle(watch->poll, watch->fd);
}

static AvahiWatchEvent watch_get_events(AvahiWatch *watch)
{
    return watch->happened;
}

/* ---- timeouts ---- */

static uint64_t next_due(const struct gs_discovery_poll *poll)
{
    uint64_t next_ns = poll->later_ns;
    for (const AvahiTimeout *timeout = poll->timeouts; timeout; timeout = timeout->next) {
        next_ns = !timeout->dead && timeout->at_ns < next_ns ? timeout->at_ns : next_ns;
    }
    return next_ns;
}

/* Avahi's times are of the wall clock. */
static void set(AvahiTimeout *timeout, const struct timeval *at)
{
    AvahiUsec left = at ? -avahi_age(at) : 0;
    timeout->at_ns = at ? gs_loop_now() + (left > 0 ? (uint64_t)left * 1000u : 0) : UINT64_MAX;
    gs_loop_set_timer(timeout->poll->loop, timeout->poll, next_due(timeout->poll));
}

static AvahiTimeout *timeout_new(const AvahiPoll *api, const struct timeval *at,
                                 AvahiTimeoutCallback callback, void *context)
{
    struct gs_discovery_poll *poll = api->userdata;
    AvahiTimeout *timeout = calloc(1, sizeof *timeout);
    if (timeout) {
        *timeout =
            (AvahiTimeout){ .next = poll->timeouts, .poll = poll, .callback = callback, .context = context };
        poll->timeouts = timeout;
        set(timeout, at);
    }
    return timeout;
}

static void timeout_update(AvahiTimeout *timeout, const struct timeval *at)
{
    set(timeout, at);
}

static void sweep_timeouts(struct gs_discovery_poll *poll)
{
    for (AvahiTimeout **at = &poll->timeouts; !poll->serving && *at;) {
        AvahiTimeout *timeout = *at;
        if (timeout->dead) {
            *at = timeout->next;
            free(timeout);
        } else {
            at = &timeout->next;
        }
    }
}

static void timeout_free(AvahiTimeout *timeout)
{
    timeout->dead = true;
    sweep_timeouts(timeout->poll);
}

static uint64_t on_time(void *context, uint64_t now_ns)
{
    struct gs_discovery_poll *poll = context;
    poll->serving = true;
    for (AvahiTimeout *timeout = poll->timeouts; timeout; timeout = timeout->next) {
        if (!timeout->dead && timeout->at_ns <= now_ns) {
            timeout->at_ns = UINT64_MAX;
            timeout->callback(timeout, timeout->context);
        }
    }
    poll->serving = false;
    sweep_timeouts(poll);
    sweep_watches(poll);
    if (poll->later_ns <= now_ns) {
        poll->later_ns = UINT64_MAX;
        poll->later(poll->later_context);
    }
    return next_due(poll);
}

/* ---- life ---- */

struct gs_discovery_poll *gs_discovery_poll_create(struct gs_loop *loop, void (*later)(void *context),
                                                   void *context)
{
    struct gs_discovery_poll *poll = calloc(1, sizeof *poll);
    if (!poll) {
        return NULL;
    }
    *poll = (struct gs_discovery_poll){
        .loop = loop, .later = later, .later_context = context, .later_ns = UINT64_MAX
    };
    poll->api = (AvahiPoll){ .userdata = poll,
                             .watch_new = watch_new,
                             .watch_update = watch_update,
                             .watch_get_events = watch_get_events,
                             .watch_free = watch_free,
                             .timeout_new = timeout_new,
                             .timeout_update = timeout_update,
                             .timeout_free = timeout_free };
    for (unsigned i = 0; i < DESCRIPTORS; i++) {
        poll->descriptor[i] = (struct descriptor){ poll, -1 };
    }
    if (gs_loop_add_timer(loop, UINT64_MAX, on_time, poll)) {
        free(poll);
        return NULL;
    }
    return poll;
}

void gs_discovery_poll_destroy(struct gs_discovery_poll *poll)
{
    if (poll) {
        gs_loop_remove_timer(poll->loop, poll);
        for (AvahiTimeout *timeout = poll->timeouts; timeout; timeout = timeout->next) {
            timeout->dead = true;
        }
        sweep_timeouts(poll);
        free(poll);
    }
}

const AvahiPoll *gs_discovery_poll_api(struct gs_discovery_poll *poll)
{
    return &poll->api;
}

void gs_discovery_poll_later(struct gs_discovery_poll *poll, uint64_t after_ns)
{
    poll->later_ns = gs_loop_now() + after_ns;
    gs_loop_set_timer(poll->loop, poll, next_due(poll));
}

#else
typedef int gs_discovery_poll_is_not_built; /* a file must say something */
#endif
