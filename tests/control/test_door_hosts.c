/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names under which the door answers, and whose pages may open a WebSocket. */
#include "control/door_hosts.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>
#include <strings.h>

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

/* Whoever is on this machine alone is not told to anybody; of every network there are addresses that a browser takes. */
Test(door_hosts, addresses)
{
    char list[GS_DOOR_ADDRESSES][GS_DOOR_ADDRESS_SIZE];
    cr_expect_eq(gs_door_hosts_addresses(NULL, list), 0);
    cr_expect_eq(gs_door_hosts_addresses("127.0.0.1", list), 0);
    cr_expect_eq(gs_door_hosts_addresses("::1", list), 0);
    cr_expect_eq(gs_door_hosts_addresses("192.0.2.7", list), 1);
    cr_expect_str_eq(list[0], "192.0.2.7");
    size_t four = gs_door_hosts_addresses("0.0.0.0", list);
    for (size_t i = 0; i < four; i++) {
        struct in_addr address;
        cr_expect_eq(inet_pton(AF_INET, list[i], &address), 1, "%s", list[i]);
        cr_expect_neq(ntohl(address.s_addr) >> 24, 127, "%s", list[i]);
    }
    size_t both = gs_door_hosts_addresses("::", list);
    cr_expect_geq(both, four);
    for (size_t i = 0; i < both; i++) {
        cr_expect(strncasecmp(list[i], "fe80:", 5) != 0 && strcmp(list[i], "::1") != 0, "%s", list[i]);
    }
}
