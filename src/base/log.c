/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See log.h. A line is formatted whole and written by one write(), so that lines of several threads or
 * processes never mix; a line longer than the buffer is cut. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *program_name = "gainstaged";
static enum gs_log_level threshold = GS_LOG_INFO;
static bool journal;

/* systemd says in $JOURNAL_STREAM which device and inode its pipe is: only then prefixes are wanted. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long device, inode;
    struct stat st;
    return stream && sscanf(stream, "%lu:%lu", &device, &inode) == 2 && fstat(STDERR_FILENO, &st) == 0 &&
           st.st_dev == device && st.st_ino == inode;
}

void gs_log_setup(const char *program, enum gs_log_level level)
{
    program_name = program;
    threshold = level;
    journal = stderr_is_journal();
}

static const struct {
    const char *word;
    enum gs_log_level level;
} levels[] = {
    { "error", GS_LOG_ERROR }, { "warn", GS_LOG_WARN }, { "info", GS_LOG_INFO }, { "debug", GS_LOG_DEBUG }
};

bool gs_log_level_from_word(const char *word, enum gs_log_level *level)
{
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (strcmp(levels[i].word, word) == 0) {
            *level = levels[i].level;
            return true;
        }
    }
    return false;
}

void gs_log(enum gs_log_level level, const char *format, ...)
{
    if (level > threshold) {
        return;
    }
    char line[1024];
    int at = journal ? snprintf(line, sizeof line, "<%d>", (int)level)
                     : snprintf(line, sizeof line, "%s: %s", program_name,
                                level == GS_LOG_ERROR  ? "error: "
                                : level == GS_LOG_WARN ? "warning: "
                                                       : "");
    va_list arguments;
    va_start(arguments, format);
    int body = vsnprintf(line + at, sizeof line - (size_t)at, format, arguments);
    va_end(arguments);
    size_t length = (size_t)at + (body > 0 ? (size_t)body : 0);
    if (length > sizeof line - 2) {
        length = sizeof line - 2;
    }
    line[length++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, length);
    (void)written; /* a log that cannot be written has nobody to tell */
}
