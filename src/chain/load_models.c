/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where data sheets are, and which there are. See models.h. */
#include "chain/models.h"

#include "chain/chain.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACES 4
#define ENDING ".json"

/* In the order of precedence; NULL where there is no such place. */
struct places {
    char *folder[PLACES];
};

static char *join(const char *folder, const char *below)
{
    char *text;
    return folder && *folder && asprintf(&text, "%s%s", folder, below) >= 0 ? text : NULL;
}

static struct places find_places(const char *chain_path)
{
    char beside[4096];
    const char *config = getenv("XDG_CONFIG_HOME");
    struct places places = {
        .folder = { join(getenv("GAINSTAGE_MODELS"), ""), NULL,
                    config && *config == '/' ? join(config, "/gainstaged/chains/models")
                                             : join(getenv("HOME"), "/.config/gainstaged/chains/models"),
                    join(PKGDATADIR, "/chains/models") },
    };
    places.folder[1] = gs_chain_beside(chain_path, "models", beside, sizeof beside) ? strdup(beside) : NULL;
    return places;
}

static void finish_places(struct places *places)
{
    for (int i = 0; i < PLACES; i++) {
        free(places->folder[i]);
    }
}

static bool is_name(const char *name, size_t length)
{
    return length > 0 && length < GS_MODEL_NAME_SIZE &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") >= length;
}

char *gs_model_find(const char *name, const char *chain_path)
{
    char *path = NULL;
    if (!is_name(name, strlen(name))) {
        return NULL;
    }
    struct places places = find_places(chain_path);
    for (int i = 0; i < PLACES && !path; i++) {
        if (places.folder[i] && asprintf(&path, "%s/%s" ENDING, places.folder[i], name) < 0) {
            path = NULL;
        }
        if (path && access(path, F_OK)) {
            free(path);
            path = NULL;
        }
    }
    finish_places(&places);
    return path;
}

/* ---- all of them --------------------------------------------------------------------------------------- */

static bool has(const struct gs_model_names *names, const char *name, size_t length)
{
    for (size_t i = 0; i < names->n; i++) {
        if (strlen(names->list[i]) == length && memcmp(names->list[i], name, length) == 0) {
            return true;
        }
    }
    return false;
}

static enum gs_status add(struct gs_model_names *names, const char *file)
{
    size_t length = strlen(file), ending = strlen(ENDING);
    if (length <= ending || strcmp(file + length - ending, ENDING) != 0 || !is_name(file, length - ending) ||
        has(names, file, length - ending)) {
        return GS_OK;
    }
    char **list = realloc(names->list, (names->n + 1) * sizeof *list);
    if (!list) {
        return GS_E_MEMORY;
    }
    names->list = list;
    list[names->n] = strndup(file, length - ending);
    return list[names->n] ? (names->n++, GS_OK) : GS_E_MEMORY;
}

static enum gs_status add_folder(struct gs_model_names *names, const char *path)
{
    DIR *folder = path ? opendir(path) : NULL;
    enum gs_status status = GS_OK;
    const struct dirent *entry;
    while (folder && !status && (entry = readdir(folder))) {
        status = add(names, entry->d_name);
    }
    if (folder) {
        closedir(folder);
    }
    return status;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum gs_status gs_model_names_list(const char *chain_path, struct gs_model_names *names)
{
    struct places places = find_places(chain_path);
    enum gs_status status = GS_OK;
    *names = (struct gs_model_names){ 0 };
    for (int i = 0; i < PLACES && !status; i++) {
        status = add_folder(names, places.folder[i]);
    }
    finish_places(&places);
    if (status) {
        gs_model_names_finish(names);
    } else if (names->n) {
        qsort(names->list, names->n, sizeof *names->list, compare);
    }
    return status;
}

void gs_model_names_finish(struct gs_model_names *names)
{
    for (size_t i = 0; i < names->n; i++) {
        free(names->list[i]);
    }
    free(names->list);
    *names = (struct gs_model_names){ 0 };
}

/* ---- read ---------------------------------------------------------------------------------------------- */

enum gs_status gs_model_shelf_fill(const char *chain_path, struct gs_model_shelf *shelf)
{
    struct gs_model_names names;
    *shelf = (struct gs_model_shelf){ 0 };
    enum gs_status status = gs_model_names_list(chain_path, &names);
    shelf->model = status ? NULL : calloc(names.n + 1, sizeof *shelf->model);
    for (size_t i = 0; shelf->model && i < names.n; i++) {
        char *path = gs_model_find(names.list[i], chain_path);
        if (path && gs_model_load(path, &shelf->model[shelf->n], NULL) == GS_OK) {
            shelf->n++;
        }
        free(path);
    }
    gs_model_names_finish(&names);
    return status ? status : shelf->model ? GS_OK : GS_E_MEMORY;
}

void gs_model_shelf_finish(struct gs_model_shelf *shelf)
{
    for (size_t i = 0; i < shelf->n; i++) {
        gs_model_destroy(shelf->model[i]);
    }
    free(shelf->model);
    *shelf = (struct gs_model_shelf){ 0 };
}
