/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_dial.h. */
#include "control/osc_dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#define RECEIVE_BUFFER (1 << 20)

/* 0, or why not. */
static int finish(int fd, int wait_ms)
{
    struct pollfd ready = { .fd = fd, .events = POLLOUT };
    int error = 0;
    socklen_t size = sizeof error;
    if (poll(&ready, 1, wait_ms) <= 0) {
        return ETIMEDOUT;
    }
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error;
}

int gs_osc_dial(int type, const struct sockaddr *address, socklen_t length, int wait_ms)
{
    int on = 1, room = RECEIVE_BUFFER, error = 0;
    int fd = socket(address->sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    if (type == SOCK_DGRAM) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    } else {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if (connect(fd, address, length) < 0) {
        error = errno == EINPROGRESS ? finish(fd, wait_ms) : errno;
    }
    if (error) {
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}
