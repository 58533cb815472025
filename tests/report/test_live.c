/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live level diagram: every stage is on some page of every size, nothing is drawn outside, bars and marks
 * stand where their decibels are, and a terminal that obeys what is printed shows what was drawn. */
#include "engine/readout.h"
#include "report/live.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct gs_live_stage stages[64];

static struct gs_live some(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct gs_live_stage *s = &stages[i];
        *s = (struct gs_live_stage){ .gain_db = (double)i - 3,
                                     .rms_db = -30 + (double)i,
                                     .peak_db = -20,
                                     .hold_db = -18,
                                     .ceiling_db = 0,
                                     .nominal_db = -18,
                                     .rms_text_db = -30 + (double)i,
                                     .peak_text_db = -18 };
        snprintf(s->id, sizeof s->id, "s%zu", i + 1);
        snprintf(s->label, sizeof s->label, "St\xc3\xa4ge %zu of many", i + 1);
        snprintf(s->unit, sizeof s->unit, "dBFS");
    }
    return (struct gs_live){ .chain = "Chain",
                             .state = "active",
                             .where = "127.0.0.1:7770",
                             .stage = stages,
                             .n = n,
                             .nominal_dbfs = -18 };
}

static bool on_screen(const struct gs_screen *screen, const char *word)
{
    for (int y = 0; y < screen->height; y++) {
        char line[1024] = "";
        for (int x = 0; x < screen->width && x < 1000; x++) {
            uint32_t letter = screen->cell[y * screen->width + x].letter;
            line[x] = letter && letter < 128 ? (char)letter : ' ';
        }
        const char *at = strstr(line, word);
        size_t n = strlen(word);
        if (at && (at == line || at[-1] == ' ') && (at[n] == ' ' || !at[n])) {
            return true;
        }
    }
    return false;
}

Test(live, every_stage_is_on_a_page_of_every_size)
{
    static const int sizes[][2] = { { 80, 24 }, { 160, 50 }, { 40, 12 },  { 20, 6 },
                                    { 7, 3 },   { 1, 1 },    { 300, 100 } };
    static const size_t counts[] = { 1, 3, 8, 20, 40, 64 };
    for (size_t z = 0; z < sizeof sizes / sizeof *sizes; z++) {
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            struct gs_screen screen = { 0 };
            struct gs_live live = some(counts[c]);
            unsigned found = 0;
            cr_assert(gs_screen_resize(&screen, sizes[z][0], sizes[z][1]));
            do {
                gs_live_draw(&live, &screen);
                for (size_t i = 0; i < counts[c]; i++) {
                    char label[32];
                    snprintf(label, sizeof label, "%zu of many", i + 1);
                    found += on_screen(&screen, stages[i].id) || on_screen(&screen, label);
                }
                live.page++;
            } while (live.page < live.pages);
            if (sizes[z][0] >= 20 && sizes[z][1] >= 6 && sizes[z][0] < 300) {
                cr_expect_eq(found, counts[c], "%u of %zu stages at %dx%d", found, counts[c], sizes[z][0],
                             sizes[z][1]);
            }
            gs_screen_finish(&screen);
        }
    }
}

/* The bar of one stage, from its foot, in eighths of a line: what is bright. */
static int bright_eighths(const struct gs_screen *screen, int x)
{
    int sum = 0;
    for (int y = 0; y < screen->height; y++) {
        const struct gs_cell *cell = &screen->cell[y * screen->width + x];
        bool bright =
            cell->style == GS_STYLE_GOOD || cell->style == GS_STYLE_LOW || cell->style == GS_STYLE_OVER;
        if (bright && cell->letter >= 0x2581 && cell->letter <= 0x2588) {
            sum += (int)(cell->letter - 0x2580);
        }
    }
    return sum;
}

static int bar_column(const struct gs_screen *screen)
{
    for (int x = 0; x < screen->width; x++) {
        if (bright_eighths(screen, x) > 8) {
            return x;
        }
    }
    return -1;
}

/* Ten decibels are the same length anywhere on the ruler. */
Test(live, bars_are_as_long_as_their_decibels)
{
    struct gs_screen screen = { .colour = true };
    struct gs_live live = some(1);
    cr_assert(gs_screen_resize(&screen, 80, 50));
    int last = -1, first_step = 0;
    for (int db = -50; db <= -20; db += 10) {
        stages[0].rms_db = db;
        stages[0].peak_db = stages[0].hold_db = -10;
        gs_live_draw(&live, &screen);
        int column = bar_column(&screen);
        cr_assert_geq(column, 0);
        int now = bright_eighths(&screen, column);
        if (last >= 0) {
            first_step = first_step ? first_step : now - last;
            cr_expect_leq(abs(now - last - first_step), 1, "%d dB: %d eighths after %d", db, now, last);
            cr_expect_gt(now, last);
        }
        last = now;
    }
    gs_screen_finish(&screen);
}

Test(live, the_domain_does_not_matter_on_the_ruler)
{
    struct gs_screen screen = { .colour = true };
    struct gs_live live = some(1);
    cr_assert(gs_screen_resize(&screen, 80, 50));
    int length[2];
    for (int k = 0; k < 2; k++) {
        double shift = k ? 18.0 : 0.0; /* 0 dBu at -18 dBFS */
        stages[0].nominal_db = -18 + shift;
        stages[0].rms_db = -30 + shift;
        stages[0].peak_db = stages[0].hold_db = -25 + shift;
        stages[0].ceiling_db = 0 + shift;
        gs_live_draw(&live, &screen);
        length[k] = bright_eighths(&screen, bar_column(&screen));
    }
    cr_expect_eq(length[0], length[1]);
    gs_screen_finish(&screen);
}

Test(live, colours_and_lamps_tell_headroom)
{
    static const struct {
        double peak_db;
        enum gs_style style;
    } cases[] = { { -20, GS_STYLE_GOOD }, { -5, GS_STYLE_LOW }, { 0, GS_STYLE_OVER }, { 3, GS_STYLE_OVER } };
    struct gs_screen screen = { .colour = true };
    struct gs_live live = some(1);
    cr_assert(gs_screen_resize(&screen, 80, 24));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        stages[0].peak_db = stages[0].hold_db = cases[i].peak_db;
        stages[0].clip = cases[i].peak_db > 0;
        gs_live_draw(&live, &screen);
        unsigned other = 0;
        for (int k = 0; k < 80 * 24; k++) {
            uint32_t letter = screen.cell[k].letter;
            uint8_t style = screen.cell[k].style;
            bool dark = style == cases[i].style + GS_STYLE_GOOD_DARK - GS_STYLE_GOOD;
            other += letter == 0x2588 && style != cases[i].style && !dark;
        }
        cr_expect_eq(other, 0, "%g dB", cases[i].peak_db);
        cr_expect_eq(on_screen(&screen, "CLIP"), cases[i].peak_db > 0);
    }
    gs_screen_finish(&screen);
}

/* ---- a terminal that understands what the screen prints ---- */

struct terminal {
    int width, height, at;
    uint32_t letter[100 * 40];
};

static uint32_t take_letter(const unsigned char **at)
{
    const unsigned char *c = *at;
    unsigned more = *c >= 0xf0 ? 3 : *c >= 0xe0 ? 2 : *c >= 0xc0 ? 1 : 0;
    static const unsigned char mask[] = { 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t letter = *c & mask[more];
    for (unsigned i = 1; i <= more; i++) {
        letter = letter << 6 | (c[i] & 0x3f);
    }
    *at += more + 1;
    return letter;
}

static void obey(struct terminal *t, const char *bytes)
{
    const unsigned char *c = (const unsigned char *)bytes;
    while (*c) {
        if (*c == '\033') {
            int y = 0, x = 0, n = 0;
            if (sscanf((const char *)c, "\033[%d;%dH%n", &y, &x, &n) == 2 && n) {
                t->at = (y - 1) * t->width + x - 1;
                c += n;
            } else if (strncmp((const char *)c, "\033[2J", 4) == 0) {
                memset(t->letter, 0, sizeof t->letter);
                c += 4;
            } else {
                c += strcspn((const char *)c, "m") + 1;
            }
            continue;
        }
        cr_assert_geq((int)*c, 32, "a control letter reaches the terminal");
        cr_assert_lt(t->at, t->width * t->height);
        uint32_t letter = take_letter(&c);
        t->letter[t->at++] = letter == ' ' ? 0 : letter;
    }
}

Test(live, a_terminal_shows_what_was_drawn)
{
    struct gs_screen screen = { .colour = true };
    struct terminal terminal = { .width = 100, .height = 40 };
    struct gs_live live = some(12);
    cr_assert(gs_screen_resize(&screen, 100, 40));
    size_t first = 0, last = 0;
    for (int frame = 0; frame < 30; frame++) {
        char *bytes = NULL;
        size_t size = 0;
        for (int i = 0; i < 12; i++) {
            stages[i].peak_db = stages[i].hold_db = -30 + (frame * (i + 3)) % 33;
            stages[i].rms_db = stages[i].peak_db - 9;
            stages[i].clip = (frame + i) % 5 == 0;
        }
        gs_live_draw(&live, &screen);
        FILE *to = open_memstream(&bytes, &size);
        gs_screen_print(&screen, to);
        fclose(to);
        obey(&terminal, bytes);
        free(bytes);
        first = frame ? first : size;
        last = size;
        for (int k = 0; k < 100 * 40; k++) {
            uint32_t letter = screen.cell[k].letter == ' ' ? 0 : screen.cell[k].letter;
            cr_assert_eq(terminal.letter[k], letter, "frame %d, line %d, column %d", frame, k / 100, k % 100);
        }
    }
    cr_expect_lt(last, first, "later frames print only what changed");
    gs_screen_finish(&screen);
}

Test(live, names_from_the_network_cannot_command_the_terminal)
{
    struct gs_screen screen = { 0 };
    struct terminal terminal = { .width = 80, .height = 24 };
    struct gs_live live = some(1);
    char *bytes = NULL;
    size_t size = 0;
    snprintf(stages[0].label, sizeof stages[0].label, "\033[2J\007x\xc3");
    live.chain = "evil\033]0;title\007";
    cr_assert(gs_screen_resize(&screen, 80, 24));
    gs_live_draw(&live, &screen);
    FILE *to = open_memstream(&bytes, &size);
    gs_screen_print(&screen, to);
    fclose(to);
    obey(&terminal, bytes);
    cr_expect_eq(strchr(bytes, '\007'), NULL);
    free(bytes);
    gs_screen_finish(&screen);
}

/* In words and shape, not in colour alone: a lamp, or where there is no room a mark at the name; and a sentence. */
Test(live, a_model_error_is_marked)
{
    static const int sizes[][2] = { { 100, 40 }, { 80, 12 } };
    for (int z = 0; z < 2; z++) {
        struct gs_screen screen = { .colour = false };
        struct gs_live live = some(5);
        snprintf(stages[2].label, sizeof stages[2].label, "Third");
        stages[2].agreement_db = 0.52;
        cr_assert(gs_screen_resize(&screen, sizes[z][0], sizes[z][1]));
        gs_live_draw(&live, &screen);
        cr_assert_not(on_screen(&screen, "MODEL?") || on_screen(&screen, "?Third"));
        stages[2].model_error = true;
        gs_live_draw(&live, &screen);
        cr_assert(on_screen(&screen, z ? "?Third" : "MODEL?"), "%d", z);
        cr_assert(on_screen(&screen, "Third:") && on_screen(&screen, "+0.52"));
        gs_screen_finish(&screen);
    }
}

Test(live, the_table_has_a_line_for_each_stage)
{
    struct gs_live live = some(3);
    char *text = NULL;
    size_t size = 0;
    stages[1].clip = true;
    stages[2].rms_db = stages[2].hold_db = -144;
    stages[2].gain_db = NAN;
    FILE *to = open_memstream(&text, &size);
    gs_live_table(&live, to);
    fclose(to);
    unsigned lines = 0;
    for (const char *c = text; *c; c++) {
        lines += *c == '\n';
    }
    cr_expect_eq(lines, 5);
    cr_expect(strstr(text, "CLIP"));
    cr_expect_eq(strstr(text, "MODEL ERROR"), NULL);
    cr_expect(strstr(text, "-oo"));
    cr_expect(strstr(text, "+18.0"), "headroom: ceiling 0, held -18");
    free(text);
}

/* ---- scales ---- */

/* Line of the screen on which a word stands at the left, -1: none. */
static int line_of(const struct gs_screen *screen, const char *word)
{
    for (int y = 0; y < screen->height; y++) {
        char text[8] = "";
        size_t n = 0;
        for (int x = 0; x < 12 && n < 7; x++) {
            uint32_t letter = screen->cell[y * screen->width + x].letter;
            if (letter > ' ' && letter < 128) {
                text[n++] = (char)letter;
            } else if (letter > 128) {
                break;
            }
        }
        if (strcmp(text, word) == 0) {
            return y;
        }
    }
    return -1;
}

/* Every reading of every scale is one that the daemon has; marks rise, inside of the scale. */
Test(live, scales_name_readings_that_exist)
{
    for (const struct gs_live_scale *scale = gs_live_scales; scale->key; scale++) {
        cr_expect_geq(gs_reading_find(NULL, scale->bar), 0, "%s: %s", scale->key, scale->bar);
        cr_assert_gt(gs_live_numbers(scale), 0);
        for (int i = 0; i < gs_live_numbers(scale); i++) {
            cr_expect_geq(gs_reading_find(NULL, scale->number[i].reading), 0, "%s: %s", scale->key,
                          scale->number[i].reading);
        }
        double last = -INFINITY;
        for (const struct gs_live_mark *mark = scale->marks; mark->text; mark++) {
            cr_expect_gt(mark->value, last);
            cr_expect_geq(gs_live_way(scale, mark->value), gs_live_way(scale, last));
            last = mark->value;
        }
        cr_expect_eq(gs_live_way(scale, scale->high), 1.0);
        cr_expect_eq(gs_live_way(scale, -144), scale->law == GS_LIVE_LINEAR ? 0.0 : gs_live_way(scale, -144));
    }
    cr_expect_eq(gs_live_scale("ppm"), gs_live_scale("ppm2b"));
    cr_expect_eq(gs_live_scale("lufs")->number[3].ripens, true);
    cr_expect_eq(gs_live_scale("vue"), NULL);
    cr_expect_eq(gs_live_scale("k"), NULL);
}

/* IEC 60268-17: 0 VU at 71 % of the way, -20 at 7 %. PPM type II: marks in equal steps. */
Test(live, marks_stand_where_the_standard_puts_them)
{
    const struct gs_live_scale *vu = gs_live_scale("vu"), *bbc = gs_live_scale("ppm2a");
    cr_expect_float_eq(gs_live_way(vu, 0), 0.708, 0.001);
    cr_expect_float_eq(gs_live_way(vu, -20), 0.0708, 0.0001);
    double step = gs_live_way(bbc, 2) - gs_live_way(bbc, 1);
    for (int mark = 2; mark < 7; mark++) {
        cr_expect_float_eq(gs_live_way(bbc, mark + 1) - gs_live_way(bbc, mark), step, 1e-9);
    }
}

/* A bar ends on the line of the mark that it has reached, on every scale. */
Test(live, bars_reach_their_marks)
{
    struct gs_screen screen = { .colour = true };
    struct gs_live live = some(1);
    cr_assert(gs_screen_resize(&screen, 80, 60));
    for (live.scale = gs_live_scales; live.scale->key; live.scale++) {
        for (const struct gs_live_mark *mark = live.scale->marks; mark->text; mark++) {
            stages[0].scale_now = stages[0].scale_hold = mark->value + 1e-6;
            gs_live_draw(&live, &screen);
            int line = line_of(&screen, mark->text), top = -1;
            int column = bar_column(&screen);
            for (int y = 0; line >= 0 && column >= 0 && y < screen.height && top < 0; y++) {
                uint32_t letter = screen.cell[y * screen.width + column].letter;
                uint8_t style = screen.cell[y * screen.width + column].style;
                bool bar = (letter >= 0x2580 && letter <= 0x2588) || letter == 0x2500 || letter == 0x2594;
                top = bar && style != GS_STYLE_FAINT ? y : -1;
            }
            if (top >= 0) {
                cr_expect_eq(top, line, "%s: mark %s on line %d, bar up to %d", live.scale->key, mark->text,
                             line, top);
            }
        }
        int reference = 0;
        for (const struct gs_live_mark *mark = live.scale->marks; mark->text; mark++) {
            reference += mark->value == live.scale->reference && line_of(&screen, mark->text) >= 0;
        }
        cr_expect(reference == 1 || strcmp(live.scale->key, "ppm1") == 0, "%s", live.scale->key);
    }
    gs_screen_finish(&screen);
}

Test(live, numbers_of_a_scale_and_what_is_not_stable_yet)
{
    struct gs_screen screen = { 0 };
    struct gs_live live = some(2);
    char table[2048];
    live.scale = gs_live_scale("lufs");
    cr_assert(gs_screen_resize(&screen, 80, 30));
    for (int stable = 0; stable < 2; stable++) {
        for (int i = 0; i < 2; i++) {
            static const double numbers[] = { -20.1, -21.2, -23.3, 7.4 };
            memcpy(stages[i].number, numbers, sizeof numbers);
            stages[i].stable = stable;
        }
        gs_live_draw(&live, &screen);
        cr_expect(on_screen(&screen, "-20.1") && on_screen(&screen, "-21.2") && on_screen(&screen, "-23.3"));
        cr_expect_eq(on_screen(&screen, "7.4?"), !stable);
        cr_expect(on_screen(&screen, "LUFS"));
        FILE *to = fmemopen(table, sizeof table, "w");
        gs_live_table(&live, to);
        fclose(to);
        cr_expect_eq(strstr(table, "7.4?") != NULL, !stable, "%s", table);
        cr_expect(strstr(table, "-23.3") && strstr(table, "LRA"), "%s", table);
    }
    gs_screen_finish(&screen);
}

Test(live, every_stage_is_on_a_page_of_every_scale)
{
    for (const struct gs_live_scale *scale = gs_live_scales; scale->key; scale++) {
        static const int sizes[][2] = { { 80, 24 }, { 40, 12 }, { 7, 3 }, { 1, 1 }, { 200, 70 } };
        for (size_t z = 0; z < sizeof sizes / sizeof *sizes; z++) {
            struct gs_screen screen = { 0 };
            struct gs_live live = some(20);
            unsigned found = 0;
            live.scale = scale;
            cr_assert(gs_screen_resize(&screen, sizes[z][0], sizes[z][1]));
            do {
                gs_live_draw(&live, &screen);
                for (size_t i = 0; i < live.n; i++) {
                    char label[32];
                    snprintf(label, sizeof label, "%zu of many", i + 1);
                    found += on_screen(&screen, stages[i].id) || on_screen(&screen, label);
                }
                live.page++;
            } while (live.page < live.pages);
            cr_expect(found == 20 || sizes[z][0] < 40, "%s at %d columns: %u stages", scale->key, sizes[z][0],
                      found);
            gs_screen_finish(&screen);
        }
    }
}
