/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file that readings over time go to. It is opened early, so that a place where nobody may write is said before
 * anything is measured; what stands in it is given up for a first row only; and a command that is refused leaves no file
 * where there was none. */
#ifndef APP_SERIES_FILE_H
#define APP_SERIES_FILE_H

#include "gainstage/status.h"

#include <stdbool.h>
#include <stdio.h>

struct gs_series_file {
    FILE *to; /* NULL: not open */
    const char *path;
    char *made; /* what was not there before; NULL: it was */
    bool begun;
    int reason; /* errno, why it could not begin; 0: it could, or has not been asked to */
};

/* "-" is standard output. Keeps `path`. */
enum gs_status gs_series_file_open(struct gs_series_file *file, const char *path, struct gs_error *error);
/* The heading, the first time. GS_E_IO, each time: what stands in it cannot be given up. */
enum gs_status gs_series_file_begin(struct gs_series_file *file, struct gs_error *error);
/* GS_E_IO when something could not be written; one that is not open is fine. */
enum gs_status gs_series_file_close(struct gs_series_file *file, struct gs_error *error);

#endif
