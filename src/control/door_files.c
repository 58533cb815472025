/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_files.h. */
#include "control/door_files.h"

#include "control/door_gzip.h"
#include "control/web_files.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (4u << 20) /* of a file from a folder */
#define SMALLEST 9          /* of zlib's levels */

static const struct {
    const char *ending, *type;
} types[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".mjs", "text/javascript; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".json", "application/json" },
    { ".webmanifest", "application/manifest+json" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
    { ".woff2", "font/woff2" },
    { ".wasm", "application/wasm" },
    { ".txt", "text/plain; charset=utf-8" },
};

static const char *type_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++) {
        if (strcmp(dot, types[i].ending) == 0) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}

/* What has been made of a file of the program. */
struct kept {
    char etag[GS_DOOR_ETAG_SIZE]; /* "": nothing yet */
    unsigned char *gzip;          /* NULL: not worth it */
    size_t gzip_size;
};

struct gs_door_files {
    const char *folder;
    struct kept *kept; /* beside gs_web_files */
};

/* Letters, figures and "-_." in parts that do not begin with a dot. */
static bool is_tame(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    while (*name) {
        size_t length = strspn(name, letters);
        if (!length || *name == '.' || length > 64 || (name[length] && name[length] != '/')) {
            return false;
        }
        name += length + (name[length] == '/');
    }
    return true;
}

/* ---- what is made of bytes ---- */

/* FNV-1a, 64 bit: of a page, against chance and not against somebody who wants two pages to look alike. */
static void make_etag(const unsigned char *bytes, size_t size, char etag[GS_DOOR_ETAG_SIZE])
{
    uint64_t sum = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < size; i++) {
        sum = (sum ^ bytes[i]) * UINT64_C(1099511628211);
    }
    snprintf(etag, GS_DOOR_ETAG_SIZE, "\"%016" PRIx64 "\"", sum);
}

static void make_gzip(const unsigned char *bytes, size_t size, struct kept *kept)
{
    struct gs_door_gzip *gzip = size < GS_DOOR_GZIP_MIN ? NULL : gs_door_gzip_create(bytes, size, SMALLEST);
    if (gzip) {
        gs_door_gzip_go(gzip, size);
        kept->gzip = gs_door_gzip_take(gzip, &kept->gzip_size);
    }
    gs_door_gzip_destroy(gzip);
}

/* ---- where they are ---- */

static bool read_whole(int fd, struct gs_door_file *file)
{
    struct stat about;
    if (fstat(fd, &about) < 0 || !S_ISREG(about.st_mode) || about.st_size > (off_t)FILE_MAX) {
        return false;
    }
    size_t size = (size_t)about.st_size, got = 0;
    unsigned char *bytes = malloc(size ? size : 1);
    while (bytes && got < size) {
        ssize_t more = read(fd, bytes + got, size - got);
        if (more <= 0) {
            break;
        }
        got += (size_t)more;
    }
    if (!bytes || got < size) {
        free(bytes);
        return false;
    }
    file->bytes = file->owned = bytes;
    file->size = size;
    return true;
}

static bool from_folder(const char *folder, const char *name, struct gs_door_file *file)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        return false;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool whole = fd >= 0 && read_whole(fd, file);
    if (fd >= 0) {
        close(fd);
    }
    return whole;
}

static bool from_program(struct gs_door_files *files, const char *name, bool gzip, struct gs_door_file *file)
{
    size_t i = 0;
    while (gs_web_files[i].name && strcmp(gs_web_files[i].name, name) != 0) {
        i++;
    }
    if (!gs_web_files[i].name) {
        return false;
    }
    struct kept *kept = &files->kept[i];
    if (!*kept->etag) {
        make_etag(gs_web_files[i].bytes, gs_web_files[i].size, kept->etag);
        make_gzip(gs_web_files[i].bytes, gs_web_files[i].size, kept);
    }
    file->gzip = gzip && kept->gzip;
    file->bytes = file->gzip ? kept->gzip : gs_web_files[i].bytes;
    file->size = file->gzip ? kept->gzip_size : gs_web_files[i].size;
    memcpy(file->etag, kept->etag, sizeof file->etag);
    if (file->gzip) { /* other bytes, another tag: RFC 9110 clause 8.8.3 */
        memcpy(file->etag + strlen(file->etag) - 1, "-gz\"", 5);
    }
    return true;
}

bool gs_door_files_find(struct gs_door_files *files, const char *name, bool gzip, struct gs_door_file *file)
{
    *file = (struct gs_door_file){ .type = type_of(name) };
    if (!is_tame(name) || !*name) {
        return false;
    }
    if (!files->folder) {
        return from_program(files, name, gzip, file);
    }
    if (!from_folder(files->folder, name, file)) {
        return false;
    }
    make_etag(file->bytes, file->size, file->etag);
    return true;
}

/* ---- life ---- */

struct gs_door_files *gs_door_files_create(const char *folder)
{
    struct gs_door_files *files = calloc(1, sizeof *files);
    size_t n = 0;
    while (gs_web_files[n].name) {
        n++;
    }
    if (files) {
        files->folder = folder;
        files->kept = calloc(n + 1, sizeof *files->kept);
    }
    if (files && !files->kept) {
        free(files);
        return NULL;
    }
    return files;
}

void gs_door_files_destroy(struct gs_door_files *files)
{
    if (!files) {
        return;
    }
    for (size_t i = 0; gs_web_files[i].name; i++) {
        free(files->kept[i].gzip);
    }
    free(files->kept);
    free(files);
}
