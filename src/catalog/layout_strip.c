/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands on the pages: strips, sends, and the desk with listen, snapshots and the large buttons. */
#include "catalog/layout_inside.h"

#include <math.h>
#include <stdio.h>

#define ROW_H      30
#define GAP        4
#define METER_W    16
#define FADER_MOST 64

/* TouchOSC writes a number with all its decimals; a level wants one. */
static const char one_decimal[] = "function onReceiveOSC(message)\n"
                                  "  self.values.text = string.format('%.1f', message[2][1].value)\n"
                                  "  return true\n"
                                  "end\n";

static int label(struct gs_layout *layout, int parent, struct gs_frame frame, const char *words, int size,
                 struct gs_colour colour)
{
    int index = gs_layout_add(layout, GS_CONTROL_LABEL, parent, frame, "label", gs_ink_panel);
    gs_layout_words(layout, index, words, size, 9, colour);
    return index;
}

static int button(struct gs_layout *layout, int parent, struct gs_frame frame, const char *words,
                  struct gs_colour colour, unsigned flags)
{
    int index = gs_layout_add(layout, GS_CONTROL_BUTTON, parent, frame, words, colour);
    gs_layout_at(layout, index)->flags |= flags;
    gs_layout_words(layout, index, words, 16, 9, gs_ink_text);
    return index;
}

/* The mark where the ceiling stands is a thin line over the meter; the meter itself only shows. */
static void meter(struct gs_layout *layout, int parent, struct gs_frame frame, const char *id,
                  const char *side, double ceiling_way)
{
    int index = gs_layout_add(layout, GS_CONTROL_FADER, parent, frame, side, gs_ink_meter);
    gs_layout_at(layout, index)->flags |= GS_CONTROL_METER;
    gs_layout_bind(layout, index, 0, "x", false, true, "/stage/%s/meter/%s", id, side);
    if (!isnan(ceiling_way)) {
        int y = frame.y + (int)lround((1.0 - ceiling_way) * (frame.h - 3));
        int mark = gs_layout_add(layout, GS_CONTROL_BOX, parent, (struct gs_frame){ frame.x, y, frame.w, 3 },
                                 "ceiling", gs_ink_clip);
        gs_layout_at(layout, mark)->flags |= GS_CONTROL_DASHED;
    }
}

/* No wider than a thumb needs: a slab of colour says less than a line. */
static int fader(struct gs_layout *layout, int parent, struct gs_frame frame, const char *address)
{
    if (frame.w > FADER_MOST) {
        frame.x += (frame.w - FADER_MOST) / 2;
        frame.w = FADER_MOST;
    }
    int index = gs_layout_add(layout, GS_CONTROL_FADER, parent, frame, "fader", gs_ink_gain);
    gs_layout_bind(layout, index, 0, "x", true, true, "%s", address);
    gs_layout_bind(layout, index, 1, "touch", true, false, "%s/touch", address);
    return index;
}

void gs_layout_strip(struct gs_layout *layout, int parent, struct gs_frame frame,
                     const struct gs_surface_stage *stage)
{
    char address[112];
    int strip = gs_layout_add(layout, GS_CONTROL_GROUP, parent, frame, stage->id, gs_ink_panel);
    int w = frame.w - 2 * GAP, y = GAP;
    label(layout, strip, (struct gs_frame){ GAP, y, w, ROW_H }, stage->label, 17, gs_ink_text);
    y += ROW_H;
    label(layout, strip, (struct gs_frame){ GAP, y, w, 20 }, stage->kind, 12, gs_ink_dim);
    y += 20 + GAP;
    int clip = button(layout, strip, (struct gs_frame){ GAP, y, w, ROW_H }, "clip", gs_ink_clip, 0);
    gs_layout_bind(layout, clip, 0, "x", true, true, "/stage/%s/clip", stage->id)->on_press = true;
    y += ROW_H + GAP;
    int level = label(layout, strip, (struct gs_frame){ GAP, y, w, 22 }, "-144.0", 14, gs_ink_dim);
    gs_layout_bind(layout, level, 0, "text", false, true, "/stage/%s/meter/out/db", stage->id);
    gs_layout_at(layout, level)->script = one_decimal;
    y += 22 + GAP;

    int bottom = frame.h - GAP - ROW_H, rows = stage->can_bypass ? 3 : 2;
    int way_h = bottom - y - (rows - 1) * (ROW_H + GAP) - GAP;
    struct gs_frame way = { GAP + METER_W + GAP, y, w - 2 * (METER_W + GAP), way_h };
    if (stage->has_input) {
        meter(layout, strip, (struct gs_frame){ GAP, y, METER_W, way_h }, stage->id, "in", NAN);
    }
    meter(layout, strip, (struct gs_frame){ GAP + w - METER_W, y, METER_W, way_h }, stage->id, "out",
          stage->ceiling_way);
    if (stage->has_gain) {
        snprintf(address, sizeof address, "/stage/%s/fader", stage->id);
        fader(layout, strip, way, address);
        int text = label(layout, strip, (struct gs_frame){ GAP, y + way_h + GAP, w, ROW_H }, "-00.0 dB", 17,
                         gs_ink_text);
        gs_layout_bind(layout, text, 0, "text", false, true, "/stage/%s/gain/text", stage->id);
    }
    int mute = button(layout, strip, (struct gs_frame){ GAP, bottom, w, ROW_H }, "mute", gs_ink_mute,
                      GS_CONTROL_TOGGLE);
    gs_layout_bind(layout, mute, 0, "x", true, true, "/stage/%s/mute", stage->id);
    if (stage->can_bypass) {
        int bypass = button(layout, strip, (struct gs_frame){ GAP, bottom - ROW_H - GAP, w, ROW_H }, "bypass",
                            gs_ink_bypass, GS_CONTROL_TOGGLE);
        gs_layout_bind(layout, bypass, 0, "x", true, true, "/stage/%s/bypass", stage->id);
    }
}

void gs_layout_send(struct gs_layout *layout, int parent, struct gs_frame frame, const char *bus,
                    const struct gs_surface_send *send)
{
    char address[112];
    int strip = gs_layout_add(layout, GS_CONTROL_GROUP, parent, frame, send->id, gs_ink_panel);
    int w = frame.w - 2 * GAP, bottom = frame.h - GAP - ROW_H, y = GAP + ROW_H + 20 + GAP;
    label(layout, strip, (struct gs_frame){ GAP, GAP, w, ROW_H }, send->label, 17, gs_ink_text);
    label(layout, strip, (struct gs_frame){ GAP, GAP + ROW_H, w, 20 }, "send", 12, gs_ink_dim);
    snprintf(address, sizeof address, "/stage/%s/from/%s/fader", bus, send->id);
    fader(layout, strip,
          (struct gs_frame){ GAP + METER_W, y, w - 2 * METER_W - GAP, bottom - y - ROW_H - 2 * GAP },
          address);
    int text = label(layout, strip, (struct gs_frame){ GAP, bottom - ROW_H - GAP, w, ROW_H }, "-00.0 dB", 17,
                     gs_ink_text);
    gs_layout_bind(layout, text, 0, "text", false, true, "/stage/%s/from/%s/gain/text", bus, send->id);
    meter(layout, strip, (struct gs_frame){ GAP + w - METER_W, y, METER_W, bottom - y - ROW_H - 2 * GAP },
          send->id, "out", NAN);
    int mute = button(layout, strip, (struct gs_frame){ GAP, bottom, w, ROW_H }, "mute", gs_ink_mute,
                      GS_CONTROL_TOGGLE);
    gs_layout_bind(layout, mute, 0, "x", true, true, "/stage/%s/mute", send->id);
}

/* ---- the desk ---- */

#define DESK_COLUMNS 8
#define LISTEN_ROW   5

struct desk {
    struct gs_layout *layout;
    int parent;
    struct gs_frame page;
    int rows;
};

static struct gs_frame cell(const struct desk *desk, int column, int row, int span)
{
    int w = (desk->page.w - 24) / DESK_COLUMNS, h = (desk->page.h - 16) / desk->rows;
    h = h > 64 ? 64 : h;
    return (struct gs_frame){ 12 + column * w, 8 + row * h, span * w - 8, h - 4 };
}

static void heading(const struct desk *desk, int row, const char *words)
{
    int index = label(desk->layout, desk->parent, cell(desk, 0, row, DESK_COLUMNS), words, 15, gs_ink_dim);
    gs_layout_at(desk->layout, index)->flags |= GS_CONTROL_LEFT;
    gs_layout_at(desk->layout, index)->colour = gs_ink_ground;
}

static void desk_button(const struct desk *desk, struct gs_frame frame, const char *words,
                        struct gs_colour colour, bool receive, const char *address)
{
    int index = button(desk->layout, desk->parent, frame, words, colour, 0);
    gs_layout_bind(desk->layout, index, 0, "x", true, receive, "%s", address)->on_press = true;
}

static const struct {
    const char *words, *address;
    int column, span;
} desk_buttons[] = {
    { "undo", "/undo", 0, 1 },
    { "redo", "/redo", 1, 1 },
    { "A / B", "/ab", 2, 2 },
    { "reset clips", "/clip/reset", 4, 2 },
    { "sound on again", "/panic/off", 6, 2 },
};

static void add_snapshots(const struct desk *desk, int row, const char *verb, struct gs_colour colour)
{
    for (int i = 1; i <= DESK_COLUMNS; i++) {
        char words[24], address[64];
        snprintf(words, sizeof words, "%s %d", verb, i);
        snprintf(address, sizeof address, "/snapshot/%s/%d", verb, i);
        desk_button(desk, cell(desk, i - 1, row, 1), words, colour, false, address);
    }
}

void gs_layout_desk(struct gs_layout *layout, int parent, struct gs_frame frame,
                    const struct gs_surface *surface)
{
    int listen_rows = ((int)surface->n_stages + DESK_COLUMNS - 1) / DESK_COLUMNS;
    struct desk desk = { layout, parent, frame, LISTEN_ROW + listen_rows };
    for (int i = 0; i < (int)(sizeof desk_buttons / sizeof *desk_buttons); i++) {
        desk_button(&desk, cell(&desk, desk_buttons[i].column, 0, desk_buttons[i].span),
                    desk_buttons[i].words, gs_ink_line, false, desk_buttons[i].address);
    }
    heading(&desk, 1, "Snapshots: save above, recall below");
    add_snapshots(&desk, 2, "save", gs_ink_line);
    add_snapshots(&desk, 3, "recall", gs_ink_gain);
    heading(&desk, 4, "Listen here");
    for (int i = 0; i < (int)surface->n_stages; i++) {
        char address[112];
        snprintf(address, sizeof address, "/stage/%s/listen", surface->stage[i].id);
        desk_button(&desk, cell(&desk, i % DESK_COLUMNS, LISTEN_ROW + i / DESK_COLUMNS, 1),
                    surface->stage[i].label, gs_ink_listen, true, address);
    }
}
