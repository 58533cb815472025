/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The picture: well-formed XML, the same bytes twice, no text over another or over the edge, whatever names
 * and states the stages have; and heights that agree with the numbers. */
#include "report/svg.h"

#include "../support/box_chain.h"

#include <criterion/criterion.h>

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE 48000.0

struct scene {
    size_t stages;
    enum gs_view view;
    enum gs_theme theme;
    bool measured, hot, long_names, usual_names;
};

static const char *const long_name[] = {
    "Microphone preamplifier of the old desk",
    "x",
    "<Tom & Jerry's \"best\" take>",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDE",
    ("K\xC3\xB6nig-Stra\xC3\x9F"
     "e \xE2\x86\x92 Hall"),
    "snare_top_57_second_try",
    "\xE5\xA3\xB0\xE3\x81\xAE\xE5\xA4\xA7\xE3\x81\x8D\xE3\x81\x95",
    "WWWWWWW WWWWWWWW",
};
static const char *const short_name[] = { "Mic", "Preamp", "A/D", "EQ", "Comp", "Trim", "Fader", "Send" };

/* As chains have them. */
static const char *const usual_name[] = { "Microphone",  "Microphone preamp",
                                          "Converter",   "High-pass and bells",
                                          "Compressor",  "Trim before compressor",
                                          "Vocal fader", "Tape saturation" };

/* A line of stages, some with ceilings, some with noise, one curved, one that hears another one. */
static struct box_chain *build(const struct scene *scene)
{
    struct box_chain *b = box_chain_new();
    for (size_t i = 0; i < scene->stages; i++) {
        const struct gs_stage_kind *kind = i == 0                   ? &box_source
                                           : i + 1 == scene->stages ? &box_master
                                           : i % 5 == 3             ? &box_tanh
                                                                    : &box_plain;
        unsigned s = box_add(b, kind, i == 0 ? -50 : i == 1 ? (scene->hot ? 75 : 40) : i % 2 ? 3 : -3);
        box_set(b, s, BOX_NOISE_OUT, i % 3 ? -INFINITY : -105);
        box_set(b, s, BOX_CEILING, i && i % 4 ? 20 : INFINITY);
        b->stages[s].label = (char *)(scene->long_names    ? long_name
                                      : scene->usual_names ? usual_name
                                                           : short_name)[i % 8];
    }
    box_set(b, 0, BOX_HIGH_PASS_HZ, 1000);
    if (scene->stages > 4) {
        box_hear(b, 4, 2);
        box_set(b, (unsigned)scene->stages - 2, BOX_PARAMS + GS_COMMON_MUTE, scene->stages % 2);
        box_set(b, 2, BOX_PARAMS + GS_COMMON_BYPASS, 1);
    }
    return b;
}

static char *draw(const struct scene *scene)
{
    struct box_chain *b = build(scene);
    b->chain.name =
        (char *)(scene->long_names ? "A name of a chain that is so long that it cannot stand in one line of "
                                     "any picture, however wide it may be <&>"
                                   : "Voice");
    struct gs_predictor *p = gs_predictor_create(&b->chain, NULL, RATE);
    const struct gs_prediction *prediction = gs_predictor_run(p, NULL);
    struct gs_measured measured[GS_CHAIN_STAGES_MAX] = { { 0 } };
    for (size_t i = 0; i < prediction->n; i++) {
        const struct gs_predicted *s = &prediction->stage[i];
        measured[i] = (struct gs_measured){ .given = true,
                                            .level_db = s->channel[0].rms_db + (i == 2),
                                            .peak_db = s->peak_db + 4,
                                            .noise_db = s->noise_db,
                                            .noise_a_db = s->noise_a_db,
                                            .sinad_db = NAN };
    }
    struct gs_rows rows;
    cr_assert(
        gs_rows_init(&rows, &b->chain, prediction, RATE, scene->view, scene->measured ? measured : NULL));
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    gs_rows_svg(&rows, scene->theme, file);
    fclose(file);
    gs_rows_finish(&rows);
    gs_predictor_destroy(p);
    free(b);
    return text;
}

/* ---- well-formed: tags nest, attributes are quoted, entities exist (XML 1.0, 2.1) ---- */

static const char *skip_name(const char *at)
{
    while (isalnum((unsigned char)*at) || *at == '-' || *at == ':' || *at == '_') {
        at++;
    }
    return at;
}

static const char *check_attributes(const char *at)
{
    while (isspace((unsigned char)*at)) {
        while (isspace((unsigned char)*at)) {
            at++;
        }
        const char *end = skip_name(at);
        if (end == at) {
            break;
        }
        cr_assert(end[0] == '=' && end[1] == '"', "attribute without a quoted value: %.40s", at);
        at = end + 2;
        while (*at && *at != '"') {
            cr_assert_neq(*at, '<');
            at++;
        }
        cr_assert_eq(*at, '"');
        at++;
    }
    return at;
}

static void check_entity(const char *at)
{
    cr_assert(strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 || strncmp(at, "&gt;", 4) == 0,
              "unknown entity: %.10s", at);
}

static void check_xml(const char *text)
{
    char open[16][32];
    int depth = 0, roots = 0;
    const char *at = text;
    cr_assert_eq(strncmp(at, "<?xml ", 6), 0);
    at = strstr(at, "?>") + 2;
    while (*at) {
        if (*at == '&') {
            check_entity(at);
        }
        if (*at != '<') {
            cr_assert(depth > 0 || isspace((unsigned char)*at), "text outside the root");
            at++;
            continue;
        }
        bool closes = at[1] == '/';
        const char *name = at + 1 + closes, *end = skip_name(name);
        int length = (int)(end - name);
        cr_assert(length > 0 && length < 32);
        if (closes) {
            depth--;
            cr_assert(depth >= 0 && strlen(open[depth]) == (size_t)length &&
                      strncmp(open[depth], name, (size_t)length) == 0);
            cr_assert_eq(*end, '>');
            at = end + 1;
            continue;
        }
        at = check_attributes(end);
        roots += depth == 0;
        if (at[0] == '/' && at[1] == '>') {
            at += 2;
            continue;
        }
        cr_assert_eq(*at, '>', "tag does not end: %.40s", name);
        cr_assert_lt(depth, 16);
        snprintf(open[depth++], 32, "%.*s", length, name);
        at++;
    }
    cr_assert_eq(depth, 0);
    cr_assert_eq(roots, 1);
}

/* ---- texts as boxes ---- */

struct box {
    double x0, y0, x1, y1;
    char text[512];
};

static double attribute(const char *tag, const char *name)
{
    char key[32];
    snprintf(key, sizeof key, " %s=\"", name);
    const char *found = strstr(tag, key);
    cr_assert_not_null(found, "no %s in %.60s", name, tag);
    return strtod(found + strlen(key), NULL);
}

static void unescape(char *text)
{
    static const char *const entity[] = { "&amp;", "&lt;", "&gt;" };
    char *to = text;
    for (const char *from = text; *from;) {
        int found = -1;
        for (int e = 0; e < 3; e++) {
            found = strncmp(from, entity[e], strlen(entity[e])) == 0 ? e : found;
        }
        *to++ = found < 0 ? *from : "&<>"[found];
        from += found < 0 ? 1 : strlen(entity[found]);
    }
    *to = '\0';
}

/* Ascent 0.76 and descent 0.24 of the size: DejaVu Sans' capitals and descenders. */
static struct box text_box(const char *tag)
{
    struct box box;
    const char *end = strchr(tag, '>');
    char head[256];
    snprintf(head, sizeof head, "%.*s", (int)(end - tag), tag);
    const char *close = strstr(end, "</text>");
    snprintf(box.text, sizeof box.text, "%.*s", (int)(close - end - 1), end + 1);
    unescape(box.text);
    double size = attribute(head, "font-size"), x = attribute(head, "x"), y = attribute(head, "y");
    double width = gs_letters_width(box.text, size, strstr(head, "class=\"b ") != NULL);
    double before = strstr(head, "\"middle\"") ? width / 2 : strstr(head, "\"end\"") ? width : 0;
    box.x0 = x - before;
    box.x1 = box.x0 + width;
    box.y0 = y - 0.76 * size;
    box.y1 = y + 0.24 * size;
    return box;
}

static void check_texts(const char *text, const struct scene *scene)
{
    static struct box boxes[4096];
    size_t n = 0;
    double width = attribute(strstr(text, "<svg"), "width"),
           height = attribute(strstr(text, "<svg"), "height");
    for (const char *at = strstr(text, "<text "); at; at = strstr(at + 1, "<text ")) {
        boxes[n] = text_box(at);
        const struct box *b = &boxes[n];
        cr_assert(b->x0 >= 0 && b->y0 >= 0 && b->x1 <= width && b->y1 <= height,
                  "%zu stages: '%s' leaves the picture", scene->stages, b->text);
        for (size_t i = 0; i < n; i++) {
            const struct box *a = &boxes[i];
            bool apart = a->x1 <= b->x0 || b->x1 <= a->x0 || a->y1 <= b->y0 || b->y1 <= a->y0;
            cr_assert(apart, "%zu stages, view %d: '%s' lies over '%s'", scene->stages, scene->view, a->text,
                      b->text);
        }
        n++;
    }
    cr_assert_geq(n, scene->stages);
}

Test(svg, is_well_formed_repeats_itself_and_keeps_texts_apart)
{
    for (size_t n = 2; n <= 64; n = n < 16 ? n + 1 : n + 7) {
        for (int bits = 0; bits < 16; bits++) {
            struct scene scene = { n,
                                   bits & 1 ? GS_VIEW_SOURCE : GS_VIEW_STAGES,
                                   (enum gs_theme)(n % 3),
                                   bits & 2,
                                   bits & 4,
                                   bits & 8,
                                   false };
            char *text = draw(&scene), *again = draw(&scene);
            check_xml(text);
            check_texts(text, &scene);
            cr_assert_str_eq(text, again);
            free(text);
            free(again);
        }
    }
}

/* The checks above must be able to fail. */
Test(svg, the_check_of_overlaps_sees_one, .signal = 0)
{
    struct box a =
        text_box("<text x=\"10\" y=\"20\" font-size=\"10\" text-anchor=\"start\" class=\"b ink\">WW</text>");
    cr_assert_float_eq(a.x1 - a.x0, 2 * 11.03, 1e-9); /* W of DejaVu Sans Bold is 1.103 wide */
    struct box b = text_box(
        "<text x=\"32\" y=\"20\" font-size=\"10\" text-anchor=\"middle\" class=\"ink\">i&amp;</text>");
    cr_assert_float_eq(b.x1 - b.x0, 2.78 + 7.8, 1e-9);
    cr_assert_lt(b.x0, a.x1);
}

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *at = strstr(text, what); at; at = strstr(at + 1, what)) {
        n++;
    }
    return n;
}

Test(svg, says_in_words_what_colours_say)
{
    struct scene scene = { .stages = 8, .hot = true, .measured = true };
    char *text = draw(&scene);
    cr_assert_eq(count(text, ">clips first<"), 1);
    cr_assert_geq(count(text, ">bottleneck<"), 1);
    cr_assert_geq(count(text, ">not linear<"), 1);
    cr_assert_eq(count(text, ">bypassed<"), 1);
    free(text);
    scene.hot = false;
    text = draw(&scene);
    cr_assert_geq(count(text, ">model error<"), 1); /* one stage is measured 1 dB off */
    free(text);
}

/* Usual names and all marks stay whole, however many columns there are. */
Test(svg, cuts_no_usual_word)
{
    static const size_t sizes[] = { 3, 12, 13, 40 };
    for (size_t i = 0; i < 16; i++) {
        struct scene scene = {
            .stages = sizes[i / 4], .usual_names = true, .view = i & 1, .hot = i & 2, .measured = true
        };
        char *text = draw(&scene);
        for (const char *at = text; (at = strstr(at, "\xE2\x80\xA6")); at++) {
            const char *word = at;
            while (word[-1] != '>') {
                word--;
            }
            cr_assert_eq(strncmp(word, "from ", 5), 0, "%zu stages: %.*s", scene.stages, (int)(at - word),
                         word);
        }
        free(text);
    }
}

Test(svg, themes)
{
    struct scene scene = { .stages = 3, .theme = GS_THEME_AUTO };
    char *text = draw(&scene);
    cr_assert_eq(count(text, "@media (prefers-color-scheme:dark)"), 1);
    free(text);
    scene.theme = GS_THEME_DARK;
    text = draw(&scene);
    cr_assert_eq(count(text, "@media"), 0);
    cr_assert_eq(count(text, ".ground{fill:#10151c}"), 1);
    free(text);
}
