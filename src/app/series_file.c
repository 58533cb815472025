/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See series_file.h. */
#include "app/series_file.h"

#include "report/measurement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum gs_status refuse(const struct gs_series_file *file, int reason, struct gs_error *error)
{
    return gs_fail(error, GS_E_IO, file->path, "cannot write the series%s%s", reason ? ": " : "",
                   reason ? strerror(reason) : "");
}

enum gs_status gs_series_file_open(struct gs_series_file *file, const char *path, struct gs_error *error)
{
    struct stat status;
    *file = (struct gs_series_file){ .path = path };
    if (strcmp(path, "-") == 0) {
        file->to = stdout;
        return GS_OK;
    }
    bool exists = stat(path, &status) == 0;
    file->to = fopen(path, "ae");
    if (!file->to) {
        return refuse(file, errno, error);
    }
    file->made = exists ? NULL : realpath(path, NULL); /* behind a link: that was there */
    return GS_OK;
}

enum gs_status gs_series_file_begin(struct gs_series_file *file, struct gs_error *error)
{
    struct stat status;
    if (file->begun) {
        return file->reason ? refuse(file, file->reason, error) : GS_OK;
    }
    file->begun = true;
    if (file->to != stdout && fstat(fileno(file->to), &status) == 0 && S_ISREG(status.st_mode) &&
        ftruncate(fileno(file->to), 0)) {
        file->reason = errno;
        return refuse(file, file->reason, error);
    }
    gs_series_head(file->to);
    return GS_OK;
}

enum gs_status gs_series_file_close(struct gs_series_file *file, struct gs_error *error)
{
    bool written =
        !file->to || (!ferror(file->to) && (file->to == stdout ? fflush(file->to) : fclose(file->to)) == 0);
    if (file->made && !file->begun) {
        unlink(file->made);
    }
    free(file->made);
    file->to = NULL;
    file->made = NULL;
    return written ? GS_OK : refuse(file, 0, error);
}
