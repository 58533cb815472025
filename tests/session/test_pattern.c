/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patterns of OSC 1.0 part by part, and what they may cost. */
#include "session/pattern.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static bool matches(const char *text, const char *name)
{
    struct gs_pattern pattern;
    unsigned steps = 1000000;
    return gs_pattern_compile(&pattern, text) && gs_pattern_match(&pattern, name, &steps);
}

/* "OSC Message Dispatching and Pattern Matching", OSC 1.0. */
Test(pattern, follows_osc_1_0)
{
    static const struct {
        const char *pattern, *name;
        bool match;
    } cases[] = {
        { "gain", "gain", true },
        { "gain", "gai", false },
        { "gain", "gains", false },
        { "g?in", "gain", true },
        { "?", "", false },
        { "*", "", true },
        { "*", "gain", true },
        { "*n", "gain", true },
        { "g*", "gain", true },
        { "g*i*", "gain", true },
        { "*x*", "gain", false },
        { "[a-c]", "b", true },
        { "[c-a]", "b", true },
        { "[a-c]", "d", false },
        { "[!1]", "2", true },
        { "[!1]", "1", false },
        { "[!1]", "", false },
        { "[1!]", "!", true },
        { "[ab-]", "-", true },
        { "[12][0-9]", "17", true },
        { "{foo,bar}", "bar", true },
        { "{foo,bar}", "foo", true },
        { "{foo,bar}", "foobar", false },
        { "{foo,bar}x", "barx", true },
        { "a{b,bc}c", "abc", true },
        { "a{b,bc}c", "abcc", true },
        { "{1,2}", "3", false },
        { "*{in,out}*", "meterout2", true },
        { "{a,}b", "b", true },
        { "vo?al-{1,2}[a-z]*", "vocal-2b.x", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_eq(matches(cases[i].pattern, cases[i].name), cases[i].match, "%s against %s",
                     cases[i].pattern, cases[i].name);
    }
}

Test(pattern, what_does_not_close_is_refused)
{
    static const char *const bad[] = { "[a", "{a", "{a,", "x[!", "{", "[" };
    struct gs_pattern pattern;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_expect_not(gs_pattern_compile(&pattern, bad[i]), "%s", bad[i]);
    }
}

/* Bombs that take back-tracking matchers seconds cost letters times length here, and never more. */
Test(pattern, bombs_cost_no_more_than_their_length)
{
    char text[256] = "";
    const char *name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    for (int i = 0; i < 127; i++) {
        strcat(text, "*a");
    }
    struct gs_pattern pattern;
    unsigned steps = 1000000;
    cr_assert(gs_pattern_compile(&pattern, text));
    cr_expect_not(gs_pattern_match(&pattern, name, &steps));
    cr_expect_leq(1000000 - steps, 2 * (strlen(text) + 1) * (strlen(name) + 1));
}

Test(pattern, an_empty_budget_matches_nothing)
{
    struct gs_pattern pattern;
    unsigned steps = 10;
    cr_assert(gs_pattern_compile(&pattern, "*a*a*a*"));
    cr_expect_not(gs_pattern_match(&pattern, "aaa", &steps));
    cr_expect_eq(steps, 0);
}

/* Against a plain recursive matcher that shares no code, over random patterns of a small alphabet. */
static bool slow(const char *p, const char *s)
{
    if (!*p) {
        return !*s;
    }
    if (*p == '*') {
        return slow(p + 1, s) || (*s && slow(p, s + 1));
    }
    if (*p == '?') {
        return *s && slow(p + 1, s + 1);
    }
    if (*p == '{') {
        const char *close = strchr(p, '}');
        for (const char *a = p + 1; a <= close;) {
            size_t n = strcspn(a, ",}");
            if (strncmp(a, s, n) == 0 && strlen(s) >= n && slow(close + 1, s + n)) {
                return true;
            }
            a += n + 1;
        }
        return false;
    }
    return *p == *s && slow(p + 1, s + 1);
}

Test(pattern, agrees_with_a_recursive_matcher)
{
    static const char *const piece[] = { "a", "b", "?", "*", "{a,b}", "{ab,a,}" };
    unsigned seed = 20240607;
    for (int round = 0; round < 20000; round++) {
        char text[64] = "", name[12] = "";
        for (int i = 0; i < 5; i++) {
            seed = seed * 1664525u + 1013904223u;
            strcat(text, piece[(seed >> 24) % 6]);
        }
        seed = seed * 1664525u + 1013904223u;
        for (unsigned i = 0, n = (seed >> 24) % 8; i < n; i++) {
            seed = seed * 1664525u + 1013904223u;
            strcat(name, seed >> 31 ? "a" : "b");
        }
        cr_assert_eq(matches(text, name), slow(text, name), "%s against %s", text, name);
    }
}
