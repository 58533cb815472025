/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See layout.h: the list of controls, the bar above and the pages below it. */
#include "catalog/layout_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAR_H 56

#define STRIP_LEAST 92 /* a thumb and two meters */
#define STRIP_MOST  168
#define PAGE_STRIPS 12

const struct gs_colour gs_ink_ground = { 0.07, 0.08, 0.10, 1 }, gs_ink_panel = { 0.13, 0.14, 0.17, 1 },
                       gs_ink_line = { 0.30, 0.32, 0.37, 1 }, gs_ink_text = { 0.95, 0.96, 0.98, 1 },
                       gs_ink_dim = { 0.66, 0.69, 0.75, 1 }, gs_ink_gain = { 0.30, 0.58, 0.98, 1 },
                       gs_ink_meter = { 0.25, 0.75, 0.45, 1 }, gs_ink_mute = { 0.90, 0.35, 0.30, 1 },
                       gs_ink_bypass = { 0.93, 0.66, 0.20, 1 }, gs_ink_clip = { 1.00, 0.16, 0.16, 1 },
                       gs_ink_listen = { 0.62, 0.47, 0.95, 1 };

/* ---- the list ---- */

int gs_layout_add(struct gs_layout *layout, enum gs_control_type type, int parent, struct gs_frame frame,
                  const char *name, struct gs_colour colour)
{
    if (layout->n == layout->room) {
        size_t room = layout->room ? 2 * layout->room : 256;
        struct gs_control *grown = realloc(layout->control, room * sizeof *grown);
        if (!grown) {
            layout->failed = true;
            return 0; /* the root: whatever is written there is thrown away with the rest */
        }
        layout->control = grown;
        layout->room = room;
    }
    struct gs_control *control = &layout->control[layout->n];
    *control = (struct gs_control){ .type = type,
                                    .parent = parent,
                                    .x = frame.x,
                                    .y = frame.y,
                                    .w = frame.w,
                                    .h = frame.h,
                                    .text_size = 14,
                                    .colour = colour,
                                    .text_colour = gs_ink_text };
    snprintf(control->name, sizeof control->name, "%s", name);
    return (int)layout->n++;
}

struct gs_control *gs_layout_at(struct gs_layout *layout, int index)
{
    return &layout->control[index];
}

struct gs_control_message *gs_layout_bind(struct gs_layout *layout, int index, unsigned slot,
                                          const char *value, bool send, bool receive, const char *format, ...)
{
    struct gs_control_message *message = &layout->control[index].message[slot];
    *message = (struct gs_control_message){ .value = value, .send = send, .receive = receive };
    message->text = strcmp(value, "text") == 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message->address, sizeof message->address, format, arguments);
    va_end(arguments);
    return message;
}

/* Mean widths of a common sans serif, in parts of the size; wide and narrow letters apart. */
double gs_layout_text_width(const char *text, int size)
{
    double width = 0;
    for (; *text; text++) {
        if (((unsigned char)*text & 0xC0) == 0x80) {
            continue; /* inside a character */
        }
        width += strchr("MWmw@%", *text)                 ? 0.90
                 : strchr("iljtfI.,:;|!'()[]/ -", *text) ? 0.36
                 : *text >= 'A' && *text <= 'Z'          ? 0.70
                                                         : 0.60;
    }
    return width * size;
}

static void cut_to(char *text, int size, double room)
{
    size_t length = strlen(text);
    while (length > 1 && gs_layout_text_width(text, size) > room) {
        do {
            length--;
        } while (length > 1 && ((unsigned char)text[length] & 0xC0) == 0x80);
        text[length] = '\0';
    }
}

void gs_layout_words(struct gs_layout *layout, int index, const char *words, int size, int least,
                     struct gs_colour colour)
{
    struct gs_control *control = &layout->control[index];
    double room = control->w - 6;
    while (size > least && gs_layout_text_width(words, size) > room) {
        size--;
    }
    snprintf(control->text, sizeof control->text, "%s", words);
    cut_to(control->text, size, room);
    control->text_size = size;
    control->text_colour = colour;
}

/* ---- bar and pages ---- */

static void add_button_bar(struct gs_layout *layout, const struct gs_surface *surface)
{
    int w = (int)surface->width, button = w / 6 > 150 ? 150 : w / 6;
    int bar =
        gs_layout_add(layout, GS_CONTROL_GROUP, 0, (struct gs_frame){ 0, 0, w, BAR_H }, "bar", gs_ink_panel);
    int title =
        gs_layout_add(layout, GS_CONTROL_LABEL, bar,
                      (struct gs_frame){ 12, 8, w - 2 * button - 48, BAR_H - 16 }, "title", gs_ink_panel);
    layout->control[title].flags |= GS_CONTROL_LEFT;
    gs_layout_words(layout, title, surface->name, 24, 12, gs_ink_text);
    gs_layout_bind(layout, title, 0, "text", false, true, "/chain/name");
    int panic =
        gs_layout_add(layout, GS_CONTROL_BUTTON, bar,
                      (struct gs_frame){ w - 2 * button - 24, 6, button, BAR_H - 12 }, "panic", gs_ink_clip);
    gs_layout_words(layout, panic, "PANIC", 20, 10, gs_ink_text);
    gs_layout_bind(layout, panic, 0, "x", true, false, "/panic")->on_press = true;
    int connect =
        gs_layout_add(layout, GS_CONTROL_BUTTON, bar,
                      (struct gs_frame){ w - button - 12, 6, button, BAR_H - 12 }, "connect", gs_ink_gain);
    gs_layout_words(layout, connect, "CONNECT", 20, 10, gs_ink_text);
    struct gs_control_message *message = gs_layout_bind(layout, connect, 0, "x", true, false, "/subscribe");
    message->on_press = true;
    /* reply port, a lease of 30 s that the script renews, 20 meter packets a second, values + meters + texts + ids */
    int constants[4] = { (int)surface->reply_port, 30, 20, 1 + 2 + 4 + 8 };
    memcpy(message->constant, constants, sizeof constants);
    message->n_constants = 4;
}

static int add_page(struct gs_layout *layout, int pager, struct gs_frame page, const char *tab)
{
    int index = gs_layout_add(layout, GS_CONTROL_GROUP, pager, page, tab, gs_ink_ground);
    snprintf(layout->control[index].text, sizeof layout->control[index].text, "%s", tab);
    return index;
}

static size_t strips_a_page(unsigned width, size_t n)
{
    size_t fit = width / STRIP_LEAST;
    fit = fit < 1 ? 1 : fit > PAGE_STRIPS ? PAGE_STRIPS : fit;
    size_t pages = (n + fit - 1) / fit;
    return (n + pages - 1) / pages; /* pages equally full: better than one with a single strip */
}

/* Frame of strip i of n in a page, centred when the strips are fewer than the page is wide. */
static struct gs_frame strip_frame(struct gs_frame page, size_t i, size_t n)
{
    int pitch = page.w / (int)n > STRIP_MOST ? STRIP_MOST : page.w / (int)n;
    int left = (page.w - pitch * (int)n) / 2;
    return (struct gs_frame){ left + (int)i * pitch + 3, 6, pitch - 6, page.h - 12 };
}

static void add_strip_pages(struct gs_layout *layout, int pager, struct gs_frame page,
                            const struct gs_surface *surface)
{
    size_t each = strips_a_page(surface->width, surface->n_stages);
    for (size_t first = 0; first < surface->n_stages; first += each) {
        size_t end = first + each < surface->n_stages ? first + each : surface->n_stages;
        char tab[32];
        snprintf(tab, sizeof tab, "%zu-%zu", first + 1, end);
        int index = add_page(layout, pager, page, tab);
        for (size_t i = first; i < end; i++) {
            gs_layout_strip(layout, index, strip_frame(page, i - first, each), &surface->stage[i]);
        }
    }
}

static void add_bus_pages(struct gs_layout *layout, int pager, struct gs_frame page,
                          const struct gs_surface *surface)
{
    for (size_t b = 0; b < surface->n_stages; b++) {
        const struct gs_surface_stage *bus = &surface->stage[b];
        if (bus->n_sends < 2) {
            continue; /* nothing to balance */
        }
        size_t each = strips_a_page(surface->width, bus->n_sends + 1);
        for (size_t first = 0; first < bus->n_sends; first += each - 1) {
            size_t end = first + each - 1 < bus->n_sends ? first + each - 1 : bus->n_sends;
            int index = add_page(layout, pager, page, bus->id);
            for (size_t i = first; i < end; i++) {
                gs_layout_send(layout, index, strip_frame(page, i - first, each), bus->id, &bus->sends[i]);
            }
            gs_layout_strip(layout, index, strip_frame(page, each - 1, each), bus);
        }
    }
}

/* CONNECT starts the subscription; this keeps it alive as long as the layout is open. */
static const char keep_alive[] = "local last = 0\n"
                                 "function update()\n"
                                 "  local now = getMillis()\n"
                                 "  if now - last > 8000 then\n"
                                 "    last = now\n"
                                 "    sendOSC('/renew')\n"
                                 "  end\n"
                                 "end\n";

enum gs_status gs_layout_build(struct gs_layout *layout, const struct gs_surface *surface,
                               struct gs_error *error)
{
    *layout = (struct gs_layout){ 0 };
    if (surface->width < 320 || surface->height < 240 || surface->width > 8192 || surface->height > 8192 ||
        !surface->n_stages) {
        return gs_fail(error, GS_E_RANGE, "",
                       "a layout of %ux%u for %zu stages: expected 320x240 to 8192x8192, and a stage",
                       surface->width, surface->height, surface->n_stages);
    }
    int w = (int)surface->width, h = (int)surface->height;
    gs_layout_add(layout, GS_CONTROL_GROUP, -1, (struct gs_frame){ 0, 0, w, h }, "gainstage", gs_ink_ground);
    if (layout->failed) {
        return gs_fail(error, GS_E_MEMORY, "", "no memory for the layout");
    }
    layout->control[0].script = keep_alive;
    add_button_bar(layout, surface);
    int pager = gs_layout_add(layout, GS_CONTROL_PAGER, 0, (struct gs_frame){ 0, BAR_H, w, h - BAR_H },
                              "pages", gs_ink_ground);
    struct gs_frame page = { 0, GS_LAYOUT_TAB_H, w, h - BAR_H - GS_LAYOUT_TAB_H };
    add_strip_pages(layout, pager, page, surface);
    add_bus_pages(layout, pager, page, surface);
    int desk = add_page(layout, pager, page, "desk");
    gs_layout_desk(layout, desk, page, surface);
    if (layout->failed) {
        gs_layout_finish(layout);
        return gs_fail(error, GS_E_MEMORY, "", "no memory for the layout");
    }
    return GS_OK;
}

void gs_layout_finish(struct gs_layout *layout)
{
    free(layout->control);
    *layout = (struct gs_layout){ 0 };
}
