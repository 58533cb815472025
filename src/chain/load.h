/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of loading, shared by load*.c and save*.c: the parsed document, what a load in progress
 * knows, and the small checks that every object of the document goes through. [control] */
#ifndef CHAIN_LOAD_H
#define CHAIN_LOAD_H

#include "chain/chain.h"
#include "chain/document.h"
#include "chain/models.h"
#include "chain/where.h"

#include <cjson/cJSON.h>

#include <stdbool.h>

#define GS_NAME_CHARACTERS        100
#define GS_LABEL_CHARACTERS       60
#define GS_DESCRIPTION_CHARACTERS 2000
#define GS_FILE_CHARACTERS        1000
#define GS_KINDS_MAX              128 /* words in a complaint */

/* What chain->document points to: the file's own words, and the values they stand for, so that saving
 * rewrites nothing but what has changed since. */
struct gs_document {
    cJSON *root;
    double *loaded; /* as chain->value was; NULL until loading is done */
};
struct gs_document *gs_document_create(cJSON *root); /* takes root; NULL (and root freed) without memory */

/* Where in the document a stage stands; the second array of a load, beside chain->stages. */
struct gs_load_stage {
    const cJSON *json;
    const cJSON *from; /* NULL: not given */
    bool joined;       /* kind, domains and channels are known: others may listen to it */
};

struct gs_load {
    const char *origin;
    struct gs_errors *errors;
    struct gs_chain *chain;
    struct gs_load_stage *stage;
    int master;        /* index of the first master, -1: none yet */
    bool kind_unknown; /* one at least: it may have been meant to be the master */
};

/* ---- load_file.c, load.c: from a file to a tree ---- */

/* A regular file of at most GS_CHAIN_BYTES_MAX. Owner of *text: the caller (free). `expected`: what it
 * should have been, "a chain file". */
enum gs_status gs_load_read(const char *path, const char *expected, char **text, size_t *length,
                            struct gs_errors *errors);
cJSON *gs_load_parse(const char *text, size_t length);
/* Appends a load's own complaints to the caller's (may be NULL) and frees them; the status of the first. */
enum gs_status gs_load_hand_over(struct gs_errors *mine, struct gs_errors *errors);

/* ---- load_say.c: complaints ---- */

enum gs_status gs_load_refuse(struct gs_load *load, const struct gs_at *at, enum gs_status status,
                              const char *format, ...) __attribute__((format(printf, 4, 5)));
/* No more complaints are kept: counts one more, so that searching for its words can be spared. */
bool gs_load_is_full(struct gs_load *load);
enum gs_status gs_load_no_memory(struct gs_load *load);

/* "99", "text `abc`", "true", "a list": what the document says. Returns `found`. */
#define GS_FOUND_SIZE (GS_QUOTED_SIZE + 16)
char *gs_load_found(char found[GS_FOUND_SIZE], const cJSON *json);
enum gs_status gs_load_refuse_type(struct gs_load *load, const struct gs_at *at, const cJSON *json,
                                   const char *expected);

/* Words that are allowed in one place, offered one by one: remembers all for a list, and the nearest. */
#define GS_WORDS_SIZE 320
struct gs_words {
    char list[GS_WORDS_SIZE]; /* "`a`, `b`"; cut with "..." */
    const char *nearest;
};
struct gs_words gs_words_of(const char *word, const char *const *words, size_t n);
/* "found FOUND, expected WHAT: did you mean `x`?", or with the whole list when no word is near. */
enum gs_status gs_load_refuse_word(struct gs_load *load, const struct gs_at *at, const char *found,
                                   const char *what, const struct gs_words *words);

/* "a" or "an". */
const char *gs_load_article(const char *word);

/* ---- load_object.c: objects and plain values ---- */

/* Sorts the members of an object into found[i] for keys[i] (NULL when absent). Refuses keys that are not
 * in the list and keys that come twice. `owner` is whose keys they are: "a `preamp`", "a chain"; the last
 * `hidden` keys are sorted too, but no complaint recommends them. */
void gs_load_keys(struct gs_load *load, const struct gs_at *at, const cJSON *object, const char *owner,
                  const char *const *keys, size_t n, size_t hidden, const cJSON **found);

/* A text of 1..`characters` without control characters (`lines`: line breaks and tabs are welcome),
 * copied. False: refused, *text untouched. */
bool gs_load_text(struct gs_load *load, const struct gs_at *at, const cJSON *json, size_t characters,
                  bool lines, char **text);

/* ---- load_value.c: a value by its row ---- */

/* Checks a value of the document against its row. *value: what the row's slot holds (1 for a TEXT). False:
 * refused, *value untouched. */
bool gs_load_value(struct gs_load *load, const struct gs_at *at, const cJSON *json,
                   const struct gs_param *row, double *value);

/* ---- load_stage.c, load_sheet.c, load_from.c, load_join.c ---- */

/* The data sheet that a stage is made from: its values become the stage's. False: refused. */
bool gs_load_sheet(struct gs_load *load, const struct gs_at *stage, size_t index, const cJSON *json);

/* Room and slots for every stage, and its id and kind as far as they can be read: what others may name. */
bool gs_load_prepare(struct gs_load *load, const cJSON *list);
/* All of one stage; earlier ones are done. */
void gs_load_stage(struct gs_load *load, const struct gs_at *list, size_t index);
/* Its sends. False: refused, they cannot be followed. */
bool gs_load_from(struct gs_load *load, const struct gs_at *at, size_t index);
/* Its domains and channels. */
void gs_load_join(struct gs_load *load, const struct gs_at *at, size_t index);

#endif
