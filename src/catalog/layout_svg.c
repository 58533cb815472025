/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The surface as a picture, drawn from the same controls: each page as its own screen, one below another. */
#include "catalog/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN 16

static void escape(FILE *to, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", to);
            break;
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        default:
            fputc(*text, to);
        }
    }
}

static int channel(double x)
{
    return (int)(x * 255.0 + 0.5);
}

static void box(FILE *to, struct gs_colour c, double opacity, double x, double y, double w, double h,
                double round)
{
    fprintf(to,
            "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' rx='%.1f' fill='#%02x%02x%02x' "
            "fill-opacity='%.2f'/>\n",
            x, y, w, h, round, channel(c.r), channel(c.g), channel(c.b), opacity * c.a);
}

static void words(FILE *to, const struct gs_control *c, double x, double y)
{
    bool left = c->flags & GS_CONTROL_LEFT;
    fprintf(to, "<text x='%.1f' y='%.1f' font-size='%d' text-anchor='%s' fill='#%02x%02x%02x'>",
            left ? x + 4 : x + c->w / 2.0, y + c->h / 2.0 + c->text_size * 0.35, c->text_size,
            left ? "start" : "middle", channel(c->text_colour.r), channel(c->text_colour.g),
            channel(c->text_colour.b));
    escape(to, c->text);
    fputs("</text>\n", to);
}

/* A fader as it lies at rest at 0 dB, a meter at -20 dBFS: a picture wants something to show. */
static void slider(FILE *to, const struct gs_control *c, double x, double y)
{
    double way = c->flags & GS_CONTROL_METER ? 0.5 : 0.75;
    box(to, c->colour, 0.15, x, y, c->w, c->h, 4);
    box(to, c->colour, 0.75, x, y + (1 - way) * c->h, c->w, way * c->h, 4);
    if (!(c->flags & GS_CONTROL_METER)) {
        box(to, c->text_colour, 1, x, y + (1 - way) * c->h - 4, c->w, 8, 3);
    }
}

static void draw(FILE *to, const struct gs_control *c, double x, double y)
{
    switch (c->type) {
    case GS_CONTROL_FADER:
        slider(to, c, x, y);
        break;
    case GS_CONTROL_BUTTON:
        box(to, c->colour, 0.35, x, y, c->w, c->h, 6);
        words(to, c, x, y);
        break;
    case GS_CONTROL_LABEL:
        words(to, c, x, y);
        break;
    case GS_CONTROL_PAGER:
        break;
    default:
        box(to, c->colour, 1, x, y, c->w, c->h, c->type == GS_CONTROL_BOX ? 0 : 6);
    }
}

static void draw_tree(FILE *to, const struct gs_layout *layout, size_t i, double x, double y)
{
    const struct gs_control *c = &layout->control[i];
    draw(to, c, x + c->x, y + c->y);
    for (size_t k = i + 1; k < layout->n; k++) {
        if (layout->control[k].parent == (int)i) {
            draw_tree(to, layout, k, x + c->x, y + c->y);
        }
    }
}

static int pager_of(const struct gs_layout *layout)
{
    for (size_t i = 0; i < layout->n; i++) {
        if (layout->control[i].type == GS_CONTROL_PAGER) {
            return (int)i;
        }
    }
    return -1;
}

static void draw_tabs(FILE *to, const struct gs_layout *layout, int pager, size_t open, double x, double y)
{
    unsigned pages = 0, at = 0;
    for (size_t i = 0; i < layout->n; i++) {
        pages += layout->control[i].parent == pager;
    }
    double w = (double)layout->control[pager].w / pages;
    for (size_t i = 0; i < layout->n; i++) {
        if (layout->control[i].parent != pager) {
            continue;
        }
        struct gs_control tab = layout->control[i];
        tab.w = (int)w;
        tab.h = GS_LAYOUT_TAB_H;
        tab.text_size = 16;
        box(to,
            i == open ? (struct gs_colour){ 0.30, 0.58, 0.98, 1 } : (struct gs_colour){ 0.13, 0.14, 0.17, 1 },
            1, x + at * w + 1, y, w - 2, GS_LAYOUT_TAB_H - 2, 4);
        words(to, &tab, x + at * w, y);
        at++;
    }
}

static void draw_page(FILE *to, const struct gs_layout *layout, int pager, size_t page, double y)
{
    const struct gs_control *root = &layout->control[0], *tabs = &layout->control[pager];
    box(to, root->colour, 1, MARGIN, y, root->w, root->h, 10);
    for (size_t i = 1; i < layout->n; i++) {
        if (layout->control[i].parent == 0 && (int)i != pager) {
            draw_tree(to, layout, i, MARGIN, y);
        }
    }
    draw_tabs(to, layout, pager, page, MARGIN + tabs->x, y + tabs->y);
    draw_tree(to, layout, page, MARGIN + tabs->x, y + tabs->y);
}

char *gs_layout_svg(const struct gs_layout *layout)
{
    char *svg = NULL;
    size_t size;
    FILE *to = open_memstream(&svg, &size);
    int pager = pager_of(layout), pages = 0;
    if (!to || pager < 0) {
        return NULL;
    }
    for (size_t i = 0; i < layout->n; i++) {
        pages += layout->control[i].parent == pager;
    }
    int w = layout->control[0].w + 2 * MARGIN, h = pages * (layout->control[0].h + MARGIN) + MARGIN;
    fprintf(to,
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d' "
            "font-family='DejaVu Sans, Helvetica, Arial, sans-serif'>\n",
            w, h, w, h);
    double y = MARGIN;
    for (size_t i = 0; i < layout->n; i++) {
        if (layout->control[i].parent == pager) {
            draw_page(to, layout, pager, i, y);
            y += layout->control[0].h + MARGIN;
        }
    }
    fputs("</svg>\n", to);
    return fclose(to) ? free(svg), NULL : svg;
}
