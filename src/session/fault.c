/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the last chain file was refused for, whoever asked for it, until one is good: who asked is told at once, but a
 * file that was edited and loaded again by a signal concerns everybody who looks. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

void gs_fault_forget(struct gs_session *session)
{
    free(session->fault.file);
    session->fault = (struct gs_fault){ 0 };
}

void gs_fault_note(struct gs_session *session, const char *path, const struct gs_errors *errors)
{
    bool changed = session->fault.file || path;
    gs_fault_forget(session);
    session->fault.file = path ? strdup(path) : NULL;
    for (size_t i = 0; session->fault.file && errors && i < errors->count && i < GS_FAULTS; i++) {
        session->fault.list[session->fault.kept++] = errors->list[i];
    }
    session->fault.n = path && errors ? errors->count + errors->dropped : 0;
    if (changed) {
        gs_feedback_changed(session, gs_item_fact(session, GS_ITEM_FAULT));
    }
}

size_t gs_fault_atoms(const struct gs_session *session, struct gs_atom atoms[GS_FAULT_ATOMS])
{
    const struct gs_fault *fault = &session->fault;
    size_t n = 0;
    atoms[n++] = gs_atom_text(fault->file ? fault->file : "");
    atoms[n++] = gs_atom_int((int64_t)fault->n);
    for (size_t i = 0; i < fault->kept; i++) {
        atoms[n++] = gs_atom_text(fault->list[i].where);
        atoms[n++] = gs_atom_text(fault->list[i].text);
    }
    return n;
}

void gs_verb_chain_fault(struct gs_session *session, const struct gs_message *message)
{
    struct gs_atom atoms[GS_FAULT_ATOMS];
    gs_reply(session, message->address, atoms, gs_fault_atoms(session, atoms));
}
