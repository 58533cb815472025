/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers to the sender of the packet at hand, and refusals: counted by address of the sender, because whoever
 * can make us talk could make us talk to somebody else. */
#include "session/state.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ERRORS_PER_S 5.0

void gs_reply(struct gs_session *session, const char *address, const struct gs_atom *atoms, size_t n_atoms)
{
    struct gs_outlet *outlet = session->from.outlet;
    if (!outlet) {
        return;
    }
    if (!session->replying) {
        struct gs_endpoint to = gs_reply_endpoint(session, &session->from);
        outlet->open(outlet, &to, GS_OUTLET_SINGLE);
        session->replying = true;
    }
    outlet->put(outlet, &(struct gs_message){ .address = address, .atoms = atoms, .n_atoms = n_atoms });
}

void gs_replies_close(struct gs_session *session)
{
    if (session->replying) {
        session->from.outlet->close(session->from.outlet);
        session->replying = false;
    }
}

/* Errors that this address may still be told. */
static struct gs_bucket *complaints(struct gs_session *session)
{
    struct gs_bucket *bucket = gs_ip_bucket_find(session->complaints, GS_COMPLAINERS, &session->from);
    gs_bucket_fill(bucket, ERRORS_PER_S, ERRORS_PER_S, session->now_ns);
    return bucket;
}

bool gs_reply_may_complain(struct gs_session *session)
{
    return complaints(session)->left >= 1.0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

bool gs_answers_nothing(const char *address)
{
    static const char *const words[] = { "/error", "/reply", "/pong", "#reply" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(address, words[i]) == 0) {
            return true;
        }
    }
    return ends_with(address, "/z") || ends_with(address, "/touch");
}

void gs_reply_error(struct gs_session *session, const char *address, const char *code, const char *format,
                    ...)
{
    struct gs_bucket *bucket = complaints(session);
    bool silent = gs_answers_nothing(address) || bucket->left < 1.0;
    if (silent && !session->heard.line) {
        return;
    }
    char text[GS_ATOM_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    gs_heard_refused(session, address, code, text);
    if (silent) {
        return;
    }
    gs_bucket_take(bucket, 1.0);
    struct gs_atom atoms[3] = { gs_atom_text(address), gs_atom_text(code), gs_atom_text(text) };
    gs_reply(session, "/error", atoms, 3);
}

static const char *law_of(const struct gs_param *row)
{
    return row->taper == GS_TAPER_FADER ? "fader" : row->taper == GS_TAPER_LOG ? "log" : "linear";
}

static double finite_db(double db)
{
    return isinf(db) && db < 0 ? -90.0 : db;
}

static void list_stage(const struct gs_chain *chain, size_t i, struct gs_outlet *outlet)
{
    const struct gs_chain_stage *s = &chain->stages[i];
    struct gs_atom atoms[8] = { gs_atom_int((int64_t)i + 1), gs_atom_text(s->id), gs_atom_text(s->label),
                                gs_atom_text(s->kind->key),  gs_atom_float(0.0),  gs_atom_float(0.0),
                                gs_atom_float(0.0),          gs_atom_text("none") };
    for (size_t p = 0; p < s->kind->n_params; p++) {
        const struct gs_param *row = &s->kind->params[p];
        if (row->flags & GS_PARAM_GAIN) {
            atoms[4].number = row->flags & GS_PARAM_MINUS_INF ? -90.0 : row->min;
            atoms[5].number = row->max;
            atoms[6].number = finite_db(chain->value[s->first_slot + p]);
            atoms[7].text = law_of(row);
        }
    }
    outlet->put(outlet, &(struct gs_message){ .address = "/stage/list", .atoms = atoms, .n_atoms = 8 });
}

void gs_stage_list(const struct gs_session *session, struct gs_outlet *outlet)
{
    size_t n = session->chain ? session->chain->n_stages : 0;
    for (size_t i = 0; i < n; i++) {
        list_stage(session->chain, i, outlet);
    }
    struct gs_atom count = gs_atom_int((int64_t)n);
    outlet->put(outlet, &(struct gs_message){ .address = "/stage/list/end", .atoms = &count, .n_atoms = 1 });
}
