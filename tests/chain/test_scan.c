/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The strict scanner: what RFC 8259 takes, what it does not, and where the complaint points. */
#include "chain/scan.h"

#include <cjson/cJSON.h>

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Grammar of RFC 8259 and the corners of RFC 3629: all of it must pass. */
static const char *const good[] = {
    "{}",
    "[]",
    " \t\r\n[ ] \t\r\n",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-0.0e-0",
    "1E+2",
    "1e2",
    "1.25e-3",
    "123456789012345678901234567890123456789012345678901234567890123",
    "1e-999", /* becomes 0, which is a number */
    "1.7976931348623157e308",
    "\"\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\uFFFF\"",
    "\"\\ud834\\udd1e \\uD834\\uDD1E\"",
    "\"\x7f\"", /* DEL is not a control character of JSON */
    "\"\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf\"",
    "\"\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf\"",
    "[1, [2, {\"a\": [3, {}]}], \"x\"]",
    "{\"a\": {\"b\": {}}, \"c\": [[], {}]}",
    "{\"\": 1, \"a\": 1, \"a\": 2}", /* a scanner does not know keys */
    "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]",
};

Test(scan, good)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct gs_error error = { 0 };
        cr_assert_eq(gs_scan_json(good[i], strlen(good[i]), "x", 16, &error), GS_OK, "%s: %s: %s", good[i],
                     error.where, error.text);
    }
}

/* Position and a piece of the sentence; positions counted by hand. */
static const struct {
    const char *text, *where, *found;
} bad[] = {
    { "", "x:1:1", "found the end of the file" },
    { "  \n ", "x:2:2", "found the end of the file" },
    { "[1,]", "x:1:4", "found `]`" },
    { "[1 2]", "x:1:4", "found `2`" },
    { "[1", "x:1:3", "expected `,` or the `]` that closes line 1, column 1" },
    { "[", "x:1:2", "found the end of the file" },
    { "{", "x:1:2", "expected a key" },
    { "{\"a\"", "x:1:5", "expected `:`" },
    { "{\"a\":", "x:1:6", "expected a value" },
    { "{\"a\":1,", "x:1:8", "expected a key" },
    { "{\"a\":1,}", "x:1:8", "found `}`" },
    { "{\"a\":1]", "x:1:7", "found `]`" },
    { "[1}", "x:1:3", "found `}`" },
    { "{1:2}", "x:1:2", "found `1`, expected a key" },
    { "{\"a\":1,5}", "x:1:8", "a decimal point" },
    { "]", "x:1:1", "found `]`" },
    { "1 2", "x:1:3", "nothing behind the end" },
    { "{}}", "x:1:3", "nothing behind the end" },
    { "nul", "x:1:1", "found `nul`" },
    { "True", "x:1:1", "found `True`" },
    { "nan", "x:1:1", "found `nan`" },
    { "[\xc3\xa4,", "x:1:2", "(U+00E4)" },
    { "[\"\xc3\xa4\xe4\xb8\xad\xf0\x9f\x8e\x99\" x", "x:1:8", "found `x`" }, /* characters, not bytes */
    { "\xef\xbb\xbf{}", "x:1:1", "byte order mark" },
    { "[\n\n  \"a\n\"]", "x:3:5", "text begun at line 3, column 3" },
    { "\"a\tb\"", "x:1:3", "U+0009" },
    { "\"a\x1f\"", "x:1:3", "U+001F" },
    { "\"abc", "x:1:5", "text begun at line 1, column 1" },
    { "\"abc\\", "x:1:5", "behind a backslash" },
    { "\"\\x41\"", "x:1:2", "found `x41` behind a backslash" },
    { "\"\\u12\"", "x:1:2", "four hexadecimal digits" },
    { "\"\\u12G4\"", "x:1:2", "four hexadecimal digits" },
    { "\"\\u0000\"", "x:1:2", "U+0000" },
    { "\"\\ud800\"", "x:1:2", "second half" },
    { "\"\\ud800\\u0041\"", "x:1:2", "second half" },
    { "\"\\ud800\\ud800\"", "x:1:2", "second half" },
    { "\"\\udc00\"", "x:1:2", "first half" },
    { "\"\xc0\x80\"", "x:1:2", "byte 0xC0" },         /* overlong U+0000 */
    { "\"\xc1\xbf\"", "x:1:2", "byte 0xC1" },         /* overlong U+007F */
    { "\"\xe0\x9f\xbf\"", "x:1:2", "byte 0xE0" },     /* overlong U+07FF */
    { "\"\xf0\x8f\xbf\xbf\"", "x:1:2", "byte 0xF0" }, /* overlong U+FFFF */
    { "\"\xed\xa0\x80\"", "x:1:2", "byte 0xED" },     /* U+D800 */
    { "\"\xed\xbf\xbf\"", "x:1:2", "byte 0xED" },     /* U+DFFF */
    { "\"\xf4\x90\x80\x80\"", "x:1:2", "byte 0xF4" }, /* U+110000 */
    { "\"\xf5\x80\x80\x80\"", "x:1:2", "byte 0xF5" },
    { "\"\x80\"", "x:1:2", "byte 0x80" },
    { "\"\xe2\x82", "x:1:2", "byte 0xE2" },
    { "\xff", "x:1:1", "byte 0xFF" },
    { "-", "x:1:2", "a digit behind the minus" },
    { "-a", "x:1:2", "a digit behind the minus" },
    { "01", "x:1:1", "leading zeros" },
    { "-00", "x:1:1", "leading zeros" },
    { "1.", "x:1:3", "behind the decimal point" },
    { "1.e1", "x:1:3", "behind the decimal point" },
    { ".5", "x:1:1", "begins with a digit" },
    { "+1", "x:1:1", "begins with a digit" },
    { "1e", "x:1:3", "in the exponent" },
    { "1e+", "x:1:4", "in the exponent" },
    { "1e999", "x:1:1", "found `1e999`" },
    { "-1.8e308", "x:1:1", "found `-1.8e308`" },
    { "1234567890123456789012345678901234567890123456789012345678901234", "x:1:1", "of 64 characters" },
    { "# a", "x:1:1", "a comment" },
    { "[1 /* a */]", "x:1:4", "a comment" },
    { "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "x:1:17", "level 17" },
};

Test(scan, bad)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct gs_error error = { 0 };
        cr_assert_neq(gs_scan_json(bad[i].text, strlen(bad[i].text), "x", 16, &error), GS_OK, "%s",
                      bad[i].text);
        cr_assert_str_eq(error.where, bad[i].where, "%s: %s: %s", bad[i].text, error.where, error.text);
        cr_assert(strstr(error.text, bad[i].found), "%s: %s", bad[i].text, error.text);
        cr_assert(strstr(error.text, "found ") && strstr(error.text, ", expected "), "%s", error.text);
    }
}

Test(scan, nul_byte)
{
    struct gs_error error;
    cr_assert_eq(gs_scan_json("[1,\0 2]", 7, "x", 16, &error), GS_E_SYNTAX);
    cr_assert_str_eq(error.where, "x:1:4");
    cr_assert_eq(gs_scan_json("\"a\0b\"", 5, "x", 16, &error), GS_E_SYNTAX);
    cr_assert_str_eq(error.where, "x:1:3");
    cr_assert_eq(gs_scan_json("[]\0", 3, "x", 16, &error), GS_E_SYNTAX);
}

Test(scan, length_is_obeyed)
{
    cr_assert_eq(gs_scan_json("[]garbage", 2, "x", 16, NULL), GS_OK);
    cr_assert_eq(gs_scan_json("12e", 2, "x", 16, NULL), GS_OK);
    cr_assert_eq(gs_scan_json("\"\xc3\xa4\"", 2, "x", 16, NULL), GS_E_SYNTAX);
}

Test(scan, long_origin_keeps_position)
{
    char origin[5000];
    struct gs_error error;
    memset(origin, 'd', sizeof origin - 1);
    origin[sizeof origin - 1] = '\0';
    gs_scan_json("\n\n]", 3, origin, 16, &error);
    cr_assert_str_eq(error.where + strlen(error.where) - 5, "d:3:1");
    gs_scan_json("]", 1, NULL, 16, &error);
    cr_assert_str_eq(error.where, "chain:1:1");
}

static uint64_t draw(uint64_t *state) /* splitmix64 */
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* Whatever the scanner takes the parser must take too: what it refuses afterwards would have no place. */
Test(scan, parser_takes_what_the_scanner_takes)
{
    static const char alphabet[] = "{}[]:,\"\\ \n-+.0123456789eEtruefalsn/ud8\x01\xc3\xa4\xed";
    uint64_t seed = 7;
    size_t taken = 0;
    for (int round = 0; round < 200000; round++) {
        char text[24];
        size_t length = 1 + draw(&seed) % (sizeof text - 2);
        for (size_t i = 0; i < length; i++) {
            text[i] = alphabet[draw(&seed) % (sizeof alphabet - 1)];
        }
        text[length] = '\0';
        if (gs_scan_json(text, length, "x", 16, NULL)) {
            continue;
        }
        cJSON *json = cJSON_ParseWithLengthOpts(text, length + 1, NULL, true);
        cr_assert(json, "round %d: %s", round, text);
        cJSON_Delete(json);
        taken++;
    }
    cr_assert_gt(taken, 100, "only %zu texts were JSON: the test says little", taken);
}
