/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TouchOSC's file format, version 3, as its editor writes it: one zlib stream of XML; properties in
 * alphabetical order, then values, messages and children. Version 3 is the oldest form with all that is
 * needed here, and newer apps open older files. */
#include "catalog/layout.h"

#include <zlib.h>

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const types[] = {
    [GS_CONTROL_GROUP] = "GROUP", [GS_CONTROL_PAGER] = "PAGER",   [GS_CONTROL_BOX] = "BOX",
    [GS_CONTROL_LABEL] = "LABEL", [GS_CONTROL_BUTTON] = "BUTTON", [GS_CONTROL_FADER] = "FADER",
};

/* "]]>" would end a CDATA section: its ">" goes into a new one. */
static void cdata(FILE *to, const char *text)
{
    const char *end;
    fputs("<![CDATA[", to);
    while ((end = strstr(text, "]]>"))) {
        fprintf(to, "%.*s]]><![CDATA[", (int)(end + 2 - text), text);
        text = end + 2;
    }
    fprintf(to, "%s]]>", text);
}

/* ---- properties ---- */

static void open_property(FILE *to, char type, const char *key)
{
    fprintf(to, "<property type='%c'><key>", type);
    cdata(to, key);
    fputs("</key><value>", to);
}

static void number(FILE *to, char type, const char *key, int value)
{
    open_property(to, type, key);
    fprintf(to, "%d</value></property>", value);
}

static void text(FILE *to, const char *key, const char *value)
{
    open_property(to, 's', key);
    cdata(to, value);
    fputs("</value></property>", to);
}

static void colour(FILE *to, const char *key, struct gs_colour c)
{
    open_property(to, 'c', key);
    fprintf(to, "<r>%.3g</r><g>%.3g</g><b>%.3g</b><a>%.3g</a></value></property>", c.r, c.g, c.b, c.a);
}

static void frame(FILE *to, const struct gs_control *c)
{
    open_property(to, 'r', "frame");
    fprintf(to, "<x>%d</x><y>%d</y><w>%d</w><h>%d</h></value></property>", c->x, c->y, c->w, c->h);
}

static bool is_page(const struct gs_layout *layout, const struct gs_control *c)
{
    return c->parent >= 0 && layout->control[c->parent].type == GS_CONTROL_PAGER;
}

/* Keys up to "outlineStyle" that stand between "color" and the type's own ones differ by type: each line below
 * keeps the alphabet. A button shows its words through a label of its own (see write_words). */
static void write_properties(FILE *to, const struct gs_layout *layout, const struct gs_control *c)
{
    bool meter = c->flags & GS_CONTROL_METER, fader = c->type == GS_CONTROL_FADER;
    bool label = c->type == GS_CONTROL_LABEL, button = c->type == GS_CONTROL_BUTTON,
         pager = c->type == GS_CONTROL_PAGER;
    bool touched = button || pager || c->type == GS_CONTROL_GROUP || (fader && !meter);
    fputs("<properties>", to);
    number(to, 'b', "background", 1);
    if (fader) {
        number(to, 'b', "bar", 1);
        number(to, 'i', "barDisplay", 0);
    }
    if (button) {
        number(to, 'i', "buttonType", c->flags & GS_CONTROL_TOGGLE ? 2 : 0);
    }
    colour(to, "color", c->colour);
    open_property(to, 'f', "cornerRadius");
    fprintf(to, "%d</value></property>", c->type == GS_CONTROL_BOX ? 0 : 4);
    if (fader) {
        number(to, 'b', "cursor", !meter);
        number(to, 'i', "cursorDisplay", 0);
    }
    if (label) {
        number(to, 'i', "font", 0);
    }
    frame(to, c);
    number(to, 'b', "grabFocus", touched && c->type != GS_CONTROL_GROUP);
    if (fader) {
        number(to, 'b', "grid", !meter);
        number(to, 'i', "gridSteps", 9);
    }
    number(to, 'b', "interactive", touched);
    number(to, 'b', "locked", 0);
    text(to, "name", c->name);
    number(to, 'i', "orientation", 0);
    number(to, 'b', "outline", c->type != GS_CONTROL_BOX && c->type != GS_CONTROL_GROUP && !label);
    number(to, 'i', "outlineStyle", 0);
    number(to, 'i', "pointerPriority", 0);
    if (button) {
        number(to, 'b', "press", 1);
        number(to, 'b', "release", 1);
    }
    if (fader) {
        number(to, 'i', "response", meter ? 0 : 1); /* relative: a touch never makes the level jump */
        number(to, 'i', "responseFactor", 100);
    }
    if (c->script) {
        text(to, "script", c->script);
    }
    number(to, 'i', "shape", 1);
    if (is_page(layout, c)) {
        colour(to, "tabColorOff", layout->control[c->parent].colour);
        colour(to, "tabColorOn", (struct gs_colour){ 0.30, 0.58, 0.98, 1 });
        text(to, "tabLabel", c->text);
    }
    if (pager) {
        number(to, 'b', "tabLabels", 1);
        number(to, 'b', "tabbar", 1);
        number(to, 'b', "tabbarDoubleTap", 0);
        number(to, 'i', "tabbarSize", GS_LAYOUT_TAB_H);
    }
    if (label) {
        number(to, 'i', "textAlignH", c->flags & GS_CONTROL_LEFT ? 1 : 2);
        number(to, 'i', "textAlignV", 2);
        number(to, 'b', "textClip", 1);
        colour(to, "textColor", c->text_colour);
    }
    if (is_page(layout, c)) {
        colour(to, "textColorOff", (struct gs_colour){ 0.95, 0.96, 0.98, 1 });
        colour(to, "textColorOn", (struct gs_colour){ 1, 1, 1, 1 });
    }
    if (label) {
        number(to, 'i', "textLength", 0);
        number(to, 'i', "textSize", c->text_size);
    }
    if (pager) {
        number(to, 'i', "textSizeOff", 16);
        number(to, 'i', "textSizeOn", 16);
    }
    if (button) {
        number(to, 'b', "valuePosition", 0);
    }
    number(to, 'b', "visible", 1);
    fputs("</properties>", to);
}

/* ---- values and messages ---- */

static void value(FILE *to, const char *key, const char *initial)
{
    fputs("<value><key>", to);
    cdata(to, key);
    fputs("</key><locked>0</locked><lockedDefaultCurrent>0</lockedDefaultCurrent><default>", to);
    cdata(to, initial);
    fputs("</default><defaultPull>0</defaultPull></value>", to);
}

static void write_values(FILE *to, const struct gs_control *c)
{
    fputs("<values>", to);
    if (c->type == GS_CONTROL_PAGER) {
        value(to, "page", "0");
    }
    if (c->type == GS_CONTROL_LABEL) {
        value(to, "text", c->text);
    }
    value(to, "touch", "false");
    if (c->type == GS_CONTROL_FADER || c->type == GS_CONTROL_BUTTON) {
        value(to, "x", "0");
    }
    fputs("</values>", to);
}

static void partial(FILE *to, const char *type, const char *conversion, const char *words)
{
    fprintf(to, "<partial><type>%s</type><conversion>%s</conversion><value>", type, conversion);
    cdata(to, words);
    fputs("</value><scaleMin>0</scaleMin><scaleMax>1</scaleMax></partial>", to);
}

static void write_message(FILE *to, const struct gs_control_message *m)
{
    fprintf(to,
            "<osc><enabled>1</enabled><send>%d</send><receive>%d</receive><feedback>0</feedback>"
            "<connections>00001</connections><triggers>",
            m->send, m->receive);
    fputs("<trigger><var>", to);
    cdata(to, m->value);
    fprintf(to, "</var><condition>%s</condition></trigger></triggers><path>", m->on_press ? "RISE" : "ANY");
    partial(to, "CONSTANT", "STRING", m->address);
    fputs("</path><arguments>", to);
    for (unsigned i = 0; i < m->n_constants; i++) {
        char words[16];
        snprintf(words, sizeof words, "%d", m->constant[i]);
        partial(to, "CONSTANT", "INTEGER", words);
    }
    if (!m->n_constants) {
        partial(to, "VALUE", m->text ? "STRING" : "FLOAT", m->value);
    }
    fputs("</arguments></osc>", to);
}

static void write_messages(FILE *to, const struct gs_control *c)
{
    if (!c->message[0].value) {
        return;
    }
    fputs("<messages>", to);
    for (unsigned i = 0; i < 2; i++) {
        if (c->message[i].value) {
            write_message(to, &c->message[i]);
        }
    }
    fputs("</messages>", to);
}

/* ---- nodes ---- */

/* The same layout gives the same file: names of nodes are hashed from their number. */
static void write_uuid(FILE *to, uint64_t number)
{
    uint64_t bits[2];
    for (unsigned i = 0; i < 2; i++) {
        uint64_t z = (2 * number + i + 1) * 0x9E3779B97F4A7C15u; /* splitmix64 */
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        bits[i] = z ^ (z >> 31);
    }
    fprintf(to, "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-8%03" PRIx64 "-%012" PRIx64, bits[0] >> 32,
            (bits[0] >> 16) & 0xFFFF, bits[0] & 0xFFF, (bits[1] >> 48) & 0xFFF, bits[1] & 0xFFFFFFFFFFFF);
}

static void open_node(FILE *to, uint64_t number_of, const char *type)
{
    fputs("<node ID='", to);
    write_uuid(to, number_of);
    fprintf(to, "' type='%s'>", type);
}

/* TouchOSC's buttons bear no words: a label of the same frame lies over them, deaf to fingers. */
static void write_words(FILE *to, const struct gs_layout *layout, size_t i)
{
    struct gs_control words = layout->control[i];
    words.type = GS_CONTROL_LABEL;
    words.colour.a = 0;
    words.script = NULL;
    snprintf(words.name, sizeof words.name, "words");
    open_node(to, layout->n + i, "LABEL");
    write_properties(to, layout, &words);
    write_values(to, &words);
    fputs("</node>", to);
}

static void write_node(FILE *to, const struct gs_layout *layout, size_t i)
{
    const struct gs_control *c = &layout->control[i];
    bool parent = c->type == GS_CONTROL_GROUP || c->type == GS_CONTROL_PAGER;
    open_node(to, i, types[c->type]);
    write_properties(to, layout, c);
    write_values(to, c);
    write_messages(to, c);
    if (parent) {
        fputs("<children>", to);
        for (size_t k = i + 1; k < layout->n; k++) {
            if (layout->control[k].parent == (int)i) {
                write_node(to, layout, k);
            }
        }
        fputs("</children>", to);
    }
    fputs("</node>", to);
    if (c->type == GS_CONTROL_BUTTON && *c->text) {
        write_words(to, layout, i);
    }
}

char *gs_layout_xml(const struct gs_layout *layout)
{
    char *xml = NULL;
    size_t size;
    FILE *to = open_memstream(&xml, &size);
    if (!to) {
        return NULL;
    }
    fputs("<?xml version='1.0' encoding='UTF-8'?><lexml version='3'>", to);
    write_node(to, layout, 0);
    fputs("</lexml>", to);
    bool whole = !ferror(to);
    if (fclose(to) || !whole) {
        free(xml);
        return NULL;
    }
    return xml;
}

enum gs_status gs_layout_tosc(const struct gs_layout *layout, unsigned char **bytes, size_t *size)
{
    char *xml = gs_layout_xml(layout);
    if (!xml) {
        return GS_E_MEMORY;
    }
    uLongf room = compressBound(strlen(xml));
    *bytes = malloc(room);
    int failed =
        !*bytes || compress2(*bytes, &room, (const Bytef *)xml, strlen(xml), Z_DEFAULT_COMPRESSION) != Z_OK;
    free(xml);
    if (failed) {
        free(*bytes);
        return GS_E_MEMORY;
    }
    *size = room;
    return GS_OK;
}
