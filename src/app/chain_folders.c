/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See chain_folders.h. */
#include "app/chain_folders.h"

#include "base/nearest.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BELOW "/gainstaged/chains"

static char *join(const char *a, size_t length, const char *b, const char *c)
{
    char *text;
    return asprintf(&text, "%.*s%s%s", (int)length, a, b, c) < 0 ? NULL : text;
}

static void keep(struct gs_chain_folders *folders, char *folder)
{
    if (!folder || folders->n == GS_CHAIN_FOLDERS_MAX) {
        free(folder);
        return;
    }
    folders->list[folders->n++] = folder;
    folders->list[folders->n] = NULL;
}

void gs_chain_folders_add(struct gs_chain_folders *folders, const char *folder)
{
    keep(folders, strdup(folder));
}

/* The specification: an unset or empty variable means its default, a relative path is to be ignored. */
static const char *variable(const char *name, const char *fallback)
{
    const char *value = getenv(name);
    return value && *value ? value : fallback;
}

void gs_chain_folders_add_standard(struct gs_chain_folders *folders)
{
    const char *config = variable("XDG_CONFIG_HOME", ""), *home = variable("HOME", "");
    if (*config == '/') {
        keep(folders, join(config, strlen(config), BELOW, ""));
    } else if (*home) {
        keep(folders, join(home, strlen(home), "/.config" BELOW, ""));
    }
    const char *at = variable("XDG_CONFIG_DIRS", "/etc/xdg");
    while (*at) {
        size_t length = strcspn(at, ":");
        if (*at == '/') {
            keep(folders, join(at, length, BELOW, ""));
        }
        at += length + (at[length] == ':');
    }
    gs_chain_folders_add(folders, PKGDATADIR "/chains");
}

void gs_chain_folders_finish(struct gs_chain_folders *folders)
{
    for (size_t i = 0; i < folders->n; i++) {
        free((char *)folders->list[i]);
    }
    memset(folders, 0, sizeof *folders);
}

/* NULL when there is no such file. */
static char *existing(const char *folder, const char *name, const char *ending)
{
    char *path;
    if (asprintf(&path, "%s/%s%s", folder, name, ending) < 0) {
        return NULL;
    }
    if (access(path, F_OK) == 0) {
        return path;
    }
    free(path);
    return NULL;
}

static void offer_names(struct gs_nearest *nearest, const char *folder, char *best, size_t size)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char name[256];
        const char *dot = strrchr(entries[i]->d_name, '.');
        snprintf(name, sizeof name, "%.*s", dot ? (int)(dot - entries[i]->d_name) : 0, entries[i]->d_name);
        if (dot && strcmp(dot, ".json") == 0) {
            gs_nearest_offer(nearest, name);
        }
        if (nearest->best == name) {
            snprintf(best, size, "%s", name);
            nearest->best = best;
        }
        free(entries[i]);
    }
    if (n >= 0) {
        free(entries);
    }
}

enum gs_status gs_chain_folders_refuse(const struct gs_chain_folders *folders, const char *name,
                                       struct gs_error *error)
{
    char where[384] = "", best[256];
    size_t used = 0;
    struct gs_nearest nearest = gs_nearest_start(name);
    for (size_t i = 0; i < folders->n; i++) {
        int n = snprintf(where + used, sizeof where - used, "%s%s", i ? ", " : "", folders->list[i]);
        used += n > 0 && used + (size_t)n < sizeof where ? (size_t)n : 0;
        where[used] = '\0';
        offer_names(&nearest, folders->list[i], best, sizeof best);
    }
    return gs_fail(error, GS_E_NOFILE, name, "found neither such a file nor a chain of that name in %s%s%s%s",
                   where, nearest.best ? ": did you mean '" : "", nearest.best ? nearest.best : "",
                   nearest.best ? "'?" : "");
}

char *gs_chain_folders_find(const struct gs_chain_folders *folders, const char *name)
{
    if (strchr(name, '/') || access(name, F_OK) == 0) {
        return strdup(name);
    }
    for (size_t i = 0; i < folders->n; i++) {
        char *path = existing(folders->list[i], name, ".json");
        path = path ? path : existing(folders->list[i], name, "");
        if (path) {
            return path;
        }
    }
    return NULL;
}
