/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chain files that are no files, that are too big, too deep, or good ones broken at random. */
#include "chain/chain.h"

#include "../support/chain_text.h"
#include "../support/paths.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SMALL                                                                                                \
    "{\"gainstage\":1,\"stages\":[{\"id\":\"a\",\"kind\":\"source\"},{\"id\":\"m\",\"kind\":\"master\"}]}"

TestSuite(load_file, .fini = test_folder_remove);

static void refused(const char *path, enum gs_status status, const char *found)
{
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = NULL;
    cr_assert_eq(gs_chain_load(path, &chain, &errors), status, "%s", path);
    cr_assert_null(chain);
    cr_assert_eq(errors.count, 1);
    cr_assert_eq(errors.list[0].status, status);
    cr_assert(strstr(errors.list[0].text, found), "%s", errors.list[0].text);
    cr_assert(strstr(errors.list[0].text, ", expected "), "%s", errors.list[0].text);
    gs_errors_finish(&errors);
}

Test(load_file, good)
{
    char path[4096], link[4096];
    struct gs_chain *chain = NULL;
    test_write(test_file(path, sizeof path, "my chain.json"), SMALL);
    cr_assert_eq(gs_chain_load(path, &chain, NULL), GS_OK);
    cr_assert_str_eq(chain->name, "my chain");
    cr_assert_str_eq(chain->path, path);
    gs_chain_destroy(chain);
    cr_assert_eq(symlink("my chain.json", test_file(link, sizeof link, "link")), 0);
    cr_assert_eq(gs_chain_load(link, &chain, NULL), GS_OK);
    cr_assert_str_eq(chain->name, "link");
    gs_chain_destroy(chain);
}

Test(load_file, not_a_file)
{
    char path[4096];
    refused("/no/such/file", GS_E_NOFILE, "no such file");
    refused("", GS_E_NOFILE, "no such file");
    refused("/dev/null/x", GS_E_NOFILE, "no such file");
    refused(test_folder(), GS_E_NOFILE, "a folder");
    refused("/dev/zero", GS_E_NOFILE, "a device");
    cr_assert_eq(mkfifo(test_file(path, sizeof path, "fifo"), 0666), 0);
    refused(path, GS_E_NOFILE, "a pipe"); /* and does not wait for a writer */
    cr_assert_eq(symlink("loop", test_file(path, sizeof path, "loop")), 0);
    refused(path, GS_E_NOFILE, "symbolic links");
}

Test(load_file, socket)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char path[4096];
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(chdir(test_folder()), 0); /* the name in the address is short */
    strcpy(address.sun_path, "socket");
    cr_assert_eq(bind(s, (struct sockaddr *)&address, sizeof address), 0);
    refused(test_file(path, sizeof path, "socket"), GS_E_NOFILE, "No such device or address");
    close(s);
}

Test(load_file, not_readable)
{
    char path[4096];
    test_write(test_file(path, sizeof path, "secret.json"), SMALL);
    cr_assert_eq(chmod(path, 0), 0);
    if (geteuid() == 0) { /* root reads everything: become somebody */
        char folder[64];
        snprintf(folder, sizeof folder, "/tmp/gainstage-test-%ld", (long)getpid());
        cr_assert_eq(mkdir(folder, 0755), 0);
        snprintf(path, sizeof path, "%s/secret.json", folder);
        test_write(path, SMALL);
        cr_assert_eq(chmod(path, 0), 0);
        cr_assert_eq(seteuid(65534), 0);
        refused(path, GS_E_NOFILE, "no permission");
        cr_assert_eq(seteuid(0), 0);
        cr_assert_eq(unlink(path) + rmdir(folder), 0);
        return;
    }
    refused(path, GS_E_NOFILE, "no permission");
}

Test(load_file, size)
{
    char path[4096];
    struct gs_chain *chain = NULL;
    FILE *to = fopen(test_file(path, sizeof path, "big.json"), "w");
    fputs(SMALL, to);
    for (size_t i = strlen(SMALL); i < GS_CHAIN_BYTES_MAX; i++) {
        fputc(' ', to);
    }
    fclose(to);
    cr_assert_eq(gs_chain_load(path, &chain, NULL), GS_OK, "1 MiB is allowed");
    gs_chain_destroy(chain);
    cr_assert_eq(truncate(path, GS_CHAIN_BYTES_MAX + 1), 0);
    refused(path, GS_E_LIMIT, "found 1048577 bytes");
    cr_assert_eq(truncate(path, (off_t)1 << 30), 0);
    refused(path, GS_E_LIMIT, "found 1073741824 bytes");
    test_write(path, "");
    refused(path, GS_E_SYNTAX, "the end of the file");
}

/* One megabyte of brackets, quotes, digits: refused by the scanner, without recursion and without a tree. */
Test(load_file, monsters)
{
    static const char *const seeds[] = { "[", "{\"a\":", "\"", "1", "-", "[1,", " ", "\\", "\xc3", "[[]," };
    char *text = malloc(GS_CHAIN_BYTES_MAX + 1);
    for (size_t s = 0; s < sizeof seeds / sizeof *seeds; s++) {
        size_t n = strlen(seeds[s]);
        for (size_t i = 0; i < GS_CHAIN_BYTES_MAX; i++) {
            text[i] = seeds[s][i % n];
        }
        struct gs_errors errors = { 0 };
        struct gs_chain *chain = NULL;
        cr_assert_neq(gs_chain_parse(text, GS_CHAIN_BYTES_MAX, "m", &chain, &errors), GS_OK);
        cr_assert_eq(errors.count, 1);
        gs_errors_finish(&errors);
    }
    free(text);
}

/* ---- good chains, broken ------------------------------------------------------------------------------- */

static uint64_t draw(uint64_t *state) /* splitmix64 */
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* Pieces that reach deeper than random bytes: most of these leave the file JSON. */
static const char *const pieces[] = {
    "null",
    "true",
    "-1",
    "1e308",
    "0.0000001",
    "\"\"",
    "[]",
    "{}",
    "\"mic\"",
    "\"-inf\"",
    "\"\\u0007\"",
    "\"id\": 1,",
    "{},",
    "[[1]],",
    "\"from\": [\"mic\", \"mic\"],",
    "\"kind\": \"bus\",",
    "\"model\": \"motu-m2\",",
    "\"kind\": \"master\",",
    "\"listen\": 1,",
    "99999",
    "\"\\ud83c\\udf99\"",
    "\"\xf0\x9f\x8e\x99\"",
};

static void replace(char *text, size_t *length, size_t at, size_t gone, const char *piece, size_t more)
{
    gone = gone > *length - at ? *length - at : gone;
    memmove(text + at + more, text + at + gone, *length - at - gone);
    memcpy(text + at, piece, more);
    *length += more - gone;
}

/* A token to break: from a random place to the next mark. */
static size_t token(const char *text, size_t length, size_t *at)
{
    while (*at < length && !strchr(" [{:,", text[*at])) {
        ++*at;
    }
    *at += *at < length;
    size_t end = *at;
    while (end < length && !strchr(",}]", text[end])) {
        end++;
    }
    return end - *at;
}

static void mutate(char *text, size_t *length, uint64_t *seed)
{
    size_t at = draw(seed) % *length;
    const char *piece = pieces[draw(seed) % (sizeof pieces / sizeof *pieces)];
    switch (draw(seed) % 6) {
    case 0:
        text[at] = (char)draw(seed);
        break;
    case 1:
        text[at] ^= (char)(1 << draw(seed) % 8);
        break;
    case 2:
        replace(text, length, at, draw(seed) % 40, "", 0);
        break;
    case 3: {
        size_t gone = token(text, *length, &at);
        replace(text, length, at, gone, piece, strlen(piece));
        break;
    }
    case 4:
        token(text, *length, &at);
        replace(text, length, at, 0, piece, strlen(piece));
        break;
    default: {
        char copy[64];
        size_t n = draw(seed) % sizeof copy;
        n = n > *length - at ? *length - at : n;
        memcpy(copy, text + at, n);
        replace(text, length, draw(seed) % *length, 0, copy, n);
    }
    }
}

#define ROUNDS 20000
#define ROOM   16384

static void load_mutant(const char *text, size_t length, size_t *loaded)
{
    char *exact = malloc(length); /* so that one byte too far is seen */
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = NULL;
    memcpy(exact, text, length);
    enum gs_status status = gs_chain_parse(exact, length, "mutant", &chain, &errors);
    cr_assert_eq(status == GS_OK, chain != NULL);
    cr_assert_eq(status == GS_OK, errors.count + errors.dropped == 0);
    for (size_t i = 0; i < errors.count; i++) {
        cr_assert_eq(strncmp(errors.list[i].where, "mutant", 6), 0);
        cr_assert_neq(errors.list[i].status, GS_E_MEMORY, "%s", errors.list[i].text);
    }
    if (chain) {
        char *saved = gs_chain_text(chain);
        struct gs_chain *again = NULL;
        cr_assert_eq(gs_chain_parse(saved, strlen(saved), "mutant", &again, NULL), GS_OK, "%s", saved);
        cr_assert_eq(again->n_slots, chain->n_slots);
        gs_chain_destroy(again);
        gs_chain_destroy(chain);
        free(saved);
        ++*loaded;
    }
    gs_errors_finish(&errors);
    free(exact);
}

Test(load_file, mutants)
{
    char pattern[4096];
    glob_t files;
    uint64_t seed = 20240229;
    size_t loaded = 0;
    setenv("GAINSTAGE_MODELS", test_source_path(pattern, sizeof pattern, "chains/models"), 1);
    cr_assert_eq(glob(test_source_path(pattern, sizeof pattern, "chains/*.json"), 0, NULL, &files), 0);
    for (int round = 0; round < ROUNDS; round++) {
        char *original = test_read(files.gl_pathv[(size_t)round % files.gl_pathc]);
        char text[ROOM];
        size_t length = strlen(original);
        cr_assert_lt(length, ROOM / 2);
        memcpy(text, original, length + 1);
        free(original);
        for (uint64_t n = 1 + draw(&seed) % 3; n > 0 && length > 0 && length < ROOM - 200; n--) {
            mutate(text, &length, &seed);
        }
        load_mutant(text, length, &loaded);
    }
    globfree(&files);
    cr_assert(loaded > 100 && loaded < ROUNDS / 2, "%zu of %d mutants were chains", loaded, ROUNDS);
}
