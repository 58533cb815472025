/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Subscribers: leases, reply ports, places, and feedback that never fights a finger. The clock is turned by
 * hand, so every figure is exact. */
#include "../support/desk.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char strip[] =
    "{'gainstage':1,'name':'strip','stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'sine','frequency_hz':1000,'level_dbu':-20},"
    "{'id':'pre','kind':'preamp','gain_db':20,'max_output_dbu':20},"
    "{'id':'ad','kind':'adc'},{'id':'fd','kind':'fader','gain_db':-6},{'id':'out','kind':'master'}]}";

/* Feedback without meters, so that what is counted is feedback. */
static void subscribe(struct desk *desk, uint16_t port, int flags)
{
    desk_say(desk, 0, port, "/subscribe", "iiii", 0, 3600, 20, flags);
    desk_pass(desk, 500, false);
    desk_forget(desk);
}

Test(peers, a_subscription_is_answered_and_dumps_everything)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 7, "/subscribe", "");
    cr_expect_eq(desk_count(desk, 7, "/subscribed"), 1);
    const struct desk_heard *answer = desk_last(desk, 7, "/subscribed");
    cr_expect_eq(answer->atom[0].integer, 7);
    cr_expect_eq(answer->atom[1].integer, 10);
    cr_expect_eq(answer->atom[2].integer, 15);
    desk_pass(desk, 200, false);
    cr_expect_eq(desk_number(desk, 7, "/stage/2/gain"), 20.0);
    cr_expect_str_eq(desk_text(desk, 7, "/stage/4/gain/text", 0), "-6.0 dB");
    cr_expect_str_eq(desk_text(desk, 7, "/stage/4/kind", 0), "fader");
    cr_expect_str_eq(desk_text(desk, 7, "/chain/name", 0), "strip");
    cr_expect_str_eq(desk_text(desk, 7, "/listen", 0), "out");
    cr_expect_eq(desk_number(desk, 7, "/stage/2/meter/out/db"), -144.0);
    cr_expect_eq(desk_count(desk, 7, "/stage/2/gain"), 1);
    desk_close(desk);
}

Test(peers, a_lease_ends_unless_it_is_renewed)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 7, "/xremote", "");
    cr_expect_eq(desk_count(desk, 7, NULL), 0, "/xremote is not answered");
    desk_pass(desk, 9900, false);
    cr_expect_eq(gs_session_peers(desk->session), 1);
    desk_say(desk, 0, 7, "/xremote", "");
    desk_pass(desk, 9900, false);
    cr_expect_eq(gs_session_peers(desk->session), 1);
    desk_say(desk, 0, 8, "/ping", "");
    desk_pass(desk, 9900, false);
    cr_expect_eq(gs_session_peers(desk->session), 1, "any message from that address renews");
    desk_pass(desk, 200, false);
    cr_expect_eq(gs_session_peers(desk->session), 0);
    desk_close(desk);
}

Test(peers, the_seventeenth_is_told_busy)
{
    struct desk *desk = desk_open(strip);
    for (uint16_t port = 1; port <= 16; port++) {
        desk_say(desk, port, 1000, "/subscribe", "");
    }
    cr_expect_eq(gs_session_peers(desk->session), 16);
    desk_say(desk, 17, 1000, "/subscribe", "");
    cr_expect_eq(gs_session_peers(desk->session), 16);
    const struct desk_heard *last = desk_last(desk, 1000, "/error");
    cr_assert_neq(last, NULL);
    cr_expect_eq(last->ip, 17);
    cr_expect_str_eq(last->text[1], "busy");
    desk_say(desk, 3, 1000, "/unsubscribe", "");
    cr_expect_eq(desk_last(desk, 1000, "/unsubscribed")->ip, 3);
    desk_say(desk, 17, 1000, "/subscribe", "");
    cr_expect_eq(gs_session_peers(desk->session), 16);
    desk_close(desk);
}

Test(peers, a_static_peer_never_expires)
{
    struct desk *desk = desk_open(strip);
    struct gs_endpoint tablet = desk_endpoint(desk, 20, 9000);
    cr_assert(gs_session_add_static_peer(desk->session, &tablet, 20));
    desk_pass(desk, 100000, false);
    cr_expect_eq(gs_session_peers(desk->session), 1);
    desk_close(desk);
}

Test(peers, answers_go_to_the_reply_port_of_the_sender)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 7, "/subscribe", "i", 9000);
    cr_expect_eq(desk_count(desk, 9000, "/subscribed"), 1);
    desk_say(desk, 0, 7, "/stage/pre/gain", "");
    cr_expect_eq(desk_count(desk, 9000, "/stage/pre/gain"), 1);
    desk_say(desk, 0, 8, "/stage/pre/gain", "");
    cr_expect_eq(desk_count(desk, 8, "/stage/pre/gain"), 1, "another program of this host is another");
    desk_say(desk, 0, 8, "/set_reply_port", "i", 9001);
    desk_say(desk, 0, 12345, "/stage/pre/gain", "");
    cr_expect_eq(desk_count(desk, 9001, "/stage/pre/gain"), 1, "the port of an address holds for all of it");
    desk_say(desk, 0, 12346, "/set_reply_port", "i", 0);
    desk_say(desk, 0, 12346, "/stage/pre/gain", "");
    cr_expect_eq(desk_count(desk, 12346, "/stage/pre/gain"), 1, "unless a sender says otherwise");
    desk_say(desk, 0, 12, "/subscribe/9100", "f", 1.0);
    cr_expect_eq(desk_count(desk, 9100, "/subscribed"), 1, "the port may stand in the address");
    desk_say(desk, 0, 13, "/subscribe/9101", "f", 0.0);
    cr_expect_eq(desk_count(desk, 9101, "/subscribed"), 0, "a button let go");
    desk_close(desk);
}

/* A tablet may send each message from another port: its ip is known by its one subscription. */
Test(peers, a_device_is_known_by_its_ip)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 9, 5000, "/subscribe", "iiii", 9000, 3600, 0, 7);
    desk_pass(desk, 500, false);
    desk_forget(desk);
    desk_say(desk, 9, 5001, "/stage/4/fader", "f", 0.5);
    desk_pass(desk, 1000, false);
    cr_expect_eq(desk_count(desk, 9000, "/stage/4/fader"), 0, "no echo to the finger");
    cr_expect_eq(desk_count(desk, 9000, "/stage/4/gain"), 1);
    cr_expect_eq(desk_count(desk, 5001, NULL), 0);
    desk_close(desk);
}

Test(peers, others_hear_all_faces_the_finger_only_the_others)
{
    struct desk *desk = desk_open(strip);
    subscribe(desk, 7, 5);
    subscribe(desk, 8, 5);
    desk_say(desk, 0, 7, "/stage/4/fader", "f", 0.5);
    desk_pass(desk, 1000, false);
    cr_expect_eq(desk_number(desk, 8, "/stage/4/fader"), 0.5);
    cr_expect_eq(desk_number(desk, 8, "/stage/4/gain"), -10.0);
    cr_expect_str_eq(desk_text(desk, 8, "/stage/4/gain/text", 0), "-10.0 dB");
    cr_expect_eq(desk_count(desk, 7, "/stage/4/fader"), 0);
    cr_expect_eq(desk_number(desk, 7, "/stage/4/gain"), -10.0);
    cr_expect_str_eq(desk_text(desk, 7, "/stage/4/gain/text", 0), "-10.0 dB");
    desk_close(desk);
}

Test(peers, feedback_is_thirty_a_second_and_ends_with_the_last_value)
{
    struct desk *desk = desk_open(strip);
    subscribe(desk, 7, 5);
    subscribe(desk, 8, 5);
    for (int i = 0; i < 1000; i++) {
        desk_say(desk, 0, 7, "/stage/4/fader", "f", 0.3 + 0.0004 * i);
        desk_pass(desk, 1, false);
    }
    unsigned during = desk_count(desk, 8, "/stage/4/fader");
    desk_pass(desk, 1000, false);
    cr_expect_geq(during, 28);
    cr_expect_leq(during, 31);
    cr_expect_float_eq(desk_number(desk, 8, "/stage/4/fader"), 0.3 + 0.0004 * 999, 1e-6);
    cr_expect_eq(desk_count(desk, 7, "/stage/4/fader"), 0);
    cr_expect_leq(desk_count(desk, 7, "/stage/4/gain"), 32);
    desk_close(desk);
}

/* The message after which the correction counts is the last one of the finger. */
Test(peers, a_clamped_value_is_corrected_when_the_finger_rests)
{
    struct desk *desk = desk_open(strip);
    subscribe(desk, 7, 5);
    uint64_t last = 0;
    for (int i = 0; i < 20; i++) {
        last = desk->now_ns;
        desk_say(desk, 0, 7, "/stage/4/gain", "f", 10.0 + i);
        desk_pass(desk, 20, false);
    }
    cr_expect_eq(desk_count(desk, 7, "/stage/4/gain"), 0, "not while it moves");
    desk_pass(desk, 1000, false);
    cr_expect_eq(desk_count(desk, 7, "/stage/4/gain"), 1);
    const struct desk_heard *heard = desk_last(desk, 7, "/stage/4/gain");
    cr_expect_eq(heard->atom[0].number, 10.0);
    cr_expect_geq(heard->at_ns - last, 250000000u);
    cr_expect_leq(heard->at_ns - last, 260000000u);
    desk_close(desk);
}

/* Once it was told another value, what it said long ago is no reason to keep it in the dark. */
Test(peers, what_a_finger_said_comes_back_to_it_after_an_undo)
{
    struct desk *desk = desk_open(strip);
    subscribe(desk, 9, 5);
    desk_say(desk, 0, 9, "/stage/pre/gain", "f", 25.0);
    desk_pass(desk, 5000, false);
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 31.0);
    desk_pass(desk, 1000, false);
    cr_expect_eq(desk_number(desk, 9, "/stage/2/gain"), 31.0);
    desk_say(desk, 0, 5, "/undo", "");
    desk_pass(desk, 1000, false);
    cr_expect_eq(desk_number(desk, 9, "/stage/2/gain"), 25.0);
    desk_close(desk);
}

Test(peers, a_held_fader_is_left_alone_until_it_is_let_go)
{
    struct desk *desk = desk_open(strip);
    subscribe(desk, 7, 5);
    subscribe(desk, 8, 5);
    desk_say(desk, 0, 7, "/stage/4/fader/z", "f", 1.0);
    desk_say(desk, 0, 7, "/stage/4/fader", "f", 0.5);
    desk_say(desk, 0, 8, "/stage/4/fader", "f", 0.25);
    desk_pass(desk, 2000, false);
    cr_expect_eq(desk_count(desk, 7, "/stage/4/fader"), 0);
    desk_say(desk, 0, 7, "/stage/4/fader/z", "f", 0.0);
    desk_pass(desk, 300, false);
    cr_expect_eq(desk_number(desk, 7, "/stage/4/fader"), 0.25, "and then told where it really is");
    desk_close(desk);
}

/* What a peer's own screen shows: what was last sent or heard there. */
static double screen(const struct desk *desk, uint16_t port, double sent, uint64_t sent_ns)
{
    const struct desk_heard *heard = desk_last(desk, port, "/stage/4/fader");
    return heard && heard->at_ns >= sent_ns ? heard->atom[0].number : sent;
}

/* Most messages about the fader at a port in any second. */
static unsigned most_a_second(const struct desk *desk, uint16_t port)
{
    unsigned most = 0;
    for (size_t i = 0; i < desk->n_heard; i++) {
        unsigned n = 0;
        for (size_t j = i; j < desk->n_heard && desk->heard[j].at_ns < desk->heard[i].at_ns + 1000000000u;
             j++) {
            n += desk->heard[j].port == port && !strcmp(desk->heard[j].address, "/stage/4/fader");
        }
        most = n > most ? n : most;
    }
    return most;
}

/* A minute of two tablets and a script on one fader: each moves in bursts, alone or all at once, and rests. */
Test(peers, two_tablets_and_a_script_end_equal)
{
    struct desk *desk = desk_open(strip);
    uint16_t port[3] = { 7, 8, 9 };
    double sent[3] = { NAN, NAN, NAN };
    uint64_t sent_ns[3] = { 0 };
    for (int p = 0; p < 3; p++) {
        subscribe(desk, port[p], 5);
    }
    for (int burst = 0; burst < 15; burst++) {
        int who = 1 + burst % 7; /* each bit a peer: every company of the three */
        size_t before = desk->n_heard;
        for (int i = 0; i < 150; i++) {
            for (int p = 0; p < 3; p++) {
                if (who >> p & 1) {
                    sent[p] = 0.5 + 0.4 * sin(burst + i * 0.013 * (p + 1));
                    sent_ns[p] = desk->now_ns;
                    desk_say(desk, 0, port[p], "/stage/4/fader", "f", sent[p]);
                }
            }
            desk_pass(desk, 20, false);
        }
        for (size_t i = before; i < desk->n_heard; i++) {
            for (int p = 0; p < 3; p++) {
                cr_expect_not((who >> p & 1) && desk->heard[i].port == port[p] &&
                                  !strcmp(desk->heard[i].address, "/stage/4/fader"),
                              "burst %d: peer %d is fought while it moves", burst, p);
            }
        }
        desk_pass(desk, 1000, false);
        double truth = desk_get(desk, "/stage/4/fader");
        for (int p = 0; p < 3; p++) {
            double shown = screen(desk, port[p], sent[p], sent_ns[p]);
            cr_expect_float_eq(shown, truth, 1e-6, "burst %d: peer %d shows %g of %g", burst, p, shown,
                               truth);
            cr_expect_leq(most_a_second(desk, port[p]), 30, "burst %d: peer %d hears %u a second", burst, p,
                          most_a_second(desk, port[p]));
        }
        desk_forget(desk);
        for (int p = 0; p < 3; p++) {
            sent[p] = truth;
        }
    }
    desk_close(desk);
}

Test(peers, flags_choose_what_is_told_and_how)
{
    struct desk *desk = desk_open(strip);
    subscribe(desk, 7, 1 + 8);  /* values, ids */
    subscribe(desk, 8, 1 + 16); /* values, echo */
    desk_say(desk, 0, 8, "/stage/4/fader", "f", 0.5);
    desk_pass(desk, 100, false);
    cr_expect_eq(desk_number(desk, 7, "/stage/fd/fader"), 0.5);
    cr_expect_eq(desk_count(desk, 7, "/stage/4/fader"), 0);
    cr_expect_eq(desk_count(desk, 7, "/stage/fd/gain/text"), 0);
    cr_expect_eq(desk_number(desk, 8, "/stage/4/fader"), 0.5, "it asked for its own changes");
    desk_say(desk, 0, 9, "/subscribe", "iiii", 0, 60, 0, 1 + 32);
    desk_pass(desk, 300, false);
    for (size_t i = 0; i < desk->n_heard; i++) {
        if (desk->heard[i].port == 9) {
            cr_assert(desk->heard[i].flags & GS_OUTLET_SINGLE);
        }
    }
    desk_close(desk);
}

Test(peers, refresh_tells_everything_again)
{
    struct desk *desk = desk_open(strip);
    subscribe(desk, 7, 5);
    desk_say(desk, 0, 7, "/refresh", "f", 0.0);
    desk_pass(desk, 300, false);
    cr_expect_eq(desk_count(desk, 7, "/stage/2/gain"), 0, "a button let go");
    desk_say(desk, 0, 7, "/refresh", "f", 1.0);
    desk_pass(desk, 300, false);
    cr_expect_eq(desk_count(desk, 7, "/stage/2/gain"), 1);
    desk_say(desk, 0, 77, "/refresh", "");
    cr_expect_str_eq(desk_text(desk, 77, "/error", 1), "not-subscribed");
    desk_close(desk);
}

Test(peers, meters_come_at_their_rate_and_only_when_they_move)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 7, "/subscribe", "iiii", 0, 3600, 25, 2);
    desk_pass(desk, 4000, true);                                                  /* past the fade-in */
    cr_expect_float_eq(desk_number(desk, 7, "/stage/2/meter/out/db"), 0.0, 0.05); /* -20 dBu + 20 dB */
    cr_expect_float_eq(desk_number(desk, 7, "/stage/2/meter/in/db"), -20.0, 0.05);
    cr_expect_float_eq(desk_number(desk, 7, "/stage/2/meter/out/rms"), 0.0, 0.05);
    cr_expect_float_eq(desk_number(desk, 7, "/stage/2/headroom"), 20.0, 0.1);
    /* 0 dBu is -18 dBFS by the alignment; IEC 60268-18: (-18 + 20) * 0.025 + 0.5. */
    cr_expect_float_eq(desk_number(desk, 7, "/stage/2/meter/out"), 0.55, 0.01);
    desk_forget(desk);
    desk_pass(desk, 6000, true);
    cr_expect_geq(desk_count(desk, 7, "/stage/2/meter/out/rms"), 3, "a full set every two seconds");
    cr_expect_leq(desk_count(desk, 7, "/stage/2/meter/out/rms"), 4, "and nothing when nothing moves");
    desk_forget(desk);
    for (int i = 0; i < 40; i++) { /* moves by 2 dB each 50 ms */
        desk_say(desk, 0, 9, "/stage/pre/gain", "f", i % 2 ? 20.0 : 26.0);
        desk_pass(desk, 50, true);
    }
    unsigned groups = 0, last = 0;
    for (size_t i = 0; i < desk->n_heard; i++) {
        groups += desk->heard[i].port == 7 && desk->heard[i].group != last;
        last = desk->heard[i].group;
    }
    cr_expect_leq(groups, 51, "25 bundles a second, not more: %u", groups);
    cr_expect_geq(groups, 40);
    desk_close(desk);
}

/* A click of one millisecond between two packets of a peer that asks for one a second. */
Test(peers, no_peak_falls_between_two_packets)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 7, "/subscribe", "iiii", 0, 3600, 1, 2);
    desk_pass(desk, 3000, true);
    desk_say(desk, 0, 9, "/stage/pre/gain", "f", 31.5);
    desk_pass(desk, 100, true);
    desk_say(desk, 0, 9, "/stage/pre/gain", "f", 20.0);
    desk_forget(desk);
    desk_pass(desk, 1200, true);
    double loudest = -200;
    for (size_t i = 0; i < desk->n_heard; i++) {
        if (desk->heard[i].port == 7 && strcmp(desk->heard[i].address, "/stage/2/meter/out/db") == 0) {
            loudest = fmax(loudest, desk->heard[i].atom[0].number);
        }
    }
    cr_expect_float_eq(loudest, 11.5, 0.1);
    cr_expect_eq(desk_number(desk, 7, "/stage/2/clip"), 0.0);
    desk_close(desk);
}

Test(peers, the_clip_lamp_stays_lit_until_it_is_reset)
{
    struct desk *desk = desk_open(strip);
    desk_pass(desk, 500, true);
    desk_say(desk, 0, 9, "/stage/pre/gain", "f", 45.0); /* 25 dBu at a ceiling of 20, after a second */
    desk_pass(desk, 1500, true);
    desk_say(desk, 0, 9, "/stage/pre/gain", "f", 20.0);
    desk_pass(desk, 1000, true);
    cr_expect_eq(desk_get(desk, "/stage/pre/clip"), 1.0);
    cr_expect_eq(desk_get(desk, "/stage/pre/clip"), 1.0, "reading does not reset");
    cr_expect_gt(desk_get(desk, "/stage/pre/clip/count"), 100);
    double first = desk_get(desk, "/stage/pre/clip/first");
    cr_expect(first > 1.0 && first < 1.7, "%f", first);
    cr_expect_eq(desk_get(desk, "/stage/src/clip"), 0.0);
    desk_say(desk, 0, 9, "/stage/pre/clip", "f", 0.0);
    cr_expect_eq(desk_get(desk, "/stage/pre/clip"), 0.0);
    desk_close(desk);
}

Test(peers, meters_can_be_paced_and_stopped)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 7, "/meters/rate", "i", 5);
    cr_expect_str_eq(desk_text(desk, 7, "/error", 1), "not-subscribed");
    desk_say(desk, 0, 7, "/subscribe", "iiii", 0, 3600, 20, 2);
    desk_say(desk, 0, 7, "/meters/rate", "i", 0);
    desk_pass(desk, 100, false);
    desk_forget(desk);
    desk_pass(desk, 5000, false);
    cr_expect_eq(desk_count(desk, 7, NULL), 0);
    desk_say(desk, 0, 7, "/meters/rate", "i", 51);
    cr_expect_str_eq(desk_text(desk, 7, "/error", 1), "out-of-range");
    desk_close(desk);
}

Test(peers, garbage_of_strangers_is_only_counted)
{
    struct desk *desk = desk_open(strip);
    struct gs_endpoint stranger = desk_endpoint(desk, 4, 4), friend = desk_endpoint(desk, 0, 7);
    gs_session_bad_packet(desk->session, &stranger, "rubbish", desk->now_ns);
    cr_expect_eq(desk->n_heard, 0);
    subscribe(desk, 7, 1);
    gs_session_bad_packet(desk->session, &friend, "rubbish", desk->now_ns);
    cr_expect_str_eq(desk_text(desk, 7, "/error", 1), "bad-packet");
    desk_close(desk);
}

/* ---- sources that may be forged ---- */

static bool proof;
static bool is_proven(struct gs_outlet *outlet, const struct gs_endpoint *to)
{
    (void)outlet;
    return to->ip[15] == 1 || proof;
}

Test(peers, nothing_is_fed_to_whom_may_not_be_there)
{
    struct desk *desk = desk_open(strip);
    desk->outlet.proven = is_proven;
    proof = false;
    desk_say(desk, 5, 7, "/subscribe", "");
    desk_say(desk, 5, 7, "/subscribe/meter", "si", "/stage/2/meter/out/peak", 50);
    desk_forget(desk);
    desk_pass(desk, 3000, true);
    cr_expect_eq(desk->n_heard, 0);
    proof = true;
    desk_pass(desk, 300, true);
    cr_expect_eq(desk_count(desk, 7, "/stage/2/gain"), 1, "the dump has waited");
    cr_expect_gt(desk_count(desk, 7, "/stage/2/meter/out/db"), 0);
    desk_close(desk);
}

Test(peers, forged_subscribers_give_way_to_real_ones)
{
    struct desk *desk = desk_open(strip);
    desk->outlet.proven = is_proven;
    proof = false;
    for (unsigned host = 2; host <= 40; host++) {
        desk_say(desk, host, 9000, "/subscribe", "");
    }
    cr_expect_eq(gs_session_peers(desk->session), 16);
    desk_say(desk, 0, 7, "/subscribe", "");
    cr_expect_eq(desk_count(desk, 7, "/subscribed"), 1);
    desk_pass(desk, 300, false);
    cr_expect_eq(desk_count(desk, 7, "/stage/2/gain"), 1);
    desk_close(desk);
}

/* Two of us, made to speak to each other by one forged packet, must fall silent. */
Test(peers, an_answer_is_not_answered)
{
    static const char *const answers[] = { "/info ssss",          "/status sss",
                                           "/stage/list isss",    "/chain/name s",
                                           "/snapshot/list s",    "/chain/dynamic_range_db f",
                                           "/chain/alignment ff", "/audio sf" };
    struct desk *desk = desk_open(strip);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        char address[64], tags[16];
        sscanf(answers[i], "%63s %15s", address, tags);
        struct gs_atom atoms[8];
        for (size_t a = 0; tags[a]; a++) {
            atoms[a] = tags[a] == 's'   ? gs_atom_text("x")
                       : tags[a] == 'i' ? gs_atom_int(3)
                                        : gs_atom_float(97.5);
        }
        struct gs_endpoint from = desk_endpoint(desk, 9, 7770);
        gs_session_begin(desk->session, &from, desk->now_ns);
        gs_session_message(desk->session, &(struct gs_message){ address, atoms, strlen(tags) });
        gs_session_end(desk->session);
        cr_expect_eq(desk->n_heard, 0, "%s", answers[i]);
        desk_forget(desk);
    }
    desk_say(desk, 0, 7, "/info", "f", 1.0);
    cr_expect_eq(desk_count(desk, 7, "/info"), 1, "a button may ask");
    desk_forget(desk);
    for (unsigned i = 0; i < 1000; i++) {
        desk_say(desk, 9, 7770, "/stage/2/meter/out", "f", 0.3);
    }
    cr_expect_leq(desk->n_heard, 10, "at most five times a second, error and value");
    desk_close(desk);
}
