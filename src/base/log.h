/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The log: one line an event to standard error, with a level. Under systemd ($JOURNAL_STREAM) lines carry
 * the syslog prefix "<3>".."<7>". Set up once, before there are threads; then lines may come from any of them but the
 * audio thread: each is one write. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum gs_log_level {
    GS_LOG_ERROR = 3,
    GS_LOG_WARN = 4,
    GS_LOG_INFO = 6,
    GS_LOG_DEBUG = 7
};

/* Lines above `level` are dropped; default GS_LOG_INFO. `program` is the line's first word, not copied. */
void gs_log_setup(const char *program, enum gs_log_level level);
bool gs_log_level_from_word(const char *word, enum gs_log_level *level); /* error warn info debug */

void gs_log(enum gs_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define gs_log_error(...) gs_log(GS_LOG_ERROR, __VA_ARGS__)
#define gs_log_warn(...)  gs_log(GS_LOG_WARN, __VA_ARGS__)
#define gs_log_info(...)  gs_log(GS_LOG_INFO, __VA_ARGS__)
#define gs_log_debug(...) gs_log(GS_LOG_DEBUG, __VA_ARGS__)

#endif
