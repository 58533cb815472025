/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chain onto disk: whole or not at all. The text goes to a temporary file in the same folder, to the
 * disk, and only then takes the old file's place. See chain.h. */
#include "chain/chain.h"

#include "chain/save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES 100 /* temporary names tried: others may be left from a crash */

struct target {
    char path[PATH_MAX]; /* behind all symbolic links: those stay links */
    char folder[PATH_MAX];
    char temporary[PATH_MAX + 48];
    bool exists;
    mode_t mode;
    uid_t owner;
    gid_t group;
};

static enum gs_status refuse(struct gs_error *error, const char *path, const char *found)
{
    return gs_fail(error, GS_E_IO, path, "found %s, expected to save the chain there: nothing was changed",
                   found);
}

static enum gs_status refuse_errno(struct gs_error *error, const char *path)
{
    char found[128];
    snprintf(found, sizeof found, "\"%s\"", strerror(errno));
    return refuse(error, path, found);
}

static enum gs_status find_target(const char *path, struct target *target, struct gs_error *error)
{
    struct stat status;
    if (stat(path, &status) == 0) {
        if (!S_ISREG(status.st_mode)) {
            return refuse(error, path, S_ISDIR(status.st_mode) ? "a folder" : "something that is not a file");
        }
        if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) || !realpath(path, target->path)) {
            return refuse_errno(error, path);
        }
        target->exists = true;
        target->mode = status.st_mode & 07777;
        target->owner = status.st_uid;
        target->group = status.st_gid;
    } else if (lstat(path, &status) == 0) {
        return refuse(error, path, "a link that leads nowhere");
    } else if (errno != ENOENT) {
        return refuse_errno(error, path);
    } else if (snprintf(target->path, sizeof target->path, "%s", path) >= (int)sizeof target->path) {
        errno = ENAMETOOLONG;
        return refuse_errno(error, path);
    }
    const char *slash = strrchr(target->path, '/');
    size_t folder = slash ? (size_t)(slash - target->path) + 1 : 0;
    snprintf(target->folder, sizeof target->folder, "%.*s", (int)folder, target->path);
    return GS_OK;
}

static int open_temporary(struct target *target)
{
    int file = -1;
    for (int i = 0; i < NAMES && file < 0; i++) {
        snprintf(target->temporary, sizeof target->temporary, "%s.gainstage-%ld-%d.tmp", target->folder,
                 (long)getpid(), i);
        file = open(target->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (file < 0 && errno != EEXIST) {
            break;
        }
    }
    return file;
}

static bool write_all(int file, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t n = write(file, text, left);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        text += n > 0 ? n : 0;
        left -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* As the old file: its mode, and where the system allows it its owner. */
static bool dress(int file, const struct target *target)
{
    if (!target->exists) {
        return true;
    }
    bool owned = fchown(file, target->owner, target->group) == 0;
    return fchmod(file, owned ? target->mode : target->mode & 01777) == 0;
}

/* Closes the file in any case. */
static bool fill(int file, const struct target *target, const char *text)
{
    bool good = dress(file, target) && write_all(file, text) && fsync(file) == 0;
    int why = errno;
    if (close(file) && good) {
        return false;
    }
    errno = why;
    return good;
}

/* The rename itself is safe only when the folder has reached the disk. */
static bool sync_folder(const struct target *target)
{
    int folder = open(*target->folder ? target->folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return errno == EACCES; /* a folder that may be written but not read */
    }
    bool good = fsync(folder) == 0 || errno == EINVAL; /* some file systems cannot */
    int why = errno;
    close(folder);
    errno = why;
    return good;
}

static enum gs_status replace(struct target *target, const char *path, const char *text,
                              struct gs_error *error)
{
    int file = open_temporary(target);
    if (file < 0) {
        return refuse_errno(error, path);
    }
    if (!fill(file, target, text) || rename(target->temporary, target->path)) {
        int why = errno;
        unlink(target->temporary);
        errno = why;
        return refuse_errno(error, path);
    }
    if (!sync_folder(target)) {
        return gs_fail(
            error, GS_E_IO, path,
            "found \"%s\" behind the write, expected the folder to reach the disk: the chain is saved, "
            "but may not outlive a power failure",
            strerror(errno));
    }
    return GS_OK;
}

enum gs_status gs_save_text(const char *path, const char *text, struct gs_error *error)
{
    struct target *target = calloc(1, sizeof *target);
    if (!target) {
        return gs_fail(error, GS_E_MEMORY, path, "found no memory left, expected some to save it");
    }
    enum gs_status status = find_target(path, target, error);
    status = status ? status : replace(target, path, text, error);
    free(target);
    return status;
}

enum gs_status gs_chain_save(const struct gs_chain *chain, const char *path, struct gs_error *error)
{
    char *text = gs_chain_text(chain);
    if (!text) {
        return gs_fail(error, GS_E_MEMORY, path, "found no memory left, expected some to save the chain");
    }
    enum gs_status status = gs_save_text(path, text, error);
    free(text);
    return status;
}
