/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Being found, with a bus that takes connections and never answers: neither the beginning nor the end waits for it.
 * With a bus and avahi-daemon of its own it is tests/integration/discovery.sh. */
#include "control/discovery.h"

#include "control/loop.h"

#include <criterion/criterion.h>

#include <poll.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static atomic_uint lines;

static void note(void *context, const char *text)
{
    (void)context;
    (void)text;
    atomic_fetch_add(&lines, 1);
}

static struct gs_discovery *begin(void)
{
    static const char *const txt[] = { "version=1.0", NULL };
    struct gs_discovery_setup setup = {
        .name = "room", .service = { { "_osc._udp", 7770, txt }, { "_oscjson._tcp", 0, txt } }, .note = note
    };
    return gs_discovery_create(&setup);
}

/* The name of a socket without a file (unix(7)), that D-Bus is told to be the bus. */
static int open_bus(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char variable[128];
    int length =
        snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "gainstaged-test-%d", (int)getpid());
    snprintf(variable, sizeof variable, "unix:abstract=%s", address.sun_path + 1);
    setenv("DBUS_SYSTEM_BUS_ADDRESS", variable, 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    cr_assert_eq(listen(fd, 8), 0);
    return fd;
}

/* libdbus would wait 25 s for an answer, and for a greeting as long as it takes: the end is compared with that. */
Test(discovery, nobody_waits_for_a_bus_that_does_not_answer, .timeout = 300)
{
    int bus = open_bus();
    struct gs_discovery *discovery = begin();
    if (!discovery) {
        close(bus);
        cr_skip_test("built without Avahi");
    }
    struct pollfd came = { .fd = bus, .events = POLLIN };
    cr_assert_eq(poll(&came, 1, 60000), 1, "it has gone to the bus");
    int caller = accept(bus, NULL, NULL);
    uint64_t start_ns = gs_loop_now();
    gs_discovery_destroy(discovery);
    cr_expect_lt(gs_loop_now() - start_ns, UINT64_C(20000000000), "libdbus would have waited for 25 s");
    cr_expect_eq(atomic_load(&lines), 0);
    close(caller);
    close(bus);
}

Test(discovery, a_bus_that_is_not_there_is_said_once_and_the_end_is_at_once, .timeout = 300)
{
    setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);
    struct gs_discovery *discovery = begin();
    if (!discovery) {
        cr_skip_test("built without Avahi");
    }
    for (unsigned i = 0; i < 60000 && !atomic_load(&lines); i++) {
        poll(NULL, 0, 1);
    }
    cr_expect_eq(atomic_load(&lines), 1);
    gs_discovery_destroy(discovery);
    gs_discovery_destroy(NULL);
}
