/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a chain file or a data sheet from disk, without hanging on a pipe, without filling memory from an endless
 * device. See chain.h. */
#include "chain/load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file on its way in: whose complaints say what was expected. */
struct input {
    const char *path, *expected;
    int file;
    struct gs_errors *errors;
};

static enum gs_status refuse(const struct input *in, enum gs_status status, const char *found)
{
    return gs_errors_add(in->errors, status, in->path, "found %s, expected %s", found, in->expected);
}

static enum gs_status refuse_errno(const struct input *in)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return refuse(in, GS_E_NOFILE, "no such file");
    case EACCES:
        return refuse(in, GS_E_NOFILE, "no permission to read it");
    case ELOOP:
    case ENXIO:
    case ENAMETOOLONG:
        return refuse(in, GS_E_NOFILE, strerror(errno));
    default:
        return refuse(in, GS_E_IO, strerror(errno));
    }
}

static enum gs_status check_kind(const struct input *in)
{
    struct stat status;
    if (fstat(in->file, &status)) {
        return refuse_errno(in);
    }
    if (!S_ISREG(status.st_mode)) {
        return refuse(in, GS_E_NOFILE,
                      S_ISDIR(status.st_mode)    ? "a folder"
                      : S_ISFIFO(status.st_mode) ? "a pipe"
                                                 : "a device");
    }
    if (status.st_size > GS_CHAIN_BYTES_MAX) {
        return gs_errors_add(in->errors, GS_E_LIMIT, in->path, "found %lld bytes, expected at most %d",
                             (long long)status.st_size, GS_CHAIN_BYTES_MAX);
    }
    return GS_OK;
}

/* Up to one byte more than is allowed: a file may grow while it is read. */
static enum gs_status read_all(const struct input *in, char *text, size_t *length)
{
    *length = 0;
    while (*length <= GS_CHAIN_BYTES_MAX) {
        ssize_t n = read(in->file, text + *length, GS_CHAIN_BYTES_MAX + 1 - *length);
        if (n == 0) {
            return GS_OK;
        }
        if (n < 0 && errno != EINTR) {
            return refuse_errno(in);
        }
        *length += n > 0 ? (size_t)n : 0;
    }
    return gs_errors_add(in->errors, GS_E_LIMIT, in->path,
                         "found a file that grows, expected at most %d bytes", GS_CHAIN_BYTES_MAX);
}

enum gs_status gs_load_read(const char *path, const char *expected, char **text, size_t *length,
                            struct gs_errors *errors)
{
    /* Not blocking: opening a pipe that nobody writes to would wait for ever. */
    struct input in = { .path = path,
                        .expected = expected,
                        .file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY),
                        .errors = errors };
    if (in.file < 0) {
        return refuse_errno(&in);
    }
    char *room = malloc(GS_CHAIN_BYTES_MAX + 1);
    enum gs_status status = room ? check_kind(&in) : refuse(&in, GS_E_MEMORY, "no memory left");
    status = status ? status : read_all(&in, room, length);
    close(in.file);
    if (status) {
        free(room);
        return status;
    }
    *text = room;
    return GS_OK;
}

enum gs_status gs_chain_load(const char *path, struct gs_chain **chain, struct gs_errors *errors)
{
    char *text;
    size_t length;
    enum gs_status status = gs_load_read(path, "a chain file", &text, &length, errors);
    if (status) {
        return status;
    }
    status = gs_chain_parse(text, length, path, chain, errors);
    free(text);
    return status;
}
