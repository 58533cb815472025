/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See carry.h. Sheets of the user's and of the installed folder are found from anywhere; what is compared is what a
 * chain would read, the bytes of the files. */
#include "chain/carry.h"

#include "chain/load.h"
#include "chain/models.h"
#include "chain/save.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Ends with a zero behind `length`. Owner: the caller; NULL, with a complaint. */
static char *read_sheet(const char *path, size_t *length, struct gs_error *error)
{
    char *text = NULL;
    struct gs_errors errors = { 0 };
    enum gs_status status = gs_load_read(path, "a data sheet", &text, length, &errors);
    if (status) {
        gs_fail(error, status, path, "%s", errors.count ? errors.list[0].text : "found no memory left");
    } else {
        text[*length] = '\0';
    }
    gs_errors_finish(&errors);
    return text;
}

static enum gs_status same_text(const char *text, size_t length, const char *path, bool *same,
                                struct gs_error *error)
{
    size_t other_length;
    char *other = read_sheet(path, &other_length, error);
    *same = other && length == other_length && memcmp(text, other, length) == 0;
    free(other);
    return other ? GS_OK : error->status;
}

static enum gs_status copy(const char *text, const char *name, const char *chain_path,
                           struct gs_carried *carried, struct gs_error *error)
{
    char folder[PATH_MAX], path[PATH_MAX + GS_MODEL_NAME_SIZE + 8];
    char **grown = realloc(carried->path, (carried->n + 1) * sizeof *grown);
    carried->path = grown ? grown : carried->path;
    if (!grown || !gs_chain_beside(chain_path, "models", folder, sizeof folder)) {
        return gs_fail(error, GS_E_MEMORY, chain_path,
                       "found no memory left, expected some for its data sheets");
    }
    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    mkdir(folder, 0777); /* where it cannot be, the write says so */
    if (access(path, F_OK) == 0) {
        return gs_fail(error, GS_E_DUPLICATE, path,
                       "found another data sheet of this name, expected the same or none");
    }
    carried->path[carried->n] = strdup(path);
    if (!carried->path[carried->n]) {
        return gs_fail(error, GS_E_MEMORY, path, "found no memory left, expected some for a data sheet");
    }
    carried->n++; /* what goes wrong behind the write leaves nothing either */
    return gs_save_text(path, text, error);
}

static enum gs_status carry(const char *name, const char *from, const char *chain_path,
                            struct gs_carried *carried, struct gs_error *error)
{
    size_t length;
    bool same = false;
    char *here = gs_model_find(name, from), *there = gs_model_find(name, chain_path);
    char *text = here ? read_sheet(here, &length, error) : NULL;
    enum gs_status status = here && !text ? error->status : GS_OK;
    if (text && there) {
        status = same_text(text, length, there, &same, error);
    }
    if (!status && text && !same) {
        status = copy(text, name, chain_path, carried, error);
    }
    free(text);
    free(here);
    free(there);
    return status;
}

enum gs_status gs_sheets_carry(const struct gs_chain *chain, const char *path, struct gs_carried *carried,
                               struct gs_error *error)
{
    enum gs_status status = GS_OK;
    struct gs_error own;
    *carried = (struct gs_carried){ 0 };
    error = error ? error : &own;
    for (size_t i = 0; i < chain->n_stages && !status; i++) {
        if (chain->stages[i].model) {
            status = carry(chain->stages[i].model, chain->path, path, carried, error);
        }
    }
    if (status) {
        gs_carried_finish(carried, false);
    }
    return status;
}

void gs_carried_finish(struct gs_carried *carried, bool keep)
{
    for (size_t i = 0; i < carried->n; i++) {
        if (!keep) {
            unlink(carried->path[i]);
        }
        free(carried->path[i]);
    }
    free(carried->path);
    *carried = (struct gs_carried){ 0 };
}
