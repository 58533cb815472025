/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What waits to go out by a connection whose reader is slow: bounded, meters lost first. Takes no memory while nothing
 * waits. [control] */
#ifndef CONTROL_OSC_BACKLOG_H
#define CONTROL_OSC_BACKLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GS_OSC_BACKLOG_MAX   (128 * 1024) /* holds the answer to the greediest question */
#define GS_OSC_BACKLOG_SPARE (8 * 1024)   /* with more than this waiting, meters are not added */

struct gs_osc_backlog {
    int fd; /* a non-blocking stream; not owned */
    unsigned char *bytes;
    size_t head, used, room;
    uint64_t moved_ns; /* since when what waits has not got shorter */
    uint64_t lost;     /* frames of meters */
    bool broken;       /* the other end is gone: what is put is thrown away */
    const char *fault; /* nothing goes out any more; NULL: all is well */
};

void gs_osc_backlog_init(struct gs_osc_backlog *backlog, int fd);
void gs_osc_backlog_finish(struct gs_osc_backlog *backlog);

/* Sends a whole frame, or as much of it as is taken and keeps the rest. False: it was lost. */
bool gs_osc_backlog_put(struct gs_osc_backlog *backlog, const unsigned char *frame, size_t size, bool losable,
                        uint64_t now_ns);
/* When the descriptor takes bytes again. */
void gs_osc_backlog_flush(struct gs_osc_backlog *backlog, uint64_t now_ns);

#endif
