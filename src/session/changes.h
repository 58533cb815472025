/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What changes, and what was: the changes of one packet, which can be taken back; steps, which can be undone; settings
 * that can be recalled; and data sheets, which are chosen. Part of state.h. [control] */
#ifndef SESSION_CHANGES_H
#define SESSION_CHANGES_H

#include "chain/models.h"
#include "chain/snapshots.h"
#include "session/session.h"

#include <limits.h>

/* ---- values.c ---- */
/* What one packet has changed, so that it can be taken back. */
#define GS_CHANGE_TAKEN_BACK UINT_MAX
#define GS_CHANGE_VALUE      (-1)
#define GS_CHANGE_MODEL      (-2)
struct gs_change {
    size_t slot;
    const struct gs_param *row; /* NULL: of a model */
    double before;
    bool given_before;
    unsigned stage;
    int text; /* index of a text that changed; or GS_CHANGE_VALUE: the value did; or GS_CHANGE_MODEL */
    char *text_before;
    bool shapes; /* it is heard by making the chain anew */
};
/* Room for one more; NULL: no memory. */
struct gs_change *gs_change_note(struct gs_session *session);

/* ---- models.c ---- */
void gs_model_get(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text);
void gs_model_set(struct gs_session *session, unsigned stage, const struct gs_message *message);
void gs_model_words(struct gs_session *session, unsigned stage,
                    void (*visit)(void *context, const struct gs_word *word), void *context);
/* Another data sheet as part of the packet at hand; "": none. What it is refused for: see chain/choose.h. */
enum gs_status gs_model_choose(struct gs_session *session, unsigned stage, const char *name,
                               struct gs_error *error);
/* Whether it would be refused, without doing it. */
enum gs_status gs_model_ask(struct gs_session *session, unsigned stage, const char *name,
                            struct gs_error *error);
void gs_models_forget(struct gs_session *session);
void gs_verb_models(struct gs_session *session, const struct gs_message *message);
void gs_verb_models_sheet(struct gs_session *session, const struct gs_message *message);

/* ---- history.c ---- */
#define GS_HISTORY 100 /* steps kept */
struct gs_turn {
    size_t slot;
    double before, after;
    bool given_before, given_after;
};
struct gs_swap { /* of a data sheet */
    unsigned stage;
    char *before, *after; /* "": none */
};
struct gs_step {
    struct gs_turn *turn;
    size_t n;
    struct gs_swap *swap;
    size_t n_swaps;
    uint64_t at_ns; /* of its last change */
    bool apart;     /* never one with its neighbours */
};
struct gs_history {
    struct gs_step step[GS_HISTORY];
    unsigned n, done; /* steps kept; of these not undone */
    bool replaying;   /* the packet at hand undoes or redoes */
    bool apart;       /* it recalls: a step of its own */
};
void gs_history_note(struct gs_session *session); /* the changes of the packet at hand */
void gs_history_forget(struct gs_session *session);
void gs_verb_undo(struct gs_session *session, const struct gs_message *message);
void gs_verb_redo(struct gs_session *session, const struct gs_message *message);

/* ---- scenes.c ---- */
struct gs_scenes {
    struct gs_snapshots kept;
    struct gs_snapshots ab; /* at most "a" and "b" */
    bool on_b;
    bool rebased; /* their file says less than they do: another data sheet has come */
};
void gs_scenes_start(struct gs_session *session); /* a new chain: its own snapshots, if it has any */
void gs_scenes_finish(struct gs_session *session);
void gs_scenes_rebase(struct gs_session *session, const struct gs_chain *from, const struct gs_chain *to);
/* The chain is; `elsewhere`: beside it lie no snapshots of it yet. */
void gs_scenes_saved(struct gs_session *session, const struct gs_message *message, bool elsewhere);
void gs_verb_snapshot_save(struct gs_session *session, const struct gs_message *message);
void gs_verb_snapshot_recall(struct gs_session *session, const struct gs_message *message);
void gs_verb_snapshot_list(struct gs_session *session, const struct gs_message *message);
void gs_verb_snapshot_delete(struct gs_session *session, const struct gs_message *message);
void gs_verb_ab(struct gs_session *session, const struct gs_message *message);
void gs_verb_panic(struct gs_session *session, const struct gs_message *message);
void gs_verb_panic_off(struct gs_session *session, const struct gs_message *message);

#endif
