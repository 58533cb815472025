/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The walker: what is OSC 1.0 passes with its messages in order, what is not is refused whole; and a hundred
 * thousand mutated packets, with a fixed seed, harm neither the walker nor liblo behind it. */
#include "control/osc_codec.h"
#include "control/osc_packet.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct packet {
    unsigned char data[GS_OSC_PACKET_MAX + 64];
    size_t size;
};

static void add(struct packet *packet, const void *bytes, size_t n)
{
    memcpy(packet->data + packet->size, bytes, n);
    packet->size += n;
}

static void add_text(struct packet *packet, const char *text)
{
    size_t n = (strlen(text) + 4) & ~(size_t)3;
    memset(packet->data + packet->size, 0, n);
    memcpy(packet->data + packet->size, text, strlen(text));
    packet->size += n;
}

static void add_32(struct packet *packet, uint32_t value)
{
    unsigned char bytes[4] = { (unsigned char)(value >> 24), (unsigned char)(value >> 16),
                               (unsigned char)(value >> 8), (unsigned char)value };
    add(packet, bytes, 4);
}

static void add_bundle_header(struct packet *packet)
{
    add(packet, "#bundle", 8);
    add_32(packet, 0);
    add_32(packet, 1);
}

/* Opens an element: returns where its size goes. */
static size_t open_element(struct packet *packet)
{
    add_32(packet, 0);
    return packet->size;
}

static void close_element(struct packet *packet, size_t start)
{
    uint32_t size = (uint32_t)(packet->size - start);
    packet->size = start - 4;
    add_32(packet, size);
    packet->size = start + size;
}

static void add_message(struct packet *packet, const char *address, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, 4);
    add_text(packet, address);
    add_text(packet, ",f");
    add_32(packet, bits);
}

struct seen {
    unsigned n;
    char addresses[512];
    double sum;
};

static void see(void *context, const unsigned char *data, size_t size)
{
    struct seen *seen = context;
    struct gs_osc_taken taken;
    if (gs_osc_take(&taken, data, size)) {
        double number;
        seen->n++;
        size_t used = strlen(seen->addresses);
        snprintf(seen->addresses + used, sizeof seen->addresses - used, "%s ", taken.message.address);
        if (taken.message.n_atoms && gs_atom_number(&taken.message.atoms[0], &number)) {
            seen->sum += number;
        }
    }
    gs_osc_drop(&taken);
}

Test(osc_packet, messages_of_nested_bundles_come_in_order)
{
    struct packet packet = { .size = 0 };
    add_bundle_header(&packet);
    size_t a = open_element(&packet);
    add_message(&packet, "/a", 1);
    close_element(&packet, a);
    size_t inner = open_element(&packet);
    add_bundle_header(&packet);
    size_t b = open_element(&packet);
    add_message(&packet, "/b", 2);
    close_element(&packet, b);
    size_t empty = open_element(&packet);
    add_bundle_header(&packet);
    close_element(&packet, empty);
    close_element(&packet, inner);
    size_t c = open_element(&packet);
    add_message(&packet, "/c", 4);
    close_element(&packet, c);
    struct seen seen = { 0 };
    cr_assert_eq(gs_osc_packet_fault(packet.data, packet.size), NULL);
    gs_osc_packet_each(packet.data, packet.size, see, &seen);
    cr_expect_str_eq(seen.addresses, "/a /b /c ");
    cr_expect_eq(seen.sum, 7);
    cr_expect_eq(gs_osc_packet_time(packet.data, packet.size), GS_OSC_IMMEDIATELY);
}

Test(osc_packet, depth_and_elements_are_bounded)
{
    for (unsigned depth = 1; depth <= 6; depth++) {
        struct packet packet = { .size = 0 };
        size_t start[8];
        add_bundle_header(&packet);
        for (unsigned i = 1; i < depth; i++) {
            start[i] = open_element(&packet);
            add_bundle_header(&packet);
        }
        size_t m = open_element(&packet);
        add_message(&packet, "/a", 1);
        close_element(&packet, m);
        for (unsigned i = depth; i-- > 1;) {
            close_element(&packet, start[i]);
        }
        cr_expect_eq(!gs_osc_packet_fault(packet.data, packet.size), depth <= GS_OSC_DEPTH_MAX, "%u", depth);
    }
    for (unsigned n = 255; n <= 257; n++) {
        struct packet packet = { .size = 0 };
        add_bundle_header(&packet);
        for (unsigned i = 0; i < n; i++) {
            size_t m = open_element(&packet);
            add_text(&packet, "/a");
            close_element(&packet, m);
        }
        cr_expect_eq(!gs_osc_packet_fault(packet.data, packet.size), n <= GS_OSC_ELEMENTS_MAX, "%u", n);
    }
}

Test(osc_packet, what_is_not_osc_is_refused)
{
    /* Bytes as text, `~` is zero, so that sizes can be counted. */
    static const struct {
        const char *bytes;
        const char *what;
    } bad[] = {
        { "", "nothing" },
        { "/a~", "three bytes" },
        { "abc~", "no slash" },
        { "/abc", "an address that does not end" },
        { "/a~x", "an address with a bad pad" },
        { "/a b~~~~", "a blank in the address" },
        { "/\x81~~", "a letter beyond ASCII" },
        { "/a~~,f~~", "an argument that is not there" },
        { "/a~~,f~~1234567~", "more bytes than arguments" },
        { "/a~~,b~~", "a blob without its size (liblo 0.31 reads past it)" },
        { "/a~~,b~~~~~\x05zzzz", "a blob longer than its message" },
        { "/a~~,b~~\xff\xff\xff\xff", "a blob of four gigabytes" },
        { "/a~~,s~~abcd", "a text that does not end" },
        { "/a~~,x~~1234", "a type that nobody knows" },
        { "/a~~,iii", "tags that do not end" },
        { "#bundle~", "a bundle without its time" },
        { "#bundle~~~~~~~~\x01~~~~", "an empty element (liblo 0.31 reads past it)" },
        { "#bundle~~~~~~~~\x01~~~\x08/a~~", "an element longer than its bundle" },
        { "#bundle~~~~~~~~\x01~~~\x03/a~~", "an element of three bytes" },
        { "#bundle~~~~~~~~\x01~~", "half an element" },
        { "#bundle~~~~~~~~\x01~~~\x04"
          "abc~",
          "an element that is no message" },
        { "#bundlf~~~~~~~~\x01", "a bundle by another name" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct packet packet = { .size = strlen(bad[i].bytes) };
        for (size_t k = 0; k < packet.size; k++) {
            packet.data[k] = bad[i].bytes[k] == '~' ? 0 : (unsigned char)bad[i].bytes[k];
        }
        unsigned char *exact =
            malloc(packet.size ? packet.size : 1); /* so that ASan sees one byte too many */
        memcpy(exact, packet.data, packet.size);
        cr_expect_neq(gs_osc_packet_fault(exact, packet.size), NULL, "%s", bad[i].what);
        free(exact);
    }
    static unsigned char big[GS_OSC_PACKET_MAX + 4] = "/a";
    cr_expect_neq(gs_osc_packet_fault(big, sizeof big), NULL);
}

Test(osc_packet, a_message_without_tags_has_no_arguments)
{
    struct packet packet = { .size = 0 };
    struct gs_osc_taken taken;
    add_text(&packet, "/old");
    add_32(&packet, 5);
    cr_assert_eq(gs_osc_packet_fault(packet.data, packet.size), NULL);
    cr_assert(gs_osc_take(&taken, packet.data, packet.size));
    cr_expect_str_eq(taken.message.address, "/old");
    cr_expect_eq(taken.message.n_atoms, 0);
    gs_osc_drop(&taken);
}

Test(osc_packet, every_type_survives_the_round_trip)
{
    static const unsigned char bytes[5] = { 1, 2, 3, 4, 5 };
    struct gs_atom atoms[] = {
        { .tag = 'i', .integer = -7 },
        { .tag = 'h', .integer = -5000000000 },
        { .tag = 'f', .number = 0.25 },
        { .tag = 'd', .number = 1e-300 },
        { .tag = 's', .text = "caf\xc3\xa9" },
        { .tag = 'S', .text = "symbol" },
        { .tag = 'c', .integer = 'x' },
        { .tag = 'b', .blob = { bytes, sizeof bytes } },
        { .tag = 'm', .blob = { bytes, 4 } },
        { .tag = 't', .integer = 0x1234567800000001 },
        { .tag = 'T', .integer = 1 },
        { .tag = 'F' },
        { .tag = 'N' },
        { .tag = 'I' },
    };
    size_t n = sizeof atoms / sizeof *atoms;
    _Alignas(8) unsigned char data[1024];
    struct gs_osc_taken taken;
    size_t size = gs_osc_write(&(struct gs_message){ "/all/types", atoms, n }, data, sizeof data);
    cr_assert_gt(size, 0);
    cr_assert_eq(gs_osc_packet_fault(data, size), NULL);
    cr_assert(gs_osc_take(&taken, data, size));
    cr_assert_eq(taken.message.n_atoms, n);
    for (size_t i = 0; i < n; i++) {
        const struct gs_atom *got = &taken.message.atoms[i];
        cr_assert_eq(got->tag, atoms[i].tag, "%c", atoms[i].tag);
        switch (got->tag) {
        case 'f':
        case 'd':
            cr_expect_eq(got->number, atoms[i].number);
            break;
        case 's':
        case 'S':
            cr_expect_str_eq(got->text, atoms[i].text);
            break;
        case 'b':
        case 'm':
            cr_expect_eq(got->blob.size, atoms[i].blob.size);
            cr_expect_arr_eq(got->blob.data, bytes, got->blob.size);
            break;
        case 'N':
        case 'I':
            break;
        default:
            cr_expect_eq(got->integer, atoms[i].integer, "%c", got->tag);
            break;
        }
    }
    gs_osc_drop(&taken);
}

struct sent {
    unsigned packets, messages;
    size_t largest;
};

static void count_message(void *context, const unsigned char *data, size_t size)
{
    (void)data, (void)size;
    ((struct sent *)context)->messages++;
}

static void count_packet(void *context, const unsigned char *data, size_t size)
{
    struct sent *sent = context;
    cr_assert_eq(gs_osc_packet_fault(data, size), NULL);
    sent->packets++;
    sent->largest = size > sent->largest ? size : sent->largest;
    gs_osc_packet_each(data, size, count_message, sent);
}

Test(osc_packet, packets_stay_below_their_limit)
{
    for (unsigned n = 1; n <= 300; n += 13) {
        struct sent sent = { 0 };
        struct gs_osc_packer packer = { .send = count_packet, .context = &sent, .limit = GS_OSC_SEND_LIMIT };
        for (unsigned i = 0; i < n; i++) {
            char address[64];
            snprintf(address, sizeof address, "/stage/%u/meter/out/db", i);
            struct gs_atom atom = gs_atom_float(i);
            gs_osc_pack(&packer, &(struct gs_message){ address, &atom, 1 });
        }
        gs_osc_pack_flush(&packer);
        cr_expect_eq(sent.messages, n);
        cr_expect_leq(sent.largest, GS_OSC_SEND_LIMIT);
        cr_expect_leq(sent.packets, n / 30 + 1, "%u packets for %u messages", sent.packets, n);
    }
}

/* ---- mutations ---- */

static uint64_t state = 20240607;
static uint32_t dice(uint32_t sides)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % sides);
}

static void seed_packet(struct packet *packet)
{
    static const char *const address[] = { "/stage/1/fader", "/stage/pre/gain", "/subscribe",
                                           "/stage/*/mute",  "/s{a,b}[!c]",     "/chain/load" };
    static const char *const tags[] = {
        ",", ",f", ",iiii", ",sb", ",hdt", ",TFNI", ",m", ",c", ",sSs", NULL
    };
    packet->size = 0;
    bool bundle = dice(2);
    if (bundle) {
        add_bundle_header(packet);
    }
    for (unsigned m = 0, n = bundle ? dice(6) : 1; m < n; m++) {
        size_t start = bundle ? open_element(packet) : 0;
        add_text(packet, address[dice(6)]);
        const char *tag = tags[dice(10)];
        if (tag) {
            add_text(packet, tag);
        }
        for (; tag && *tag; tag++) {
            for (unsigned i = 0, words = strchr("hdt", *tag)    ? 2
                                         : strchr("ifcm", *tag) ? 1
                                                                : 0;
                 i < words; i++) {
                add_32(packet, dice(UINT32_MAX));
            }
            if (*tag == 's' || *tag == 'S') {
                add_text(packet, "word");
            }
            if (*tag == 'b') {
                add_32(packet, 6);
                add(packet, "blobby\0", 8);
            }
        }
        if (bundle) {
            close_element(packet, start);
        }
    }
}

static void mutate(struct packet *packet)
{
    for (unsigned i = 0, n = dice(4); i < n && packet->size; i++) {
        size_t at = dice((uint32_t)packet->size);
        switch (dice(6)) {
        case 0:
            packet->data[at] ^= (unsigned char)(1u << dice(8));
            break;
        case 1:
            packet->data[at] = (unsigned char)dice(256);
            break;
        case 2:
            packet->size = at & ~(size_t)3;
            break;
        case 3:
            packet->data[at & ~(size_t)3] = packet->data[(at & ~(size_t)3) + 1] = 0;
            break;
        case 4:
            memmove(packet->data + at, packet->data + dice((uint32_t)packet->size), (packet->size - at) / 4);
            break;
        default:
            if (packet->size + 4 <= GS_OSC_PACKET_MAX) {
                add_32(packet, dice(3) ? dice(40) : dice(UINT32_MAX));
            }
            break;
        }
    }
}

Test(osc_packet, a_hundred_thousand_mutations)
{
    unsigned passed = 0, refused = 0, taken_back = 0;
    for (unsigned i = 0; i < 100000; i++) {
        static struct packet packet;
        struct seen seen = { 0 };
        seed_packet(&packet);
        mutate(&packet);
        unsigned char *exact = malloc(packet.size ? packet.size : 1);
        memcpy(exact, packet.data, packet.size);
        if (gs_osc_packet_fault(exact, packet.size)) {
            refused++;
        } else {
            struct sent count = { 0 };
            gs_osc_packet_each(exact, packet.size, count_message, &count);
            gs_osc_packet_each(exact, packet.size, see, &seen);
            taken_back += count.messages - seen.n;
            passed++;
        }
        free(exact);
    }
    cr_expect_gt(passed, 20000);
    cr_expect_gt(refused, 20000);
    cr_expect_eq(taken_back, 0, "liblo refused %u messages that the walker let pass", taken_back);
}
