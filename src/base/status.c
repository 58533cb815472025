/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statuses and complaints: see gainstage/status.h. */
#include "gainstage/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static const struct {
    const char *word;
    int exit_code;
} statuses[GS_STATUS_COUNT] = {
    [GS_OK] = { "ok", EX_OK },
    [GS_E_USAGE] = { "usage", EX_USAGE },
    [GS_E_SYNTAX] = { "syntax", EX_DATAERR },
    [GS_E_UNKNOWN] = { "unknown-name", EX_DATAERR },
    [GS_E_DUPLICATE] = { "duplicate", EX_DATAERR },
    [GS_E_MISSING] = { "missing", EX_DATAERR },
    [GS_E_TYPE] = { "bad-type", EX_DATAERR },
    [GS_E_RANGE] = { "out-of-range", EX_DATAERR },
    [GS_E_DOMAIN] = { "domain", EX_DATAERR },
    [GS_E_IMPOSSIBLE] = { "impossible", EX_DATAERR },
    [GS_E_LIMIT] = { "limit", EX_DATAERR },
    [GS_E_READONLY] = { "read-only", EX_DATAERR },
    [GS_E_BUSY] = { "busy", 1 },
    [GS_E_NOFILE] = { "no-file", EX_NOINPUT },
    [GS_E_IO] = { "io", EX_OSERR },
    [GS_E_MEMORY] = { "memory", EX_OSERR },
    [GS_E_AUDIO] = { "audio", EX_UNAVAILABLE },
};

const char *gs_status_word(enum gs_status status)
{
    return (unsigned)status < GS_STATUS_COUNT ? statuses[status].word : "unknown";
}

int gs_status_exit_code(enum gs_status status)
{
    return (unsigned)status < GS_STATUS_COUNT ? statuses[status].exit_code : 1;
}

/* Cuts back to the end of a whole UTF-8 character: half a character would spoil JSON and OSC replies. */
static void cut_whole(char *text, size_t size)
{
    size_t length = strlen(text);
    if (length + 1 < size) {
        return;
    }
    size_t at = length;
    while (at > 0 && ((unsigned char)text[at - 1] & 0xC0) == 0x80) {
        at--;
    }
    if (at > 0 && ((unsigned char)text[at - 1] & 0x80)) {
        unsigned char lead = (unsigned char)text[at - 1];
        size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (length - (at - 1) < wanted) {
            text[at - 1] = '\0';
        }
    }
}

__attribute__((format(printf, 4, 0))) static void
fill(struct gs_error *error, enum gs_status status, const char *where, const char *format, va_list arguments)
{
    error->status = status;
    snprintf(error->where, sizeof error->where, "%s", where ? where : "");
    vsnprintf(error->text, sizeof error->text, format, arguments);
    cut_whole(error->where, sizeof error->where);
    cut_whole(error->text, sizeof error->text);
}

enum gs_status gs_fail(struct gs_error *error, enum gs_status status, const char *where, const char *format,
                       ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        fill(error, status, where, format, arguments);
        va_end(arguments);
    }
    return status;
}

static struct gs_error *grow(struct gs_errors *errors)
{
    if (errors->count >= GS_ERRORS_MAX) {
        return NULL;
    }
    if (!errors->list) {
        errors->list = calloc(GS_ERRORS_MAX, sizeof *errors->list);
    }
    return errors->list ? &errors->list[errors->count] : NULL;
}

enum gs_status gs_errors_add(struct gs_errors *errors, enum gs_status status, const char *where,
                             const char *format, ...)
{
    struct gs_error *error = errors ? grow(errors) : NULL;
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        fill(error, status, where, format, arguments);
        va_end(arguments);
        errors->count++;
    } else if (errors) {
        errors->dropped++;
    }
    return status;
}

void gs_errors_finish(struct gs_errors *errors)
{
    free(errors->list);
    *errors = (struct gs_errors){ 0 };
}
