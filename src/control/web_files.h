/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files of the page as web/pack.sh has put them into the program. [any] */
#ifndef CONTROL_WEB_FILES_H
#define CONTROL_WEB_FILES_H

#include <stddef.h>

struct gs_web_file {
    const char *name; /* below web/: "index.html"; NULL ends the list */
    const unsigned char *bytes;
    size_t size;
};
extern const struct gs_web_file gs_web_files[];

#endif
