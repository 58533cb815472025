/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chain as its file says it: checked, resolved, with every value in one flat array. It lives on the
 * control side; compiling it (plan.h) gives what the audio thread runs. [control] */
#ifndef CHAIN_CHAIN_H
#define CHAIN_CHAIN_H

#include "gainstage/stage.h"
#include "gainstage/status.h"

#include <stdbool.h>
#include <stddef.h>

#define GS_CHAIN_FORMAT     1
#define GS_CHAIN_STAGES_MAX 256
#define GS_CHAIN_BYTES_MAX  (1024 * 1024)
#define GS_CHAIN_DEPTH_MAX  16
#define GS_CHAIN_ID_SIZE    32 /* [A-Za-z0-9_.-]{1,31}, not all digits */

/* What a stage listens to: the output of an earlier stage, for a summing stage with a gain and a pan
 * whose values are slots. */
struct gs_chain_send {
    unsigned stage; /* index, smaller than the receiving stage's */
    bool pan_given; /* the file says a pan: the sum is stereo */
};

struct gs_chain_stage {
    char id[GS_CHAIN_ID_SIZE];
    char *label; /* what people see; the id when the file gives none; never NULL */
    char *model; /* name of the data sheet it is made from; NULL: none */
    const struct gs_stage_kind *kind;
    enum gs_domain domain_in, domain_out; /* of a source: both its own */
    unsigned channels_in, channels_out;   /* channels_in of a summing stage: of the sum */
    struct gs_chain_send *sends;          /* one for an ordinary stage, none for a source */
    size_t n_sends;
    size_t first_slot; /* kind's params, then GS_COMMON_*, then, summing, GS_SEND_* for each send */
    size_t n_slots;
    char *text[GS_STAGE_PARAMS_MAX]; /* values of TEXT parameters, NULL when not given */
};

struct gs_chain {
    char *name;        /* of the file without folder and ending when the document gives none; never NULL */
    char *description; /* "" when not given */
    char *path;        /* file it came from; NULL: none. Relative sound files are looked up beside it */
    struct gs_alignment alignment;
    struct gs_chain_stage *stages;
    size_t n_stages;
    unsigned listen_stage;    /* default: the last stage */
    enum gs_path listen_path; /* GS_REAL, GS_IDEAL or GS_ERROR */
    double *value;            /* one per slot: NAN where an optional value is not given; a TEXT: 1 or NAN */
    bool *given;              /* one per slot: the file or a person says it; else data sheet or default do. Of
                                 sends not told */
    double *base;             /* one per slot: what these say */
    size_t n_slots;
    void *document; /* the parsed file, so that saving keeps its order; opaque outside load/save */
};

/* Reads and checks. On any complaint: GS_E_*, all complaints in `errors`, *chain untouched. File errors:
 * GS_E_NOFILE (absent, not a regular file), GS_E_IO, GS_E_LIMIT. Owner of *chain: the caller. */
enum gs_status gs_chain_load(const char *path, struct gs_chain **chain, struct gs_errors *errors);
/* The same from memory; `origin` names it in complaints and anchors relative file names (may be NULL). */
enum gs_status gs_chain_parse(const char *text, size_t length, const char *origin, struct gs_chain **chain,
                              struct gs_errors *errors);
void gs_chain_destroy(struct gs_chain *chain);

/* The document with today's values, two-space indented, keys in the order of the file, new ones behind.
 * Owner of the text: the caller (free). NULL when out of memory. */
char *gs_chain_text(const struct gs_chain *chain);
/* Writes atomically: temporary file in the same folder, fsync, rename. The old file stays whole. */
enum gs_status gs_chain_save(const struct gs_chain *chain, const char *path, struct gs_error *error);

/* Stage by id or by 1-based number as text; -1 when there is none. */
int gs_chain_find(const struct gs_chain *chain, const char *id);

/* Path of a file that a chain names: as it stands when absolute, else beside the chain's own file
 * (`chain_path`, may be NULL: here). False when it does not fit. */
bool gs_chain_beside(const char *chain_path, const char *file, char *path, size_t size);

/* Slot of a stage's parameter (index over kind's and common rows), and of a send's. */
static inline size_t gs_chain_slot(const struct gs_chain *chain, size_t stage, size_t param)
{
    return chain->stages[stage].first_slot + param;
}
static inline size_t gs_chain_send_slot(const struct gs_chain *chain, size_t stage, size_t send, size_t param)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    return s->first_slot + s->kind->n_params + GS_COMMON_PARAMS + send * GS_SEND_PARAMS + param;
}
/* Says a value, as the file would. */
static inline void gs_chain_give(struct gs_chain *chain, size_t slot, double value)
{
    chain->value[slot] = value;
    chain->given[slot] = true;
}
/* The row that describes a slot, whichever stage it belongs to; NULL when there is no such slot. */
const struct gs_param *gs_chain_slot_row(const struct gs_chain *chain, size_t slot);

#endif
