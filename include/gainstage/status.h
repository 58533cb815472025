/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a fallible call says what went wrong: a status for the program, and for the person a sentence
 * that says where, what was found and what was expected. [any] thread unless said otherwise. */
#ifndef GAINSTAGE_STATUS_H
#define GAINSTAGE_STATUS_H

#include <stddef.h>

enum gs_status {
    GS_OK = 0,
    GS_E_USAGE,      /* a command line that cannot be understood */
    GS_E_SYNTAX,     /* not well-formed: JSON text, OSC packet */
    GS_E_UNKNOWN,    /* a name that does not exist: key, kind, stage, address, verb */
    GS_E_DUPLICATE,  /* a name given twice */
    GS_E_MISSING,    /* something required is absent */
    GS_E_TYPE,       /* a value of the wrong type, NaN and infinity included */
    GS_E_RANGE,      /* a value outside its range */
    GS_E_DOMAIN,     /* domains of neighbouring stages that do not join */
    GS_E_IMPOSSIBLE, /* contradicts physics: noise below the thermal limit, ceiling below nominal */
    GS_E_LIMIT,      /* too big, too deep, too many */
    GS_E_READONLY,   /* a reading, not a control */
    GS_E_BUSY,       /* no room now, try again: peers, queue */
    GS_E_NOFILE,     /* a named file that is not there or not a regular file */
    GS_E_IO,         /* the system refused: read, write, socket */
    GS_E_MEMORY,
    GS_E_AUDIO, /* no JACK server, or it refused */
    GS_STATUS_COUNT
};

/* One complaint. `where` is "file:line:column", "file: /json/pointer" or an OSC address. Fixed size, so
 * that reporting an error can never fail. Texts are cut at the end of a UTF-8 character, never inside. */
struct gs_error {
    enum gs_status status;
    char where[256];
    char text[512];
};

/* All complaints about one document, in the order found. Owner: whoever initialised it with {0};
 * gs_errors_finish() frees. After GS_ERRORS_MAX further ones are counted in `dropped`, not kept. */
#define GS_ERRORS_MAX 100
struct gs_errors {
    struct gs_error *list;
    size_t count;
    size_t dropped;
};

/* Short stable word for protocols and logs: "unknown-name", "out-of-range" ... never NULL. */
const char *gs_status_word(enum gs_status status);

/* sysexits(3) number that a program ends with: 0, 64, 65, 66, 69, 71 or 1. */
int gs_status_exit_code(enum gs_status status);

/* Fills `error` (which may be NULL) and returns `status`, so that a caller can `return gs_fail(...)`. */
enum gs_status gs_fail(struct gs_error *error, enum gs_status status, const char *where, const char *format,
                       ...) __attribute__((format(printf, 4, 5)));

/* Appends; a failing allocation only counts in `dropped`. Returns `status`. [control] */
enum gs_status gs_errors_add(struct gs_errors *errors, enum gs_status status, const char *where,
                             const char *format, ...) __attribute__((format(printf, 4, 5)));
void gs_errors_finish(struct gs_errors *errors);

#endif
