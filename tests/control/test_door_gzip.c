/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compressed a part at a time: whatever the parts, zlib makes the bytes of it that went in. */
#include "control/door_gzip.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static unsigned char *tree(size_t size)
{
    static const char part[] = "{\"FULL_PATH\":\"/stage/pre/gain\",\"VALUE\":[12.5]},";
    unsigned char *bytes = malloc(size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = i % 997 ? (unsigned char)part[i % (sizeof part - 1)] : (unsigned char)(i / 997);
    }
    return bytes;
}

/* The format of RFC 1952, and no other one. */
static void unpack(const unsigned char *packed, size_t size, const unsigned char *bytes, size_t n)
{
    unsigned char *plain = malloc(n + 1);
    z_stream stream = { .next_in = (z_const Bytef *)packed, .avail_in = (uInt)size };
    stream.next_out = plain;
    stream.avail_out = (uInt)n + 1;
    cr_assert_eq(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
    cr_expect_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    cr_expect(stream.total_out == n && memcmp(plain, bytes, n) == 0);
    inflateEnd(&stream);
    free(plain);
}

static const struct {
    size_t size, part;
} cases[] = { { 700000, 65536 }, { 700000, 1 << 20 }, { 65536, 65536 }, { 65537, 65536 }, { 5000, 1 } };

Test(door_gzip, in_parts_it_is_what_it_was)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char *bytes = tree(cases[i].size);
        struct gs_door_gzip *gzip = gs_door_gzip_create(bytes, cases[i].size, 1);
        size_t turns = 1, size = 0;
        cr_assert(gzip);
        cr_expect(cases[i].part >= cases[i].size || !gs_door_gzip_take(gzip, &size), "not before its end");
        while (gs_door_gzip_go(gzip, cases[i].part)) {
            turns++;
        }
        cr_expect_not(gs_door_gzip_go(gzip, cases[i].part), "its end is its end");
        cr_expect_eq(turns, (cases[i].size + cases[i].part - 1) / cases[i].part, "%zu by %zu", cases[i].size,
                     cases[i].part);
        unsigned char *packed = gs_door_gzip_take(gzip, &size);
        cr_assert(packed);
        cr_expect_lt(size, cases[i].size / 4);
        unpack(packed, size, bytes, cases[i].size);
        gs_door_gzip_destroy(gzip);
        free(packed);
        free(bytes);
    }
}

Test(door_gzip, what_would_be_longer_is_left)
{
    unsigned char noise[4096];
    uint32_t dice = 1;
    for (size_t i = 0; i < sizeof noise; i++) {
        dice = dice * 1664525 + 1013904223; /* Numerical Recipes */
        noise[i] = (unsigned char)(dice >> 24);
    }
    for (size_t part = 512; part <= sizeof noise; part *= 2) {
        size_t size;
        struct gs_door_gzip *gzip = gs_door_gzip_create(noise, sizeof noise, 9);
        while (gs_door_gzip_go(gzip, part)) {
        }
        cr_expect_null(gs_door_gzip_take(gzip, &size));
        gs_door_gzip_destroy(gzip); /* and in its midst */
        gzip = gs_door_gzip_create(noise, sizeof noise, 9);
        gs_door_gzip_go(gzip, part);
        gs_door_gzip_destroy(gzip);
    }
    gs_door_gzip_destroy(NULL);
}
