/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tablet without a tablet: reads the layout that is made for a chain, presses every control in it and looks
 * at every address that it listens to. No control may be dead, no feedback missing. */
#include "../support/bench_chain.h"
#include "../support/desk.h"
#include "../support/tosc_reader.h"
#include "app/surface.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLET_SENDS   51000 /* TouchOSC sends from one port */
#define TABLET_LISTENS 9000  /* and listens on another */

static const size_t counts[] = { 1, 5, 12, 40 };

/* n stages: strips of source, gain and fader into a bus, then the master. */
static char *write_chain(size_t n)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    fputs("{'gainstage':1,'name':'tablet','stages':[", to);
    if (n == 1) {
        fputs("{'id':'s','kind':'source','signal':'sine','domain':'digital','level_dbfs':-20},", to);
    }
    size_t strips = n < 3 ? 0 : (n - 2) / 3, used = 3 * strips + 2;
    for (size_t i = 0; i < strips; i++) {
        fprintf(to, "{'id':'s%zu','kind':'source','signal':'sine','domain':'digital','level_dbfs':-30},", i);
        fprintf(to, "{'id':'g%zu','kind':'gain','gain_db':3},{'id':'f%zu','kind':'fader','gain_db':-6},", i,
                i);
    }
    if (strips) {
        fputs("{'id':'mix','kind':'bus','from':[", to);
        for (size_t i = 0; i < strips; i++) {
            fprintf(to, "%s'f%zu'", i ? "," : "", i);
        }
        fputs("]},", to);
    }
    for (; strips && used < n; used++) {
        fprintf(to, "{'id':'t%zu','kind':'gain'},", used);
    }
    fputs("{'id':'out','kind':'master'}]}", to);
    fclose(to);
    return text;
}

static void press(struct desk *desk, const struct tosc_message *m)
{
    desk_forget(desk);
    if (m->n_constants) {
        cr_assert_eq(m->n_constants, 4u);
        desk_say(desk, 2, TABLET_SENDS, m->address, "iiii", m->constant[0], m->constant[1], m->constant[2],
                 m->constant[3]);
    } else {
        desk_say(desk, 2, TABLET_SENDS, m->address, "f", 1.0);
    }
    const struct desk_heard *error = desk_last(desk, TABLET_LISTENS, "/error");
    cr_assert_null(error, "%s: %s %s", m->address, error ? error->text[1] : "", error ? error->text[2] : "");
}

/* What the control listens to has arrived since the subscription. */
static void listen_for(struct desk *desk, const struct tosc_message *m)
{
    const struct desk_heard *heard = desk_last(desk, TABLET_LISTENS, m->address);
    if (!heard && strstr(m->address, "/listen")) {
        desk_say(desk, 2, TABLET_SENDS, m->address, ""); /* a button that only has to be asked */
        heard = desk_last(desk, TABLET_LISTENS, m->address);
    }
    cr_assert_not_null(heard, "nothing ever comes for %s", m->address);
    cr_assert_eq(heard->n_atoms, 1u);
}

static struct tosc_message *layout_of(const char *text, size_t *n)
{
    struct gs_chain *chain = bench_parse(text);
    struct gs_surface surface;
    struct gs_layout layout;
    struct gs_error error;
    unsigned char *bytes;
    size_t size;
    cr_assert(gs_surface_init(&surface, chain, NULL));
    surface.width = 1024;
    surface.height = 768;
    surface.host_port = 7770;
    surface.reply_port = TABLET_LISTENS;
    cr_assert_eq(gs_layout_build(&layout, &surface, &error), GS_OK);
    cr_assert_eq(gs_layout_tosc(&layout, &bytes, &size), GS_OK);
    char *xml = tosc_inflate(bytes, size);
    struct tosc_message *list = tosc_messages(xml, n);
    free(xml);
    free(bytes);
    gs_layout_finish(&layout);
    gs_surface_finish(&surface);
    gs_chain_destroy(chain);
    return list;
}

Test(surface, no_control_is_dead_and_no_feedback_missing)
{
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        char *text = write_chain(counts[c]);
        size_t n;
        struct tosc_message *list = layout_of(text, &n);
        struct desk *desk = desk_open(text);
        bool connected = false;
        for (size_t i = 0; i < n; i++) {
            if (strcmp(list[i].address, "/subscribe") == 0) {
                press(desk, &list[i]);
                connected = true;
            }
        }
        cr_assert(connected, "a layout without CONNECT");
        desk_pass(desk, 3000, true);
        for (size_t i = 0; i < n; i++) {
            if (list[i].receive) {
                listen_for(desk, &list[i]);
            }
        }
        for (size_t i = 0; i < n; i++) {
            if (list[i].send) {
                press(desk, &list[i]);
                desk_pass(desk, 20, true);
            }
        }
        desk_close(desk);
        free(list);
        free(text);
    }
}

/* The page works: a finger on the first fader moves the chain. */
Test(surface, a_fader_of_the_layout_plays_the_chain)
{
    char *text = write_chain(5);
    size_t n;
    struct tosc_message *list = layout_of(text, &n);
    struct desk *desk = desk_open(text);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].address, "/stage/f0/fader") == 0) {
            desk_say(desk, 2, TABLET_SENDS, list[i].address, "f", 0.5);
        }
    }
    cr_assert_float_eq(desk_get(desk, "/stage/f0/gain"), -10, 0.01, "the X32 law: half way is -10 dB");
    desk_close(desk);
    free(list);
    free(text);
}
