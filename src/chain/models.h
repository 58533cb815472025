/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data sheets: what a maker or a bench says about a microphone, a preamp, a converter, as values of the
 * rows of one or more kinds. A stage that names one ("model": "shure-sm58") has them for defaults. Every
 * value bears its source and how far it can be trusted. [control] */
#ifndef CHAIN_MODELS_H
#define CHAIN_MODELS_H

#include "gainstage/stage.h"
#include "gainstage/status.h"

#define GS_MODEL_FORMAT    1
#define GS_MODEL_NAME_SIZE 65 /* [a-z0-9-]{1,64}: never a path */

enum gs_confidence {
    GS_CONFIDENCE_LOW,    /* sources disagree: see what the source says */
    GS_CONFIDENCE_MEDIUM, /* a review, a bench of one piece, a sister model */
    GS_CONFIDENCE_HIGH,   /* a manual, a data sheet, a careful bench */
};

struct gs_model_value {
    size_t index; /* of the row in its kind */
    double value; /* as the row's slot holds it */
    char *source; /* never NULL */
    enum gs_confidence confidence;
};

struct gs_model_part {
    const struct gs_stage_kind *kind;
    struct gs_model_value *values;
    size_t n_values;
};

struct gs_model {
    char name[GS_MODEL_NAME_SIZE];
    char *title, *description; /* never NULL */
    char *path;
    struct gs_model_part *parts;
    size_t n_parts;
};

/* The file of a sheet: in $GAINSTAGE_MODELS, in `models` beside the file `chain_path` (may be NULL: here),
 * in the user's and in the installed chains/models. NULL when there is none or the name is not one. Owner:
 * the caller (free). */
char *gs_model_find(const char *name, const char *chain_path);

/* Reads and checks one sheet. On any complaint *model is untouched. Owner of *model: the caller. */
enum gs_status gs_model_load(const char *path, struct gs_model **model, struct gs_errors *errors);
void gs_model_destroy(struct gs_model *model);

/* What the sheet says about a kind, NULL: nothing. */
const struct gs_model_part *gs_model_part(const struct gs_model *model, const struct gs_stage_kind *kind);

/* Names of all sheets in those places, sorted, each once. Owner: the caller (gs_model_names_finish). */
struct gs_model_names {
    char **list;
    size_t n;
};
enum gs_status gs_model_names_list(const char *chain_path, struct gs_model_names *names);
void gs_model_names_finish(struct gs_model_names *names);

/* All of them, in that order; those that cannot be read are left out. Owner: the caller. */
struct gs_model_shelf {
    struct gs_model **model;
    size_t n;
};
enum gs_status gs_model_shelf_fill(const char *chain_path, struct gs_model_shelf *shelf);
void gs_model_shelf_finish(struct gs_model_shelf *shelf);

/* "low", "medium", "high". */
const char *gs_confidence_word(enum gs_confidence confidence);

#endif
