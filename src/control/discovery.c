/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See discovery.h. The thread owns what it talks with; the two share a flag, an eventfd each way, and who frees it all:
 * whoever comes last. */
#include "config.h"

#include "control/discovery.h"

#ifdef HAVE_AVAHI

#include "control/discovery_talk.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define GOODBYE_MS 500 /* a bus that answers needs a few */

struct gs_discovery {
    struct gs_discovery_setup setup;
    pthread_t thread;
    int wake_fd, done_fd;
    atomic_bool quit;
    atomic_bool left; /* by one of the two: the other one frees */
};

static void release(struct gs_discovery *discovery)
{
    if (discovery->wake_fd >= 0) {
        close(discovery->wake_fd);
    }
    if (discovery->done_fd >= 0) {
        close(discovery->done_fd);
    }
    free(discovery);
}

static void signal_fd(int fd)
{
    uint64_t one = 1;
    ssize_t written = write(fd, &one, sizeof one);
    (void)written; /* a full eventfd is readable already */
}

static void *run(void *context)
{
    struct gs_discovery *discovery = context;
    gs_discovery_talk(&discovery->setup, &discovery->quit, discovery->wake_fd);
    signal_fd(discovery->done_fd);
    if (atomic_exchange(&discovery->left, true)) {
        release(discovery);
    }
    return NULL;
}

struct gs_discovery *gs_discovery_create(const struct gs_discovery_setup *setup)
{
    struct gs_discovery *discovery = calloc(1, sizeof *discovery);
    if (!discovery) {
        return NULL;
    }
    discovery->setup = *setup;
    discovery->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    discovery->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (discovery->wake_fd < 0 || discovery->done_fd < 0 ||
        pthread_create(&discovery->thread, NULL, run, discovery) != 0) {
        release(discovery);
        return NULL;
    }
    return discovery;
}

void gs_discovery_destroy(struct gs_discovery *discovery)
{
    if (!discovery) {
        return;
    }
    pthread_t thread = discovery->thread;
    struct pollfd done = { .fd = discovery->done_fd, .events = POLLIN };
    atomic_store(&discovery->quit, true);
    signal_fd(discovery->wake_fd);
    bool ended = poll(&done, 1, GOODBYE_MS) > 0;
    if (atomic_exchange(&discovery->left, true)) {
        release(discovery);
    }
    if (ended) {
        pthread_join(thread, NULL);
    } else {
        pthread_detach(thread);
    }
}

#else

#include <stddef.h>

struct gs_discovery *gs_discovery_create(const struct gs_discovery_setup *setup)
{
    (void)setup;
    return NULL;
}

void gs_discovery_destroy(struct gs_discovery *discovery)
{
    (void)discovery;
}

#endif
