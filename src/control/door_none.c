/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The door of a program that was built without libwebsockets: there is none. See door.h. */
#include "control/door.h"

#include <unistd.h>

enum gs_status gs_door_create(const struct gs_door_setup *setup, struct gs_door **door,
                              struct gs_error *error)
{
    (void)setup;
    *door = NULL;
    return gs_fail(error, GS_E_MISSING, "", "built without libwebsockets: no page and no OSCQuery");
}

void gs_door_destroy(struct gs_door *door)
{
    (void)door;
}

void gs_door_adopt(void *door, int fd, const struct sockaddr_storage *from)
{
    (void)door;
    (void)from;
    close(fd);
}

void gs_door_chain_changed(struct gs_door *door)
{
    (void)door;
}
