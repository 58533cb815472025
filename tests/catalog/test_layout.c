/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The control surface as a model and as TouchOSC's file, for chains of 1 to 40 stages on four screens: inside
 * its screen, nothing over anything else, every text in its frame, every control large enough for a finger;
 * and the file has the form of those that TouchOSC's editor writes. */
#include "../support/tosc_reader.h"
#include "catalog/layout.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 40

static const size_t counts[] = { 1, 5, 12, 40 };
static const unsigned screens[][2] = { { 1024, 768 }, { 844, 390 }, { 1280, 800 }, { 390, 844 } };

struct made {
    struct gs_surface surface;
    struct gs_surface_stage stage[MOST];
    struct gs_surface_send send[MOST];
    char id[MOST][32], label[MOST][64];
    struct gs_layout layout;
};

static void make(struct made *m, size_t n, unsigned w, unsigned h)
{
    m->surface =
        (struct gs_surface){ .name = "A chain with <odd> & \"long\" names ]]> that goes on and on and on",
                             .stage = m->stage,
                             .n_stages = n,
                             .width = w,
                             .height = h,
                             .host_port = 7770,
                             .reply_port = 9000 };
    for (size_t i = 0; i < n; i++) {
        snprintf(m->id[i], sizeof m->id[i], "stage-%zu", i + 1);
        snprintf(m->label[i], sizeof m->label[i],
                 i % 3 ? "Stage %zu" : "A very long label of stage number %zu", i + 1);
        m->send[i] = (struct gs_surface_send){ m->id[i], m->label[i] };
        bool bus = i > 1 && i == n - 1;
        m->stage[i] = (struct gs_surface_stage){ .id = m->id[i],
                                                 .label = m->label[i],
                                                 .kind = "Preamp",
                                                 .has_gain = i % 4 != 3,
                                                 .can_bypass = i % 2,
                                                 .has_input = i > 0,
                                                 .ceiling_way = i % 2 ? 0.9 : NAN,
                                                 .sends = bus ? m->send : NULL,
                                                 .n_sends = bus ? n - 1 : 0 };
    }
    struct gs_error error;
    cr_assert_eq(gs_layout_build(&m->layout, &m->surface, &error), GS_OK, "%s", error.text);
}

static bool over(const struct gs_control *a, const struct gs_control *b)
{
    return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h;
}

/* Pages lie over each other, one at a time seen; a ceiling mark belongs on its meter. */
static bool may_overlap(const struct gs_layout *layout, const struct gs_control *a,
                        const struct gs_control *b)
{
    return layout->control[a->parent].type == GS_CONTROL_PAGER || ((a->flags | b->flags) & GS_CONTROL_DASHED);
}

static void check_frames(const struct gs_layout *layout)
{
    for (size_t i = 1; i < layout->n; i++) {
        const struct gs_control *c = &layout->control[i], *parent = &layout->control[c->parent];
        cr_assert(c->w > 0 && c->h > 0, "%s of %s has no size: %dx%d", c->name, parent->name, c->w, c->h);
        cr_assert(c->x >= 0 && c->y >= 0 && c->x + c->w <= parent->w && c->y + c->h <= parent->h,
                  "%s leaves %s: %d,%d %dx%d in %dx%d", c->name, parent->name, c->x, c->y, c->w, c->h,
                  parent->w, parent->h);
        for (size_t k = i + 1; k < layout->n; k++) {
            const struct gs_control *other = &layout->control[k];
            if (other->parent == c->parent && !may_overlap(layout, c, other)) {
                cr_assert_not(over(c, other), "%s lies over %s in %s", c->name, other->name, parent->name);
            }
        }
    }
}

static void check_texts_and_fingers(const struct gs_layout *layout)
{
    for (size_t i = 1; i < layout->n; i++) {
        const struct gs_control *c = &layout->control[i];
        if (c->type == GS_CONTROL_LABEL || c->type == GS_CONTROL_BUTTON) {
            cr_assert_leq(gs_layout_text_width(c->text, c->text_size), c->w, "'%s' does not fit %d points",
                          c->text, c->w);
            cr_assert_leq(c->text_size, c->h, "'%s' is higher than its frame", c->text);
            cr_assert_geq(c->text_size, 9, "'%s' is too small to read", c->text);
        }
        bool touched =
            c->type == GS_CONTROL_BUTTON || (c->type == GS_CONTROL_FADER && !(c->flags & GS_CONTROL_METER));
        if (touched) {
            cr_assert(c->w >= 28 && c->h >= 20, "%s is too small for a finger: %dx%d", c->name, c->w, c->h);
        }
    }
}

Test(layout, is_sound_for_every_chain_and_screen)
{
    static struct made m;
    for (size_t n = 0; n < 4; n++) {
        for (size_t s = 0; s < 4; s++) {
            make(&m, counts[n], screens[s][0], screens[s][1]);
            check_frames(&m.layout);
            check_texts_and_fingers(&m.layout);
            gs_layout_finish(&m.layout);
        }
    }
}

Test(layout, has_a_strip_for_every_stage_and_a_page_for_the_bus)
{
    static struct made m;
    make(&m, 12, 1024, 768);
    char *xml = gs_layout_xml(&m.layout);
    size_t n;
    struct tosc_message *list = tosc_messages(xml, &n);
    for (size_t i = 0; i < 12; i++) {
        char fader[64], mute[64];
        bool has_fader = false, has_mute = false;
        snprintf(fader, sizeof fader, "/stage/%s/fader", m.id[i]);
        snprintf(mute, sizeof mute, "/stage/%s/mute", m.id[i]);
        for (size_t k = 0; k < n; k++) {
            has_fader = has_fader || strcmp(list[k].address, fader) == 0;
            has_mute = has_mute || strcmp(list[k].address, mute) == 0;
        }
        cr_assert(has_mute);
        cr_assert_eq(has_fader, m.stage[i].has_gain);
    }
    size_t sends = 0;
    for (size_t k = 0; k < n; k++) {
        sends += strncmp(list[k].address, "/stage/stage-12/from/", 21) == 0 && list[k].send &&
                 strstr(list[k].address, "fader") && !strstr(list[k].address, "touch");
    }
    cr_assert_eq(sends, 11u);
    free(list);
    free(xml);
    gs_layout_finish(&m.layout);
}

/* Keys, their types, and the sections as the editor's own files have them. */
static const char *const known[] = { "b:background",   "b:bar",
                                     "i:barDisplay",   "i:buttonType",
                                     "c:color",        "f:cornerRadius",
                                     "b:cursor",       "i:cursorDisplay",
                                     "i:font",         "r:frame",
                                     "b:grabFocus",    "b:grid",
                                     "i:gridSteps",    "b:interactive",
                                     "b:locked",       "s:name",
                                     "i:orientation",  "b:outline",
                                     "i:outlineStyle", "i:pointerPriority",
                                     "b:press",        "b:release",
                                     "i:response",     "i:responseFactor",
                                     "s:script",       "i:shape",
                                     "c:tabColorOff",  "c:tabColorOn",
                                     "s:tabLabel",     "b:tabLabels",
                                     "b:tabbar",       "b:tabbarDoubleTap",
                                     "i:tabbarSize",   "i:textAlignH",
                                     "i:textAlignV",   "b:textClip",
                                     "c:textColor",    "c:textColorOff",
                                     "c:textColorOn",  "i:textLength",
                                     "i:textSize",     "i:textSizeOff",
                                     "i:textSizeOn",   "b:valuePosition",
                                     "b:visible",      NULL };

static bool is_known(char type, const char *key, size_t length)
{
    for (const char *const *k = known; *k; k++) {
        if ((*k)[0] == type && strlen(*k + 2) == length && strncmp(*k + 2, key, length) == 0) {
            return true;
        }
    }
    return false;
}

Test(layout, writes_properties_that_the_editor_knows_in_its_order)
{
    static struct made m;
    make(&m, 12, 1024, 768);
    char *xml = gs_layout_xml(&m.layout), last[64] = "";
    for (const char *at = xml; (at = strstr(at, "<propert")); at++) {
        if (strncmp(at, "<properties>", 12) == 0) {
            *last = '\0';
            continue;
        }
        char type = at[16];
        const char *key = strstr(at, "<![CDATA[") + 9, *end = strstr(key, "]]>");
        cr_assert(is_known(type, key, (size_t)(end - key)), "property %c:%.*s", type, (int)(end - key), key);
        char now[64];
        snprintf(now, sizeof now, "%.*s", (int)(end - key), key);
        cr_assert_lt(strcmp(last, now), 0, "'%s' stands before '%s'", last, now);
        memcpy(last, now, sizeof last);
    }
    cr_assert_eq(strncmp(xml, "<?xml version='1.0' encoding='UTF-8'?><lexml version='3'><node ID='", 67), 0);
    cr_assert_null(strstr(xml, "names ]]> that"), "an end of CDATA inside a text must be split");
    cr_assert_not_null(strstr(xml, "names ]]]]><![CDATA[> that"));
    free(xml);
    gs_layout_finish(&m.layout);
}

static int by_text(const void *a, const void *b)
{
    return strncmp(*(const char *const *)a, *(const char *const *)b, 36);
}

Test(layout, is_one_zlib_stream_with_unique_nodes_and_the_same_every_time)
{
    static struct made m;
    make(&m, 40, 1024, 768);
    unsigned char *bytes, *again;
    size_t size, size_again, n = 0;
    cr_assert_eq(gs_layout_tosc(&m.layout, &bytes, &size), GS_OK);
    cr_assert_eq(gs_layout_tosc(&m.layout, &again, &size_again), GS_OK);
    cr_assert(size == size_again && memcmp(bytes, again, size) == 0);
    cr_assert(bytes[0] == 0x78 && bytes[1] == 0x9c, "the first bytes of every file of the editor");
    char *xml = tosc_inflate(bytes, size), *direct = gs_layout_xml(&m.layout);
    cr_assert_not_null(xml);
    cr_assert_str_eq(xml, direct);
    const char **ids = malloc(4 * m.layout.n * sizeof *ids);
    for (const char *at = xml; (at = strstr(at, "<node ID='")); at++) {
        ids[n++] = at + 10;
    }
    qsort(ids, n, sizeof *ids, by_text);
    for (size_t i = 1; i < n; i++) {
        cr_assert_neq(strncmp(ids[i - 1], ids[i], 36), 0, "two nodes of one ID");
    }
    free(ids);
    free(xml);
    free(direct);
    free(bytes);
    free(again);
    gs_layout_finish(&m.layout);
}

Test(layout, refuses_screens_that_are_none)
{
    struct gs_layout layout;
    struct gs_error error;
    struct gs_surface_stage stage = { "a", "a", "Gain", true, true, true, NAN, NULL, 0 };
    struct gs_surface surface = { "x", &stage, 1, 100, 100, 7770, 9000 };
    cr_assert_eq(gs_layout_build(&layout, &surface, &error), GS_E_RANGE);
    cr_assert_not_null(strstr(error.text, "100x100"));
}
