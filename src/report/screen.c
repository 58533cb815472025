/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See screen.h. Colours are of the 256-colour cube, so that they look alike whatever palette the terminal has. */
#include "report/screen.h"

#include <stdlib.h>
#include <string.h>

#define ELLIPSIS 0x2026

static const struct {
    unsigned colour;   /* of the 256; 0: the terminal's own */
    const char *plain; /* SGR where there are no colours */
    bool bold;
} styles[GS_STYLES] = {
    [GS_STYLE_PLAIN] = { 0, "", false },      [GS_STYLE_DIM] = { 246, "", false },
    [GS_STYLE_FAINT] = { 239, "2", false },   [GS_STYLE_BOLD] = { 255, "1", true },
    [GS_STYLE_GOOD] = { 72, "", false },      [GS_STYLE_LOW] = { 179, "", false },
    [GS_STYLE_OVER] = { 167, "1", false },    [GS_STYLE_GOOD_DARK] = { 23, "2", false },
    [GS_STYLE_LOW_DARK] = { 94, "2", false }, [GS_STYLE_OVER_DARK] = { 88, "2", false },
    [GS_STYLE_LAMP] = { 231, "1;7", true },
};

#define LAMP_GROUND 160

bool gs_screen_resize(struct gs_screen *screen, int width, int height)
{
    size_t n = (size_t)width * (size_t)height;
    struct gs_cell *cell = calloc(n ? n : 1, sizeof *cell), *shown = calloc(n ? n : 1, sizeof *shown);
    if (!cell || !shown) {
        free(cell);
        free(shown);
        return false;
    }
    gs_screen_finish(screen);
    screen->width = width;
    screen->height = height;
    screen->cell = cell;
    screen->shown = shown;
    screen->stale = true;
    return true;
}

void gs_screen_finish(struct gs_screen *screen)
{
    free(screen->cell);
    free(screen->shown);
    screen->cell = screen->shown = NULL;
}

void gs_screen_clear(struct gs_screen *screen)
{
    memset(screen->cell, 0, (size_t)screen->width * (size_t)screen->height * sizeof *screen->cell);
}

static struct gs_cell *cell_at(struct gs_screen *screen, int x, int y)
{
    bool inside = x >= 0 && y >= 0 && x < screen->width && y < screen->height;
    return inside ? &screen->cell[y * screen->width + x] : NULL;
}

void gs_screen_put(struct gs_screen *screen, int x, int y, uint32_t letter, enum gs_style style)
{
    struct gs_cell *cell = cell_at(screen, x, y);
    if (cell) {
        cell->letter = letter;
        cell->style = (uint8_t)style;
    }
}

void gs_screen_ground(struct gs_screen *screen, int x, int y, enum gs_style ground)
{
    struct gs_cell *cell = cell_at(screen, x, y);
    if (cell) {
        cell->ground = (uint8_t)ground;
    }
}

/* The next code point; a broken sequence counts as one question mark. Control letters never reach a terminal. */
static uint32_t next_letter(const char **at)
{
    const unsigned char *c = (const unsigned char *)*at;
    unsigned more = *c >= 0xf0 ? 3 : *c >= 0xe0 ? 2 : *c >= 0xc0 ? 1 : 0;
    uint32_t letter = more == 3 ? *c & 7u : more == 2 ? *c & 15u : more == 1 ? *c & 31u : *c;
    for (unsigned i = 1; i <= more; i++) {
        if ((c[i] & 0xc0) != 0x80) {
            *at += 1;
            return '?';
        }
        letter = letter << 6 | (c[i] & 63u);
    }
    *at += more + 1;
    return letter < 32 || (letter >= 127 && letter < 160) ? '?' : letter;
}

int gs_screen_columns(const char *text)
{
    int n = 0;
    while (*text) {
        next_letter(&text);
        n++;
    }
    return n;
}

void gs_screen_text(struct gs_screen *screen, int x, int y, int width, int align, enum gs_style style,
                    const char *text)
{
    int columns = gs_screen_columns(text);
    if (width <= 0) {
        return;
    }
    if (columns < width) {
        x += align > 0 ? width - columns : align == 0 ? (width - columns + 1) / 2 : 0;
    }
    for (int i = 0; *text && i < width; i++) {
        uint32_t letter = next_letter(&text);
        bool cut = i == width - 1 && *text;
        gs_screen_put(screen, x + i, y, cut ? ELLIPSIS : letter, style);
    }
}

static void print_letter(uint32_t letter, FILE *to)
{
    if (letter < 0x80) {
        fputc(letter ? (int)letter : ' ', to);
    } else if (letter < 0x800) {
        fputc((int)(0xc0 | letter >> 6), to);
        fputc((int)(0x80 | (letter & 63)), to);
    } else if (letter < 0x10000) {
        fputc((int)(0xe0 | letter >> 12), to);
        fputc((int)(0x80 | (letter >> 6 & 63)), to);
        fputc((int)(0x80 | (letter & 63)), to);
    } else {
        fputc((int)(0xf0 | letter >> 18), to);
        fputc((int)(0x80 | (letter >> 12 & 63)), to);
        fputc((int)(0x80 | (letter >> 6 & 63)), to);
        fputc((int)(0x80 | (letter & 63)), to);
    }
}

static void print_style(const struct gs_screen *screen, const struct gs_cell *cell, FILE *to)
{
    if (!screen->colour) {
        const char *sgr = styles[cell->style].plain;
        fprintf(to, "\033[0%s%sm", *sgr ? ";" : "", sgr);
        return;
    }
    unsigned ground = cell->style == GS_STYLE_LAMP ? LAMP_GROUND : styles[cell->ground].colour;
    fprintf(to, "\033[0%s", styles[cell->style].bold ? ";1" : "");
    if (styles[cell->style].colour) {
        fprintf(to, ";38;5;%u", styles[cell->style].colour);
    }
    if (ground) {
        fprintf(to, ";48;5;%u", ground);
    }
    fputc('m', to);
}

void gs_screen_print(struct gs_screen *screen, FILE *to)
{
    const struct gs_cell *last = NULL;
    int at = -1;
    if (screen->stale) {
        fputs("\033[0m\033[2J", to);
        memset(screen->shown, 0, (size_t)screen->width * (size_t)screen->height * sizeof *screen->shown);
        screen->stale = false;
    }
    for (int i = 0; i < screen->width * screen->height; i++) {
        const struct gs_cell *cell = &screen->cell[i];
        if (memcmp(cell, &screen->shown[i], sizeof *cell) == 0) {
            continue;
        }
        if (at != i) {
            fprintf(to, "\033[%d;%dH", i / screen->width + 1, i % screen->width + 1);
        }
        if (!last || last->style != cell->style || last->ground != cell->ground) {
            print_style(screen, cell, to);
        }
        print_letter(cell->letter, to);
        screen->shown[i] = *cell;
        last = &screen->cell[i];
        /* Behind the last column the cursor is nowhere that all terminals agree on. */
        at = (i + 1) % screen->width ? i + 1 : -1;
    }
    if (last) {
        fputs("\033[0m", to);
    }
}
