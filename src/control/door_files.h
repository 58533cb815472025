/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files of the page, with what a browser needs to ask for each of them once: a tag that changes with its bytes, and
 * its bytes compressed. For those in the program both are made when a file is asked for first, and kept; a folder is
 * for who works on the page, and read each time. [control] */
#ifndef CONTROL_DOOR_FILES_H
#define CONTROL_DOOR_FILES_H

#include <stdbool.h>
#include <stddef.h>

#define GS_DOOR_ETAG_SIZE 24

struct gs_door_files;

/* From `folder` (kept by reference), NULL: those in the program. NULL: no memory. */
struct gs_door_files *gs_door_files_create(const char *folder);
void gs_door_files_destroy(struct gs_door_files *files);

struct gs_door_file {
    const char *type;
    const unsigned char *bytes;
    size_t size;
    void *owned;                  /* free() it when the bytes are no longer needed; NULL: they stay */
    bool gzip;                    /* the bytes are compressed */
    char etag[GS_DOOR_ETAG_SIZE]; /* of these bytes, with its quotes */
};
/* False: there is none of this name. `gzip`: compressed bytes are welcome. */
bool gs_door_files_find(struct gs_door_files *files, const char *name, bool gzip, struct gs_door_file *file);

#endif
