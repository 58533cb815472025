/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a WebSocket client says to the door itself: OSCQuery's commands as JSON, and the few OSC messages that are
 * about its own connection. [control] */
#ifndef CONTROL_DOOR_COMMAND_H
#define CONTROL_DOOR_COMMAND_H

#include "control/door_client.h"

/* A text frame: {"COMMAND": "LISTEN", "DATA": "/stage/pre/gain"}. What is no command is passed over. */
void gs_door_command(struct gs_door_client *client, const char *text, uint64_t now_ns);

/* An OSC message of a client, when it is due: a gs_osc_schedule_first. True: it was for the door, the session need not
 * see it. */
bool gs_door_message(const struct gs_endpoint *from, const struct gs_message *message, uint64_t now_ns);

/* Queues /error. */
void gs_door_complain(struct gs_door_client *client, const char *address, const char *code, const char *text);

/* Tells what a new chain has changed of the tree. */
void gs_door_say_path(struct gs_door_client *client, const char *command, const char *path,
                      const char *renamed);

#endif
