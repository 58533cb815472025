/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Verbs about chain files. The network names files by bare names only: letters, digits, - and _, looked up in
 * folders that the command line gave. */
#include "session/state.h"

#include "base/nearest.h"
#include "chain/carry.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_LETTERS 64
#define ENDING           ".json"

/* "vocal" and "vocal.json" are the same name: `name` gets it without the ending. */
static bool take_name(const char *text, char *name)
{
    size_t length = strlen(text), ending = strlen(ENDING);
    if (length > ending && strcmp(text + length - ending, ENDING) == 0) {
        length -= ending;
    }
    if (length == 0 || length > NAME_MAX_LETTERS) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '_') {
            return false;
        }
    }
    snprintf(name, NAME_MAX_LETTERS + 1, "%.*s", (int)length, text);
    return true;
}

/* The bare name in argument 0; false after a refusal. */
static bool want_name(struct gs_session *session, const struct gs_message *message, char *name)
{
    const struct gs_atom *atom = message->n_atoms ? &message->atoms[0] : NULL;
    if (!atom || (atom->tag != 's' && atom->tag != 'S')) {
        gs_reply_error(session, message->address, "bad-type", "expected the name of a chain");
        return false;
    }
    if (!take_name(atom->text, name)) {
        gs_reply_error(session, message->address, "out-of-range",
                       "'%.64s': expected a bare name of letters, digits, - and _", atom->text);
        return false;
    }
    return true;
}

static bool find_chain(const struct gs_session *session, const char *name, char *path, size_t size)
{
    const char *const *folder = session->setup.chain_folders;
    for (; folder && *folder; folder++) {
        int length = snprintf(path, size, "%s/%s" ENDING, *folder, name);
        if (length > 0 && (size_t)length < size && access(path, F_OK) == 0) {
            return true;
        }
    }
    return false;
}

/* Calls `visit` for the bare name of every chain file, folder by folder; names that come twice come twice. */
static void each_name(const struct gs_session *session, void (*visit)(void *context, const char *name),
                      void *context)
{
    const char *const *folder = session->setup.chain_folders;
    for (; folder && *folder; folder++) {
        struct dirent **entries;
        int n = scandir(*folder, &entries, NULL, alphasort);
        for (int i = 0; i < n; i++) {
            char name[NAME_MAX_LETTERS + 1];
            const char *dot = strrchr(entries[i]->d_name, '.');
            if (dot && strcmp(dot, ENDING) == 0 && take_name(entries[i]->d_name, name)) {
                visit(context, name);
            }
            free(entries[i]);
        }
        if (n >= 0) {
            free(entries);
        }
    }
}

struct search {
    struct gs_nearest nearest;
    char best[NAME_MAX_LETTERS + 1];
};

static void offer(void *context, const char *name)
{
    struct search *search = context;
    gs_nearest_offer(&search->nearest, name);
    if (search->nearest.best == name) {
        snprintf(search->best, sizeof search->best, "%s", name);
        search->nearest.best = search->best;
    }
}

static void refuse_unknown(struct gs_session *session, const char *address, const char *name)
{
    struct search search = { .nearest = gs_nearest_start(name) };
    each_name(session, offer, &search);
    gs_reply_error(session, address, "no-file", "no chain '%s' in the chain folders%s%s%s", name,
                   search.nearest.best ? "; did you mean '" : "", search.nearest.best ? search.best : "",
                   search.nearest.best ? "'?" : "");
}

void gs_verb_chain_load(struct gs_session *session, const struct gs_message *message)
{
    char name[NAME_MAX_LETTERS + 1], path[4096];
    if (message->n_atoms == 0) {
        gs_verb_chain_name(session, &(struct gs_message){ "/chain/name", NULL, 0 });
        return;
    }
    if (!want_name(session, message, name)) {
        return;
    }
    if (!find_chain(session, name, path, sizeof path)) {
        refuse_unknown(session, message->address, name);
        return;
    }
    struct gs_errors errors = { 0 };
    if (gs_session_load(session, path, &errors)) {
        for (size_t i = 0; i < errors.count; i++) {
            const struct gs_error *e = &errors.list[i];
            gs_reply_error(session, message->address, gs_status_word(e->status), "%s%s%s", e->where,
                           *e->where ? ": " : "", e->text);
        }
    } else {
        struct gs_atom loaded = gs_atom_text(name);
        gs_reply(session, message->address, &loaded, 1);
    }
    gs_errors_finish(&errors);
}

/* XDG base directory specification: a folder that is not there is made, for its user alone. Where it cannot be, the
 * write says so. */
static void make_folder(const char *folder)
{
    char path[4096];
    size_t length = (size_t)snprintf(path, sizeof path, "%s", folder);
    for (size_t i = 1; i <= length && length < sizeof path; i++) {
        if (folder[i] == '/' || !folder[i]) {
            path[i] = '\0';
            mkdir(path, 0700);
            path[i] = folder[i];
        }
    }
}

static bool save_path(struct gs_session *session, const struct gs_message *message, char *path, size_t size)
{
    char name[NAME_MAX_LETTERS + 1];
    bool named = message->n_atoms && (message->atoms[0].tag == 's' || message->atoms[0].tag == 'S');
    if (!named) {
        if (!session->chain->path) {
            gs_reply_error(session, message->address, "no-file", "this chain came from no file: give a name");
            return false;
        }
        snprintf(path, size, "%s", session->chain->path);
        return true;
    }
    if (!want_name(session, message, name)) {
        return false;
    }
    if (!session->setup.save_folder) {
        gs_reply_error(session, message->address, "read-only", "there is no folder for saved chains");
        return false;
    }
    make_folder(session->setup.save_folder);
    snprintf(path, size, "%s/%s" ENDING, session->setup.save_folder, name);
    return true;
}

static bool is_own_path(const struct gs_session *session, const char *path)
{
    return session->chain->path && strcmp(session->chain->path, path) == 0;
}

/* Data sheets and sound files count from the folder of the chain file: without them there, the file would be good for
 * nothing, and the next change that makes the chain anew refused. Its own sheets go along; over its own file a chain is
 * saved whatever has become of them. False after a refusal. */
static bool loads_there(struct gs_session *session, const struct gs_message *message, const char *path)
{
    struct gs_chain *there = NULL;
    if (is_own_path(session, path)) {
        return true;
    }
    struct gs_errors errors = { 0 };
    char *text = gs_chain_text(session->chain);
    enum gs_status status = text ? gs_chain_parse(text, strlen(text), path, &there, &errors) : GS_E_MEMORY;
    if (status) {
        const struct gs_error *e = errors.count ? &errors.list[0] : NULL;
        gs_reply_error(session, message->address, gs_status_word(status),
                       "nothing was saved, it could not be loaded from there: %s%s%s", e ? e->where : "",
                       e && *e->where ? ": " : "", e ? e->text : "no memory");
    }
    gs_chain_destroy(there);
    gs_errors_finish(&errors);
    free(text);
    return !status;
}

static bool refuse_save(struct gs_session *session, const struct gs_message *message,
                        const struct gs_error *error)
{
    gs_reply_error(session, message->address, gs_status_word(error->status), "nothing was saved: %s%s%s",
                   error->where, *error->where ? ": " : "", error->text);
    return false;
}

/* All that it needs, or nothing. False after a refusal. */
static bool save_whole(struct gs_session *session, const struct gs_message *message, const char *path)
{
    struct gs_carried carried = { 0 };
    struct gs_error error;
    if (!is_own_path(session, path) && gs_sheets_carry(session->chain, path, &carried, &error)) {
        return refuse_save(session, message, &error);
    }
    bool saved = loads_there(session, message, path);
    if (saved && gs_chain_save(session->chain, path, &error)) {
        saved = refuse_save(session, message, &error);
    }
    gs_carried_finish(&carried, saved);
    return saved;
}

void gs_verb_chain_save(struct gs_session *session, const struct gs_message *message)
{
    char path[4096];
    if (!session->chain) {
        gs_reply_error(session, message->address, "busy", "no chain is loaded");
        return;
    }
    if (!save_path(session, message, path, sizeof path) || !save_whole(session, message, path)) {
        return;
    }
    bool elsewhere = !is_own_path(session, path);
    char *kept = strdup(path);
    if (kept) {
        free(session->chain->path);
        session->chain->path = kept;
    }
    gs_models_forget(session);
    gs_scenes_saved(session, message, elsewhere);
    struct gs_atom saved = gs_atom_text(path);
    gs_reply(session, message->address, &saved, 1);
}

void gs_verb_chain_name(struct gs_session *session, const struct gs_message *message)
{
    struct gs_atom name = gs_atom_text(session->chain ? session->chain->name : "");
    gs_reply(session, message->address, &name, 1);
}

void gs_verb_chain_alignment(struct gs_session *session, const struct gs_message *message)
{
    if (!session->chain) {
        gs_reply_error(session, message->address, "busy", "no chain is loaded");
        return;
    }
    struct gs_atom atoms[2] = { gs_atom_float(session->chain->alignment.dbu_at_0dbfs),
                                gs_atom_float(session->chain->alignment.nominal_dbfs) };
    gs_reply(session, message->address, atoms, 2);
}

struct listing {
    struct gs_session *session;
    int64_t n;
};

static void list_one(void *context, const char *name)
{
    struct listing *listing = context;
    struct gs_atom atom = gs_atom_text(name);
    listing->n++;
    gs_reply(listing->session, "/chain/list", &atom, 1);
}

void gs_verb_chain_list(struct gs_session *session, const struct gs_message *message)
{
    (void)message;
    struct listing listing = { .session = session };
    each_name(session, list_one, &listing);
    struct gs_atom count = gs_atom_int(listing.n);
    gs_reply(session, "/chain/list/end", &count, 1);
}
