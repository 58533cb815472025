/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What applications for X32 and M32 do: /xremote, /info, /status, /xinfo, and blobs of meters. */
#include "../support/desk.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

static const char strip[] =
    "{'gainstage':1,'name':'strip','stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'sine','frequency_hz':1000,'level_dbu':-20},"
    "{'id':'pre','kind':'preamp','gain_db':20,'max_output_dbu':20},"
    "{'id':'ad','kind':'adc'},{'id':'fd','kind':'fader','gain_db':-6},{'id':'out','kind':'master'}]}";

/* As X32 documents it: int32 count, then float32, both little-endian. */
static uint32_t word(const struct desk_heard *heard, size_t i)
{
    const unsigned char *at = (const unsigned char *)heard->atom[0].blob.data + 4 * i;
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static double linear(const struct desk_heard *heard, size_t i)
{
    uint32_t bits = word(heard, 1 + i);
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

Test(x32, a_blob_is_a_count_and_floats_of_full_scale)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 7, "/meters", "s", "/meters/1");
    desk_pass(desk, 3000, true);
    const struct desk_heard *heard = desk_last(desk, 7, "/meters/1");
    cr_assert_neq(heard, NULL);
    cr_expect_eq(heard->n_atoms, 1);
    cr_expect_eq(heard->atom[0].tag, 'b');
    cr_expect_eq(word(heard, 0), 10, "input and output of five stages");
    cr_expect_eq(heard->atom[0].blob.size, 4 + 10 * 4);
    /* By the default alignment 0 dBu is -18 dBFS: the source is 20 dB below that, the fader takes
     * 6 dB and, from mono to the middle of stereo, 3 more. */
    cr_expect_float_eq(linear(heard, 0), 0.0, 1e-9, "nothing comes before the source");
    cr_expect_float_eq(linear(heard, 1), pow(10, -38.0 / 20), 1e-3);
    cr_expect_float_eq(linear(heard, 2), pow(10, -38.0 / 20), 1e-3);
    cr_expect_float_eq(linear(heard, 3), pow(10, -18.0 / 20), 2e-3);
    cr_expect_float_eq(linear(heard, 7) / linear(heard, 5), pow(10, -6.0 / 20) * M_SQRT1_2, 2e-3);
    cr_expect_eq(desk_count(desk, 7, "/stage/2/gain"), 0, "and nothing that was not asked for");
    desk_say(desk, 0, 7, "/meters/0", "");
    desk_pass(desk, 200, true);
    heard = desk_last(desk, 7, "/meters/0");
    cr_assert_neq(heard, NULL);
    cr_expect_eq(word(heard, 0), 5);
    cr_expect_float_eq(linear(heard, 3) / linear(heard, 2), pow(10, -6.0 / 20) * M_SQRT1_2, 2e-3);
    desk_close(desk);
}

Test(x32, blobs_come_twenty_times_a_second_for_ten_seconds)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 7, "/meters", "s", "/meters/1");
    desk_pass(desk, 15000, false);
    unsigned n = desk_count(desk, 7, "/meters/1");
    cr_expect(n >= 199 && n <= 201, "%u", n);
    desk_forget(desk);
    desk_say(desk, 0, 7, "/meters", "siii", "/meters/1", 0, 0, 4);
    desk_pass(desk, 9000, false);
    desk_say(desk, 0, 7, "/renew", "s", "/meters/1");
    desk_pass(desk, 15000, false);
    n = desk_count(desk, 7, "/meters/1");
    cr_expect(n >= 94 && n <= 96, "one each 200 ms, for 9 and 10 seconds: %u", n);
    desk_say(desk, 0, 7, "/meters", "s", "/meters/15");
    cr_expect_str_eq(desk_text(desk, 7, "/error", 1), "out-of-range");
    desk_close(desk);
}

Test(x32, meters_first_and_remote_later)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 7, "/meters", "s", "/meters/1");
    desk_pass(desk, 300, false);
    desk_say(desk, 0, 7, "/xremote", "");
    desk_pass(desk, 300, false);
    cr_expect_eq(desk_count(desk, 7, "/stage/2/gain"), 1);
    desk_say(desk, 0, 8, "/stage/4/fader", "f", 0.5);
    desk_pass(desk, 300, false);
    cr_expect_eq(desk_number(desk, 7, "/stage/4/fader"), 0.5);
    desk_close(desk);
}

Test(x32, the_four_greetings)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 7, "/info", "");
    desk_say(desk, 0, 7, "/status", "");
    desk_say(desk, 0, 7, "/xinfo", "");
    cr_expect_str_eq(desk_text(desk, 7, "/info", 1), "bench");
    cr_expect_str_eq(desk_text(desk, 7, "/info", 2), "gainstaged");
    cr_expect_str_eq(desk_text(desk, 7, "/status", 0), "active");
    cr_expect_str_eq(desk_text(desk, 7, "/status", 1), "127.0.0.1");
    cr_expect_str_eq(desk_text(desk, 7, "/status", 2), "strip");
    cr_expect_str_eq(desk_text(desk, 7, "/xinfo", 0), "127.0.0.1");
    cr_expect_str_eq(desk_text(desk, 7, "/xinfo", 1), "bench");
    desk_close(desk);
}
