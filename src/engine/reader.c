/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Readers: everybody sees every reading folded since his own last look. How the past is kept for that is
 * told in readout_inside.h. */
#include "engine/fold.h"
#include "engine/readout_inside.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define FIRST_LOOK_MS 100

struct gs_reader {
    struct gs_readout *readout; /* NULL: none met yet, or it is gone */
    struct gs_reader *next;     /* in the readout's list */
    struct gs_segment *from;    /* oldest segment not yet looked at */
    double *fields;             /* as of the last look */
    double frames;
};

struct gs_reader *gs_reader_create(void)
{
    return calloc(1, sizeof(struct gs_reader));
}

static struct gs_segment *new_segment(const struct gs_readout *r)
{
    struct gs_segment *s = malloc(sizeof *s + gs_fold_fields() * r->n_lanes * sizeof s->fields[0]);
    if (s) {
        *s = (struct gs_segment){ 0 };
        gs_fold_clear(s->fields, r->n_lanes);
    }
    return s;
}

static void append(struct gs_readout *r, struct gs_segment *s)
{
    s->older = r->open;
    if (r->open) {
        r->open->newer = s;
    } else {
        r->oldest = s;
    }
    r->open = s;
}

/* A segment where no reader begins melts into the one before; the oldest one is of no use to anybody. */
static void melt(struct gs_readout *r, struct gs_segment *s)
{
    if (s->readers > 0) {
        return;
    }
    if (s->older) {
        gs_fold_fields_into(s->older->fields, s->fields, r->n_lanes);
        s->older->frames += s->frames;
        s->older->newer = s->newer;
    } else {
        r->oldest = s->newer;
    }
    if (s->newer) {
        s->newer->older = s->older;
    } else {
        r->open = s->older;
    }
    free(s);
}

static void leave(struct gs_reader *reader)
{
    struct gs_readout *r = reader->readout;
    if (!r) {
        return;
    }
    struct gs_reader **at = &r->readers;
    while (*at != reader) {
        at = &(*at)->next;
    }
    *at = reader->next;
    reader->from->readers--;
    melt(r, reader->from);
    reader->readout = NULL;
    reader->from = NULL;
}

void gs_readers_leave(struct gs_readout *r)
{
    while (r->readers) {
        leave(r->readers);
    }
}

void gs_reader_destroy(struct gs_reader *reader)
{
    if (reader) {
        leave(reader);
        free(reader->fields);
        free(reader);
    }
}

/* The reader's `from` becomes a new, empty, open segment. False: no memory, all as before. */
static bool begin_here(struct gs_reader *reader, struct gs_readout *r)
{
    struct gs_segment *s = r->open;
    if (!s || s->frames > 0) {
        s = new_segment(r);
        if (!s) {
            return false;
        }
        append(r, s);
    }
    struct gs_segment *before = reader->from;
    s->readers++;
    reader->from = s;
    if (before) {
        before->readers--;
        melt(r, before);
    }
    return true;
}

static void first_look(struct gs_reader *reader, const struct gs_readout *r)
{
    double folded[GS_METER_FIELDS_MAX];
    for (const struct gs_readout_kind *k = r->kind; k < r->kind + r->n_kinds; k++) {
        for (size_t lane = 0; lane < r->n_lanes; lane++) {
            gs_readout_window(r, k, lane, FIRST_LOOK_MS, folded, &reader->frames);
            for (size_t f = 0; f < k->n_fields; f++) {
                reader->fields[(k->first_field + f) * r->n_lanes + lane] = folded[f];
            }
        }
    }
}

static void meet(struct gs_reader *reader, struct gs_readout *r)
{
    leave(reader);
    double *fields = realloc(reader->fields, gs_fold_fields() * r->n_lanes * sizeof *fields);
    if (!fields) {
        return;
    }
    reader->fields = fields;
    first_look(reader, r);
    if (begin_here(reader, r)) {
        reader->readout = r;
        reader->next = r->readers;
        r->readers = reader;
    }
}

void gs_reader_look(struct gs_reader *reader, struct gs_readout *r)
{
    if (reader->readout != r) {
        meet(reader, r);
        return;
    }
    struct gs_segment *first = reader->from;
    struct gs_segment *end = r->open;
    if (first == end && end->frames == 0) {
        return;
    }
    gs_fold_clear(reader->fields, r->n_lanes);
    reader->frames = 0;
    for (struct gs_segment *s = first; s; s = s->newer) {
        gs_fold_fields_into(reader->fields, s->fields, r->n_lanes);
        reader->frames += (double)s->frames;
    }
    begin_here(reader, r);
}

double gs_reader_value(const struct gs_reader *reader, size_t lane, int reading)
{
    if (!reader->readout) {
        return -INFINITY;
    }
    const struct gs_folded folded = { reader->readout, reader->fields, reader->frames };
    return gs_folded_value(&folded, lane, reading);
}
