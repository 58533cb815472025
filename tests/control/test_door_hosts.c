/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names under which the door answers, and whose pages may open a WebSocket. */
#include "control/door_hosts.h"

#include <criterion/criterion.h>

static const char *const given[] = { "desk.example", "studio", NULL };
static const struct gs_door_hosts hosts = { .given = given, .machine = "mixer.lan" };

static const struct {
    const char *header, *local_ip;
    bool allowed;
} names[] = {
    { "localhost", "127.0.0.1", true },
    { "localhost:7770", "127.0.0.1", true },
    { "LocalHost:7770", "::1", true },
    { "localhost.:7770", "127.0.0.1", true },
    { "127.0.0.1:7770", "127.0.0.1", true },
    { "127.0.0.1", "::ffff:127.0.0.1", true },
    { "[::1]:7770", "::1", true },
    { "[0:0:0:0:0:0:0:1]", "::1", true },
    { "192.168.1.20:7770", "192.168.1.20", true },
    { "mixer.lan:7770", "192.168.1.20", true },
    { "mixer:7770", "192.168.1.20", true },
    { "mixer.local:7770", "192.168.1.20", true },
    { "desk.example", "192.168.1.20", true },
    { "STUDIO:80", "192.168.1.20", true },
    { "192.168.1.21:7770", "192.168.1.20", false }, /* not the address it came to */
    { "evil.example", "127.0.0.1", false },
    { "localhost.evil.example", "127.0.0.1", false },
    { "mixer.evil.example", "127.0.0.1", false },
    { "mixer.local.evil", "127.0.0.1", false },
    { "desk.example.evil", "127.0.0.1", false },
    { "localhost@evil", "127.0.0.1", false },
    { "localhost:7770@evil", "127.0.0.1", false },
    { "[::1", "::1", false },
    { "[::1]evil", "::1", false },
    { "", "127.0.0.1", false },
    { ":7770", "127.0.0.1", false },
    { "0x7f000001", "127.0.0.1", false },
    { "127.1", "127.0.0.1", false },
};

Test(door_hosts, names)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_expect_eq(gs_door_hosts_allow(&hosts, names[i].header, names[i].local_ip), names[i].allowed,
                     "%s at %s", names[i].header, names[i].local_ip);
    }
}

Test(door_hosts, a_machine_without_a_name)
{
    struct gs_door_hosts bare = { 0 };
    cr_expect(gs_door_hosts_allow(&bare, "localhost:1", "127.0.0.1"));
    cr_expect_not(gs_door_hosts_allow(&bare, ".local", "127.0.0.1"));
    cr_expect_not(gs_door_hosts_allow(&bare, "any", "127.0.0.1"));
}

Test(door_hosts, origins)
{
    cr_expect(gs_door_same_origin("http://desk:7770", "desk:7770"));
    cr_expect(gs_door_same_origin("https://desk", "desk"), "behind somebody's TLS");
    cr_expect_not(gs_door_same_origin("http://desk:7771", "desk:7770"));
    cr_expect_not(gs_door_same_origin("http://desk", "desk:7770"));
    cr_expect_not(gs_door_same_origin("http://desk.evil:7770", "desk:7770"));
    cr_expect_not(gs_door_same_origin("null", "desk:7770"));
    cr_expect_not(gs_door_same_origin("file://desk:7770", "desk:7770"));
    cr_expect_not(gs_door_same_origin("", ""));
}
