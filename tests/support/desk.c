/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See desk.h. */
#include "desk.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE 48000.0

static bool in_bundle;

static void open_outlet(struct gs_outlet *outlet, const struct gs_endpoint *to, unsigned flags)
{
    struct desk *desk = (struct desk *)outlet;
    cr_assert_eq(desk->to.outlet, NULL, "an outlet was opened twice");
    desk->to = *to;
    desk->flags = flags;
    desk->group++;
}

static void put(struct gs_outlet *outlet, const struct gs_message *message)
{
    struct desk *desk = (struct desk *)outlet;
    cr_assert_neq(desk->to.outlet, NULL, "%s: the outlet is closed", message->address);
    cr_assert_lt(desk->n_heard, DESK_HEARD_MAX);
    struct desk_heard *heard = &desk->heard[desk->n_heard++];
    *heard = (struct desk_heard){ .ip = desk->to.ip[15],
                                  .port = desk->to.port,
                                  .group = desk->group,
                                  .flags = desk->flags,
                                  .at_ns = desk->now_ns };
    snprintf(heard->address, sizeof heard->address, "%s", message->address);
    heard->n_atoms = message->n_atoms < DESK_ATOMS_MAX ? message->n_atoms : DESK_ATOMS_MAX;
    for (size_t i = 0; i < heard->n_atoms; i++) {
        heard->atom[i] = message->atoms[i];
        if (message->atoms[i].tag == 's' && i < 10) {
            snprintf(heard->text[i], sizeof heard->text[i], "%s", message->atoms[i].text);
            heard->atom[i].text = heard->text[i];
        } else if (message->atoms[i].tag == 'b' && i < 10) {
            size_t size = message->atoms[i].blob.size;
            size = size < sizeof heard->text[i] ? size : sizeof heard->text[i];
            memcpy(heard->text[i], message->atoms[i].blob.data, size);
            heard->atom[i].blob.data = heard->text[i];
        }
    }
}

static void close_outlet(struct gs_outlet *outlet)
{
    struct desk *desk = (struct desk *)outlet;
    cr_assert_neq(desk->to.outlet, NULL, "an outlet was closed twice");
    desk->to.outlet = NULL;
}

static void chain_changed(void *context)
{
    ((struct desk *)context)->chains_changed++;
}

void desk_load(struct desk *desk, const char *chain)
{
    char *text = strdup(chain);
    for (char *c = text; *c; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    struct gs_chain *parsed = NULL;
    struct gs_errors errors = { 0 };
    enum gs_status status = gs_chain_parse(text, strlen(text), NULL, &parsed, &errors);
    free(text);
    if (!status) {
        status = gs_session_adopt(desk->session, parsed, &errors);
    }
    cr_assert_eq(status, GS_OK, "%s: %s", errors.count ? errors.list[0].where : "",
                 errors.count ? errors.list[0].text : "");
    gs_errors_finish(&errors);
}

struct desk *desk_open_with(const char *chain, const struct gs_session_setup *wish)
{
    struct desk *desk = calloc(1, sizeof *desk);
    desk->outlet =
        (struct gs_outlet){ .local_ip = "127.0.0.1", .open = open_outlet, .put = put, .close = close_outlet };
    desk->heard = calloc(DESK_HEARD_MAX, sizeof *desk->heard);
    desk->now_ns = 1000000000u;
    struct gs_engine_setup engine = { .out_ceiling_db = -1, .fade_in_ms = 50, .safety = true };
    desk->engine = gs_engine_create(&engine);
    gs_engine_set_rate(desk->engine, RATE);
    struct gs_session_setup setup = *wish;
    setup.engine = desk->engine;
    setup.chain_changed = chain_changed;
    setup.context = desk;
    desk->session = gs_session_create(&setup);
    if (chain) {
        desk_load(desk, chain);
    }
    gs_engine_unpark(desk->engine);
    return desk;
}

struct desk *desk_open(const char *chain)
{
    struct gs_session_setup setup = { .name = "bench" };
    return desk_open_with(chain, &setup);
}

void desk_close(struct desk *desk)
{
    gs_session_destroy(desk->session);
    gs_engine_park(desk->engine);
    gs_engine_destroy(desk->engine);
    free(desk->heard);
    free(desk);
}

struct gs_endpoint desk_endpoint(struct desk *desk, unsigned host, uint16_t port)
{
    struct gs_endpoint endpoint = { .outlet = &desk->outlet, .port = port };
    const unsigned char local[4] = { 127, 0, 0, 1 };
    const unsigned char other[4] = { 192, 168, 1, (unsigned char)host };
    endpoint.ip[10] = endpoint.ip[11] = 0xff;
    memcpy(endpoint.ip + 12, host ? other : local, 4);
    return endpoint;
}

void desk_bundle_begin(struct desk *desk, unsigned host, uint16_t port)
{
    struct gs_endpoint from = desk_endpoint(desk, host, port);
    gs_session_begin(desk->session, &from, desk->now_ns);
    in_bundle = true;
}

void desk_bundle_end(struct desk *desk)
{
    gs_session_end(desk->session);
    in_bundle = false;
}

void desk_say(struct desk *desk, unsigned host, uint16_t port, const char *address, const char *tags, ...)
{
    struct gs_atom atoms[16];
    size_t n = 0;
    va_list values;
    va_start(values, tags);
    for (; tags[n]; n++) {
        atoms[n] = (struct gs_atom){ .tag = tags[n] };
        switch (tags[n]) {
        case 'i':
            atoms[n].integer = va_arg(values, int);
            break;
        case 'h':
            atoms[n].integer = va_arg(values, int64_t);
            break;
        case 'f':
        case 'd':
            atoms[n].number = va_arg(values, double);
            break;
        case 's':
            atoms[n].text = va_arg(values, const char *);
            break;
        case 'T':
            atoms[n].integer = 1;
            break;
        default:
            break;
        }
    }
    va_end(values);
    bool alone = !in_bundle;
    if (alone) {
        desk_bundle_begin(desk, host, port);
    }
    gs_session_message(desk->session, &(struct gs_message){ address, atoms, n });
    if (alone) {
        desk_bundle_end(desk);
    }
}

static void run_sound(struct desk *desk, uint64_t ns)
{
    static float silence[4096], out[2][4096];
    const float *in[2] = { silence, silence };
    float *const outs[2] = { out[0], out[1] };
    unsigned frames = (unsigned)((double)ns * 1e-9 * RATE);
    while (frames) {
        unsigned n = frames < 4096 ? frames : 4096;
        gs_engine_process(desk->engine, in, 2, outs, 2, n);
        frames -= n;
    }
}

void desk_pass(struct desk *desk, double ms, bool sound)
{
    uint64_t end = desk->now_ns + (uint64_t)(ms * 1e6);
    gs_session_tick(desk->session, desk->now_ns);
    while (desk->now_ns < end) {
        uint64_t due = gs_session_due(desk->session);
        uint64_t next = due > desk->now_ns ? due : desk->now_ns + 1;
        next = next < end ? next : end;
        if (sound) {
            run_sound(desk, next - desk->now_ns);
        }
        desk->now_ns = next;
        gs_session_tick(desk->session, desk->now_ns);
    }
}

void desk_play(struct desk *desk, const float *left, const float *right, size_t frames)
{
    static float out[2][256];
    float *const outs[2] = { out[0], out[1] };
    for (size_t at = 0; at < frames;) {
        unsigned n = frames - at < 256 ? (unsigned)(frames - at) : 256;
        const float *in[2] = { left + at, right + at };
        gs_engine_process(desk->engine, in, 2, outs, 2, n);
        at += n;
        desk->now_ns += (uint64_t)(n / RATE * 1e9);
        if (desk->now_ns >= gs_session_due(desk->session)) {
            gs_session_tick(desk->session, desk->now_ns);
        }
    }
    gs_session_tick(desk->session, desk->now_ns);
}

void desk_forget(struct desk *desk)
{
    desk->n_heard = 0;
}

const struct desk_heard *desk_last(const struct desk *desk, uint16_t port, const char *address)
{
    for (size_t i = desk->n_heard; i-- > 0;) {
        if (desk->heard[i].port == port && strcmp(desk->heard[i].address, address) == 0) {
            return &desk->heard[i];
        }
    }
    return NULL;
}

unsigned desk_count(const struct desk *desk, uint16_t port, const char *address)
{
    unsigned n = 0;
    for (size_t i = 0; i < desk->n_heard; i++) {
        n += desk->heard[i].port == port && (!address || strcmp(desk->heard[i].address, address) == 0);
    }
    return n;
}

double desk_number(const struct desk *desk, uint16_t port, const char *address)
{
    const struct desk_heard *heard = desk_last(desk, port, address);
    double number;
    return heard && heard->n_atoms && gs_atom_number(&heard->atom[0], &number) ? number : NAN;
}

const char *desk_text(const struct desk *desk, uint16_t port, const char *address, size_t atom)
{
    const struct desk_heard *heard = desk_last(desk, port, address);
    return heard && atom < heard->n_atoms && heard->atom[atom].tag == 's' ? heard->text[atom] : "";
}

double desk_get(struct desk *desk, const char *address)
{
    desk_say(desk, 0, 59999, address, "");
    return desk_number(desk, 59999, address);
}
