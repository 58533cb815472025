/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a service manager hears: the protocol of sd_notify(3), over a socket of the test's own. */
#include "app/notify.h"

#include <criterion/criterion.h>

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A listening socket; its name goes into $NOTIFY_SOCKET. */
static int manager(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t length = strlen(name);
    memcpy(address.sun_path, name, length);
    if (*name == '@') {
        address.sun_path[0] = '\0';
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void hears(int fd, const char *text)
{
    char got[600] = { 0 };
    cr_assert_geq(recv(fd, got, sizeof got - 1, 0), 0, "nothing came");
    cr_assert_str_eq(got, text);
}

Test(notify, speaks_to_a_path_and_to_an_abstract_name)
{
    char name[64];
    snprintf(name, sizeof name, "/tmp/gst-notify-%d", (int)getpid());
    int fd = manager(name);
    gs_notify("READY=1\nSTATUS=%s %d", "running", 48000);
    hears(fd, "READY=1\nSTATUS=running 48000");
    close(fd);
    unlink(name);
    snprintf(name, sizeof name, "@gst-notify-%d", (int)getpid());
    fd = manager(name);
    gs_notify("STOPPING=1");
    hears(fd, "STOPPING=1");
    close(fd);
}

Test(notify, is_silent_without_a_manager)
{
    unsetenv("NOTIFY_SOCKET");
    gs_notify("READY=1");
    setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1);
    gs_notify("READY=1");
}

Test(notify, watchdog_period_is_half_of_what_is_allowed)
{
    unsetenv("WATCHDOG_USEC");
    cr_assert_eq(gs_notify_watchdog_ns(), 0);
    setenv("WATCHDOG_USEC", "10000000", 1);
    cr_assert_eq(gs_notify_watchdog_ns(), 5000000000u);
    setenv("WATCHDOG_PID", "1", 1); /* meant for somebody else */
    cr_assert_eq(gs_notify_watchdog_ns(), 0);
}
