/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading rows of the address reference, as a question over OSC would be answered, without a packet: the same
 * functions answer. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

/* An outlet that keeps the first answer of a verb. */
struct capture {
    struct gs_outlet outlet; /* first: the session hands it back */
    const char *address;
    struct gs_atom *atoms;
    size_t n_atoms;
    char *text;
    size_t used;
};

static void open_capture(struct gs_outlet *outlet, const struct gs_endpoint *to, unsigned flags)
{
    (void)outlet;
    (void)to;
    (void)flags;
}

static void close_capture(struct gs_outlet *outlet)
{
    (void)outlet;
}

static void put_capture(struct gs_outlet *outlet, const struct gs_message *message)
{
    struct capture *capture = (struct capture *)outlet;
    if (capture->n_atoms || strcmp(message->address, capture->address) != 0) {
        return;
    }
    for (size_t i = 0; i < message->n_atoms && i < GS_ATOMS_MAX; i++) {
        struct gs_atom atom = message->atoms[i];
        if (atom.tag == 's' || atom.tag == 'S') {
            size_t length = strlen(atom.text) + 1;
            if (length > GS_READ_TEXT_SIZE - capture->used) {
                return;
            }
            atom.text = memcpy(capture->text + capture->used, atom.text, length);
            capture->used += length;
        } else if (atom.tag == 'b') {
            atom = (struct gs_atom){ .tag = 'N' }; /* as OSCQuery has it: a blob has no text */
        }
        capture->atoms[capture->n_atoms++] = atom;
    }
}

static size_t ask_verb(struct gs_session *session, const struct gs_verb *verb, struct gs_atom *atoms,
                       char *text)
{
    struct capture capture = { .address = verb->address, .atoms = atoms, .text = text };
    struct gs_endpoint from = session->from;
    capture.outlet = (struct gs_outlet){ .open = open_capture, .put = put_capture, .close = close_capture };
    session->from = (struct gs_endpoint){ .outlet = &capture.outlet, .connection = UINT32_MAX };
    verb->run(session, &(struct gs_message){ .address = verb->address });
    gs_replies_close(session);
    session->from = from;
    return capture.n_atoms;
}

size_t gs_target_read(struct gs_session *session, const struct gs_target *target,
                      const struct gs_reader *reader, struct gs_atom *atoms, char *text)
{
    if (target->verb) {
        return target->verb->flags & GS_VERB_STATE ? ask_verb(session, target->verb, atoms, text) : 0;
    }
    if (!session->chain) {
        return 0;
    }
    if (target->is_reading) {
        atoms[0] = gs_atom_float(gs_reading_read(session, target, reader));
    } else if (target->face) {
        gs_face_read(session, target->face, target->stage, &atoms[0], text);
    } else if (!gs_value_read(session, target, &atoms[0], text)) {
        return 0;
    }
    return 1;
}

void gs_session_words(struct gs_session *session, const struct gs_address_row *row,
                      void (*visit)(void *context, const struct gs_word *word), void *context)
{
    const struct gs_target *target = row->target;
    if (!session->in_packet && session->chain && target && target->face && target->face->words) {
        target->face->words(session, target->stage, visit, context);
    }
}

/* ---- rows that are read again and again: to describe a chain costs many times what its values do ---- */

/* struct gs_target without its address. */
struct question {
    const struct gs_verb *verb;
    const struct gs_face *face;
    const struct gs_param *row;
    size_t slot;
    unsigned stage;
    int reading, text;
    unsigned char aspect, channel;
    bool is_reading, before;
};

struct gs_asked {
    struct question *question;
    size_t n, room;
};

struct gs_asked *gs_asked_create(void)
{
    return calloc(1, sizeof(struct gs_asked));
}

void gs_asked_destroy(struct gs_asked *asked)
{
    if (asked) {
        free(asked->question);
        free(asked);
    }
}

bool gs_asked_add(struct gs_asked *asked, const struct gs_address_row *row)
{
    const struct gs_target *target = row->target;
    if (asked->n == asked->room) {
        size_t room = asked->room ? 2 * asked->room : 256;
        struct question *grown = realloc(asked->question, room * sizeof *grown);
        if (!grown) {
            return false;
        }
        asked->question = grown;
        asked->room = room;
    }
    asked->question[asked->n++] = (struct question){ .verb = target->verb,
                                                     .face = target->face,
                                                     .row = target->row,
                                                     .slot = target->slot,
                                                     .stage = target->stage,
                                                     .reading = target->reading,
                                                     .text = target->text,
                                                     .aspect = (unsigned char)target->aspect,
                                                     .channel = (unsigned char)target->channel,
                                                     .is_reading = target->is_reading,
                                                     .before = target->before };
    return true;
}

size_t gs_asked_read(const struct gs_asked *asked, size_t number, struct gs_session *session,
                     struct gs_atom atoms[GS_ATOMS_MAX], char text[GS_READ_TEXT_SIZE])
{
    const struct question *question = &asked->question[number];
    struct gs_target target;
    if (session->in_packet) {
        return 0;
    }
    target.address[0] = '\0';
    target.verb = question->verb;
    target.rest = NULL;
    target.face = question->face;
    target.row = question->row;
    target.is_reading = question->is_reading;
    target.before = question->before;
    target.reading = question->reading;
    target.channel = question->channel;
    target.stage = question->stage;
    target.slot = question->slot;
    target.text = question->text;
    target.aspect = (enum gs_aspect)question->aspect;
    return gs_target_read(session, &target, NULL, atoms, text);
}
