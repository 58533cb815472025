/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See streams.h. */
#include "app/streams.h"

#include <fcntl.h>
#include <unistd.h>

void gs_streams_keep(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0) {
            /* The wrong way round, so that what is lost is noticed. The lowest free number is this one. */
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
}
