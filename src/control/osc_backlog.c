/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_backlog.h. */
#include "control/osc_backlog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ROOM_FIRST 4096

void gs_osc_backlog_init(struct gs_osc_backlog *backlog, int fd)
{
    *backlog = (struct gs_osc_backlog){ .fd = fd };
}

void gs_osc_backlog_finish(struct gs_osc_backlog *backlog)
{
    free(backlog->bytes);
    gs_osc_backlog_init(backlog, -1);
}

/* How many bytes went out; a full buffer is no fault. */
static size_t push(struct gs_osc_backlog *backlog, const unsigned char *bytes, size_t size)
{
    ssize_t sent;
    do {
        sent = send(backlog->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0 && errno != EAGAIN && errno != ENOBUFS) {
        backlog->broken = true;
        backlog->used = 0;
    }
    return sent > 0 ? (size_t)sent : 0;
}

static bool make_room(struct gs_osc_backlog *backlog, size_t size)
{
    if (backlog->head) {
        memmove(backlog->bytes, backlog->bytes + backlog->head, backlog->used);
        backlog->head = 0;
    }
    size_t room = backlog->room ? backlog->room : ROOM_FIRST;
    while (room < backlog->used + size) {
        room *= 2;
    }
    if (room == backlog->room) {
        return true;
    }
    unsigned char *bytes = realloc(backlog->bytes, room);
    if (!bytes) {
        backlog->fault = "finds no memory for what waits";
        return false;
    }
    backlog->bytes = bytes;
    backlog->room = room;
    return true;
}

static void keep(struct gs_osc_backlog *backlog, const unsigned char *bytes, size_t size)
{
    if (backlog->used + size > GS_OSC_BACKLOG_MAX) {
        backlog->fault = "does not read what it is sent";
    } else if (make_room(backlog, size)) {
        memcpy(backlog->bytes + backlog->used, bytes, size);
        backlog->used += size;
    }
}

bool gs_osc_backlog_put(struct gs_osc_backlog *backlog, const unsigned char *frame, size_t size, bool losable,
                        uint64_t now_ns)
{
    if (backlog->fault || backlog->broken) {
        return false;
    }
    if (losable && backlog->used > GS_OSC_BACKLOG_SPARE) {
        backlog->lost++;
        return false;
    }
    size_t sent = 0;
    if (backlog->used == 0) {
        sent = push(backlog, frame, size);
        backlog->moved_ns = now_ns;
    }
    if (!backlog->broken && sent < size) {
        keep(backlog, frame + sent, size - sent);
    }
    return !backlog->broken && !backlog->fault;
}

void gs_osc_backlog_flush(struct gs_osc_backlog *backlog, uint64_t now_ns)
{
    if (backlog->fault || backlog->used == 0) {
        return;
    }
    size_t sent = push(backlog, backlog->bytes + backlog->head, backlog->used);
    backlog->head += sent;
    backlog->used -= backlog->broken ? 0 : sent;
    backlog->moved_ns = sent ? now_ns : backlog->moved_ns;
    if (backlog->used == 0) {
        free(backlog->bytes);
        backlog->bytes = NULL;
        backlog->head = backlog->room = 0;
    }
}
