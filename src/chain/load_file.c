/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a chain file from disk, without hanging on a pipe, without filling memory from an endless
 * device. See chain.h. */
#include "chain/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum gs_status refuse(struct gs_errors *errors, enum gs_status status, const char *path,
                             const char *found)
{
    return gs_errors_add(errors, status, path, "found %s, expected a chain file", found);
}

static enum gs_status refuse_errno(struct gs_errors *errors, const char *path)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return refuse(errors, GS_E_NOFILE, path, "no such file");
    case EACCES:
        return refuse(errors, GS_E_NOFILE, path, "no permission to read it");
    case ELOOP:
    case ENXIO:
    case ENAMETOOLONG:
        return refuse(errors, GS_E_NOFILE, path, strerror(errno));
    default:
        return refuse(errors, GS_E_IO, path, strerror(errno));
    }
}

static enum gs_status check_kind(int file, const char *path, struct gs_errors *errors)
{
    struct stat status;
    if (fstat(file, &status)) {
        return refuse_errno(errors, path);
    }
    if (!S_ISREG(status.st_mode)) {
        return refuse(errors, GS_E_NOFILE, path,
                      S_ISDIR(status.st_mode)    ? "a folder"
                      : S_ISFIFO(status.st_mode) ? "a pipe"
                                                 : "a device");
    }
    if (status.st_size > GS_CHAIN_BYTES_MAX) {
        return gs_errors_add(errors, GS_E_LIMIT, path, "found %lld bytes, expected at most %d",
                             (long long)status.st_size, GS_CHAIN_BYTES_MAX);
    }
    return GS_OK;
}

/* Up to one byte more than is allowed: a file may grow while it is read. */
static enum gs_status read_all(int file, const char *path, char *text, size_t *length,
                               struct gs_errors *errors)
{
    *length = 0;
    while (*length <= GS_CHAIN_BYTES_MAX) {
        ssize_t n = read(file, text + *length, GS_CHAIN_BYTES_MAX + 1 - *length);
        if (n == 0) {
            return GS_OK;
        }
        if (n < 0 && errno != EINTR) {
            return refuse_errno(errors, path);
        }
        *length += n > 0 ? (size_t)n : 0;
    }
    return gs_errors_add(errors, GS_E_LIMIT, path, "found a file that grows, expected at most %d bytes",
                         GS_CHAIN_BYTES_MAX);
}

enum gs_status gs_chain_load(const char *path, struct gs_chain **chain, struct gs_errors *errors)
{
    /* Not blocking: opening a pipe that nobody writes to would wait for ever. */
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (file < 0) {
        return refuse_errno(errors, path);
    }
    char *text = malloc(GS_CHAIN_BYTES_MAX + 1);
    size_t length = 0;
    enum gs_status status =
        text ? check_kind(file, path, errors) : refuse(errors, GS_E_MEMORY, path, "no memory left");
    status = status ? status : read_all(file, path, text, &length, errors);
    close(file);
    status = status ? status : gs_chain_parse(text, length, path, chain, errors);
    free(text);
    return status;
}
