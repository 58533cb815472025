/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may speak, how much, and how much may be said to whom. The clock is turned by hand. */
#include "control/osc_guard.h"
#include "control/osc_peer.h"
#include "control/osc_socket.h"

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define S UINT64_C(1000000000)

static const struct gs_osc_allow nobody;

static struct gs_endpoint at(const char *ip, uint16_t port)
{
    struct sockaddr_storage address;
    socklen_t length;
    struct gs_error error;
    struct gs_endpoint endpoint = { 0 };
    cr_assert_eq(gs_osc_literal(ip, port, &address, &length, &error), GS_OK, "%s", ip);
    gs_osc_endpoint(&address, &endpoint);
    return endpoint;
}

static unsigned taken(struct gs_osc_guard *guard, const struct gs_endpoint *from, bool own, unsigned packets,
                      size_t bytes, uint64_t now_ns)
{
    unsigned n = 0;
    for (unsigned i = 0; i < packets; i++) {
        n += gs_osc_guard_enter(guard, from, own, bytes, false, now_ns).verdict == GS_OSC_TAKE;
    }
    return n;
}

/* ---- networks ---- */

Test(osc_allow, networks_hold_what_they_should)
{
    static const struct {
        const char *list, *ip;
        bool has;
    } cases[] = {
        { "192.168.1.0/24", "192.168.1.255", true },
        { "192.168.1.0/24", "192.168.2.0", false },
        { "192.168.1.128/25", "192.168.1.127", false },
        { "192.168.1.128/25", "192.168.1.128", true },
        { "10.0.0.0/8,192.168.1.7", "192.168.1.7", true },
        { "10.0.0.0/8,192.168.1.7", "192.168.1.8", false },
        { "0.0.0.0/0", "8.8.8.8", true },
        { "0.0.0.0/0", "fd00::1", false }, /* every IPv4 address is no IPv6 address */
        { "::/0", "fd00::1", true },
        { "fd00::/8", "fdff:1::2", true },
        { "fd00::/8", "fe80::1", false },
        { "fe80::/10", "febf::1", true },
        { "2001:db8::/33", "2001:db8:8000::1", false },
        { "2001:db8::/33", "2001:db8:7fff::1", true },
        { "::1", "::1", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gs_osc_allow allow;
        struct gs_error error;
        struct gs_endpoint endpoint = at(cases[i].ip, 1);
        cr_assert_eq(gs_osc_allow_parse(&allow, cases[i].list, &error), GS_OK, "%s", cases[i].list);
        cr_expect_eq(gs_osc_allow_has(&allow, endpoint.ip), cases[i].has, "%s in %s", cases[i].ip,
                     cases[i].list);
    }
}

Test(osc_allow, what_is_no_list_is_refused_with_the_entry_at_fault)
{
    static const struct {
        const char *list, *where;
    } cases[] = {
        { "", "" },
        { "10.0.0.0/8,", "" },
        { "10.0.0.0/33", "10.0.0.0/33" },
        { "10.0.0.0/8,tablet", "tablet" },
        { "10.0.0.0/", "10.0.0.0/" },
        { "10.0.0.0/+8", "10.0.0.0/+8" },
        { "192.168.1.7/24", "192.168.1.7/24" }, /* bits behind the prefix */
        { "fd00::1/8", "fd00::1/8" },
        { "fd00::/129", "fd00::/129" },
        { "10.0.0.0/8;11.0.0.0/8", "10.0.0.0/8;11.0.0.0/8" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gs_osc_allow allow;
        struct gs_error error;
        cr_expect_eq(gs_osc_allow_parse(&allow, cases[i].list, &error), GS_E_USAGE, "%s", cases[i].list);
        cr_expect_str_eq(error.where, cases[i].where);
    }
}

Test(osc_peer, a_place_and_a_rate)
{
    struct gs_osc_peer peer;
    struct gs_error error;
    struct gs_endpoint to = { 0 };
    cr_assert_eq(gs_osc_peer_parse("192.168.1.20:9000", &peer, &error), GS_OK);
    gs_osc_endpoint(&peer.address, &to);
    char text[64];
    cr_expect_str_eq(gs_endpoint_text(&to, text, sizeof text), "192.168.1.20:9000");
    cr_expect_eq(peer.rate_hz, 20);
    cr_assert_eq(gs_osc_peer_parse("[fd00::7]:65535,meters=0", &peer, &error), GS_OK);
    gs_osc_endpoint(&peer.address, &to);
    cr_expect_str_eq(gs_endpoint_text(&to, text, sizeof text), "[fd00::7]:65535");
    cr_expect_eq(peer.rate_hz, 0);
    static const char *const bad[] = { "",
                                       "192.168.1.20",
                                       "192.168.1.20:0",
                                       "192.168.1.20:70000",
                                       "tablet:900",
                                       "fd00::7:9000",
                                       "192.168.1.20:9000,",
                                       "1.2.3.4:9,meters=51",
                                       "1.2.3.4:9,meters=",
                                       "1.2.3.4:9,rate=5",
                                       ":9000" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_expect_eq(gs_osc_peer_parse(bad[i], &peer, &error), GS_E_USAGE, "%s", bad[i]);
    }
}

/* ---- rate ---- */

Test(osc_guard, a_flood_takes_its_own_share_and_no_other)
{
    struct gs_osc_guard *guard = gs_osc_guard_create(&nobody);
    struct gs_endpoint flood = at("192.168.1.66", 5000), good = at("192.168.1.20", 5000);
    taken(guard, &good, false, 2, 20, S);
    unsigned n = taken(guard, &flood, false, 50000, 20, S);
    cr_expect(n >= GS_OSC_RATE && n <= GS_OSC_RATE + 1, "%u", n);
    cr_expect_eq(taken(guard, &good, false, 1000, 20, S), 1000);
    n = taken(guard, &flood, false, 50000, 20, 2 * S);
    cr_expect(n >= GS_OSC_RATE * 8 / 10 && n <= GS_OSC_RATE, "nearly as many in the next second: %u", n);
    struct gs_endpoint other_port = at("192.168.1.66", 5001);
    cr_expect_eq(taken(guard, &other_port, false, 100, 20, 2 * S), 0, "another port is the same machine");
    gs_osc_guard_destroy(guard);
}

Test(osc_guard, programs_of_this_machine_have_a_share_each)
{
    struct gs_osc_guard *guard = gs_osc_guard_create(&nobody);
    struct gs_endpoint flood = at("127.0.0.1", 5000), good = at("127.0.0.1", 5001);
    taken(guard, &flood, true, 50000, 20, S);
    cr_expect_eq(taken(guard, &good, true, 400, 20, S), 400);
    gs_osc_guard_destroy(guard);
}

Test(osc_guard, a_network_of_ipv6_shares_one_bucket)
{
    struct gs_osc_guard *guard = gs_osc_guard_create(&nobody);
    unsigned n = 0;
    for (unsigned i = 0; i < 20000; i++) {
        struct gs_endpoint from = at("2001:db8:0:1::1", 5000);
        memcpy(from.ip + 12, &i, sizeof i);
        n += taken(guard, &from, false, 2, 20, S);
    }
    cr_expect_leq(n, GS_OSC_RATE + 1);
    struct gs_endpoint beside = at("2001:db8:0:2::1", 5000);
    taken(guard, &beside, false, 2, 20, S);
    cr_expect_eq(taken(guard, &beside, false, 100, 20, S), 100);
    gs_osc_guard_destroy(guard);
}

Test(osc_guard, bytes_count_and_so_does_what_a_pattern_names)
{
    struct gs_osc_guard *guard = gs_osc_guard_create(&nobody);
    struct gs_endpoint big = at("192.168.1.66", 1), bomb = at("192.168.1.67", 1);
    unsigned n = taken(guard, &big, false, 10000, 8192, S);
    cr_expect_eq(n, GS_OSC_BYTES / 8192);
    n = 0;
    for (unsigned i = 0; i < 1000; i++) {
        if (taken(guard, &bomb, false, 1, 40, S)) {
            gs_osc_guard_charge(guard, &bomb, false, 1023);
            n++;
        }
    }
    cr_expect(n <= GS_OSC_RATE / 1024 + 2, "%u patterns of 1024 addresses", n);
    gs_osc_guard_destroy(guard);
}

Test(osc_guard, panic_gets_through)
{
    struct gs_osc_guard *guard = gs_osc_guard_create(&nobody);
    struct gs_endpoint tablet = at("192.168.1.20", 5000);
    taken(guard, &tablet, false, 50000, 20, S);
    unsigned n = 0;
    for (unsigned i = 0; i < 100; i++) {
        n += gs_osc_guard_enter(guard, &tablet, false, 12, true, S).verdict == GS_OSC_TAKE;
    }
    cr_expect_eq(n, 10);
    gs_osc_guard_destroy(guard);
}

/* ---- proof ---- */

Test(osc_guard, a_second_packet_is_the_proof)
{
    struct gs_osc_guard *guard = gs_osc_guard_create(&nobody);
    struct gs_endpoint tablet = at("192.168.1.20", 5000), ear = at("192.168.1.20", 9000);
    cr_expect_not(gs_osc_guard_spend(guard, &tablet, 1), "nothing to who never said a word");
    taken(guard, &tablet, false, 1, 20, S);
    cr_expect_not(gs_osc_guard_proven(guard, &tablet));
    cr_expect(gs_osc_guard_spend(guard, &ear, GS_OSC_FIRST + 60), "512 bytes and three times what it sent");
    cr_expect_not(gs_osc_guard_spend(guard, &ear, 1), "whatever port it names");
    taken(guard, &tablet, false, 1, 20, (1 + GS_OSC_PROOF_S + 1) * S);
    cr_expect_not(gs_osc_guard_proven(guard, &tablet), "too late for a proof");
    taken(guard, &tablet, false, 1, 20, (1 + GS_OSC_PROOF_S + 9) * S);
    cr_expect(gs_osc_guard_proven(guard, &ear), "as X32 apps renew");
    cr_expect(gs_osc_guard_spend(guard, &ear, 1000000));
    gs_osc_guard_destroy(guard);
}

Test(osc_guard, this_machine_and_named_peers_need_none)
{
    struct gs_osc_guard *guard = gs_osc_guard_create(&nobody);
    struct gs_endpoint here = at("127.0.0.1", 5000), peer = at("192.168.1.20", 9000);
    cr_expect_not(gs_osc_guard_trusted(guard, &peer));
    taken(guard, &here, true, 1, 20, S);
    gs_osc_guard_name(guard, &peer);
    cr_expect(gs_osc_guard_spend(guard, &here, 100000) && gs_osc_guard_trusted(guard, &here));
    cr_expect(gs_osc_guard_spend(guard, &peer, 100000) && gs_osc_guard_trusted(guard, &peer));
    struct gs_endpoint other = at("127.0.0.66", 5000);
    taken(guard, &other, false, 1, 20, S);
    cr_expect_not(gs_osc_guard_proven(guard, &other), "not the address it was sent to");
    gs_osc_guard_destroy(guard);
}

/* Each with one packet: none is proven, together they have one bucket, and no real peer is forgotten. */
Test(osc_guard, forged_sources_take_nothing_from_real_ones)
{
    struct gs_osc_guard *guard = gs_osc_guard_create(&nobody);
    struct gs_endpoint tablet = at("192.168.1.20", 5000);
    taken(guard, &tablet, false, 2, 20, S);
    unsigned n = 0;
    for (unsigned i = 0; i < 100000; i++) {
        struct gs_endpoint forged = at("10.0.0.0", 7);
        forged.ip[13] = (unsigned char)(i >> 16);
        forged.ip[14] = (unsigned char)(i >> 8);
        forged.ip[15] = (unsigned char)i;
        n += taken(guard, &forged, false, 1, 20, S);
    }
    cr_expect_eq(n, GS_OSC_RATE - 1, "the tablet's first packet was a stranger's too");
    cr_expect(gs_osc_guard_proven(guard, &tablet));
    cr_expect_eq(taken(guard, &tablet, false, 4000, 20, S), 4000);
    gs_osc_guard_destroy(guard);
}

Test(osc_guard, refusals_are_told_once)
{
    struct gs_osc_allow allow;
    struct gs_error error;
    gs_osc_allow_parse(&allow, "192.168.1.0/24", &error);
    struct gs_osc_guard *guard = gs_osc_guard_create(&allow);
    struct gs_endpoint friend = at("192.168.1.20", 1), stranger = at("192.168.2.20", 1);
    cr_expect_eq(taken(guard, &friend, false, 3, 20, S), 3);
    cr_expect(gs_osc_guard_trusted(guard, &friend), "its network is in the list");
    unsigned told = 0;
    for (unsigned i = 0; i < 100; i++) {
        struct gs_osc_entry entry = gs_osc_guard_enter(guard, &stranger, false, 20, true, (i + 2) * S);
        cr_expect_eq(entry.verdict, GS_OSC_REFUSED, "not even a panic");
        told += entry.tell;
    }
    cr_expect_eq(told, 1);
    cr_expect_not(gs_osc_guard_spend(guard, &stranger, 1000));
    for (unsigned i = 0; i < 1000; i++) { /* a thousand others: at most one line a second */
        stranger.ip[13] = (unsigned char)(i >> 8);
        stranger.ip[14] = (unsigned char)i;
        told += gs_osc_guard_enter(guard, &stranger, false, 20, false, 200 * S).tell;
    }
    cr_expect_eq(told, 2);
    cr_expect_eq(taken(guard, &stranger, true, 1, 20, 200 * S), 1, "this machine always may");
    gs_osc_guard_destroy(guard);
}
