/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See chain_text.h. */
#include "chain_text.h"

#include "paths.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *quoted(const char *text)
{
    char *copy = strdup(text);
    for (char *c = copy; *c; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    return copy;
}

static char *listed(const struct gs_errors *errors)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    for (size_t i = 0; i < errors->count; i++) {
        fprintf(to, "%s: %s\n", errors->list[i].where, errors->list[i].text);
    }
    fclose(to);
    return text;
}

struct gs_chain *test_chain(const char *text)
{
    char *json = quoted(text);
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = NULL;
    enum gs_status status = gs_chain_parse(json, strlen(json), "t.json", &chain, &errors);
    char *complaints = listed(&errors);
    cr_assert_eq(status, GS_OK, "%s", complaints);
    cr_assert_eq(errors.count, 0);
    free(complaints);
    free(json);
    gs_errors_finish(&errors);
    return chain;
}

char *test_chain_complaints(const char *text)
{
    char *json = quoted(text);
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = NULL;
    enum gs_status status = gs_chain_parse(json, strlen(json), "t.json", &chain, &errors);
    char *complaints = listed(&errors);
    cr_assert_neq(status, GS_OK, "taken: %s", text);
    cr_assert_eq(status, errors.list[0].status);
    cr_assert_null(chain);
    free(json);
    gs_errors_finish(&errors);
    return complaints;
}

size_t test_chain_slot(const struct gs_chain *chain, const char *id, const char *key)
{
    int stage = gs_chain_find(chain, id);
    cr_assert_geq(stage, 0, "no stage %s", id);
    int param = gs_stage_param_index(chain->stages[stage].kind, key);
    cr_assert_geq(param, 0, "%s has no %s", id, key);
    return gs_chain_slot(chain, (size_t)stage, (size_t)param);
}

double test_chain_value(const struct gs_chain *chain, const char *id, const char *key)
{
    return chain->value[test_chain_slot(chain, id, key)];
}

double test_chain_send(const struct gs_chain *chain, const char *id, size_t send, size_t param)
{
    int stage = gs_chain_find(chain, id);
    cr_assert_geq(stage, 0, "no stage %s", id);
    cr_assert_lt(send, chain->stages[stage].n_sends);
    return chain->value[gs_chain_send_slot(chain, (size_t)stage, send, param)];
}

const char *test_folder(void)
{
    static char folder[4096];
    if (!*folder) {
        char relative[64];
        snprintf(relative, sizeof relative, "tests/folder-%ld", (long)getpid());
        test_build_path(folder, sizeof folder, relative);
        mkdir(folder, 0777);
    }
    return folder;
}

const char *test_file(char *buf, size_t size, const char *name)
{
    int length = snprintf(buf, size, "%s/%s", test_folder(), name);
    cr_assert(length > 0 && (size_t)length < size);
    return buf;
}

static int delete (const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

void test_folder_remove(void)
{
    nftw(test_folder(), delete, 8, FTW_DEPTH | FTW_PHYS);
}

char *test_read(const char *path)
{
    FILE *from = fopen(path, "rb");
    if (!from) {
        return NULL;
    }
    char *text = NULL;
    size_t size = 0;
    ssize_t length = getdelim(&text, &size, '\0', from);
    fclose(from);
    return length < 0 ? (free(text), strdup("")) : text;
}

void test_write(const char *path, const char *text)
{
    FILE *to = fopen(path, "wb");
    cr_assert(to, "%s", path);
    fputs(text, to);
    cr_assert_eq(fclose(to), 0);
}
