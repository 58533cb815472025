/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_command.h. */
#include "control/door_command.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

void gs_door_command(struct gs_door_client *client, const char *text, uint64_t now_ns)
{
    cJSON *json = cJSON_Parse(text);
    const char *command = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "COMMAND"));
    const char *data = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "DATA"));
    if (command && data && strcmp(command, "LISTEN") == 0) {
        gs_session_follow(client->session, &client->endpoint, data, true, now_ns);
    } else if (command && data && strcmp(command, "IGNORE") == 0) {
        gs_session_follow(client->session, &client->endpoint, data, false, now_ns);
    }
    cJSON_Delete(json);
}

void gs_door_say_path(struct gs_door_client *client, const char *command, const char *path,
                      const char *renamed)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "COMMAND", command);
    if (renamed) {
        cJSON *data = cJSON_AddObjectToObject(json, "DATA");
        cJSON_AddStringToObject(data, "OLD", path);
        cJSON_AddStringToObject(data, "NEW", renamed);
    } else {
        cJSON_AddStringToObject(json, "DATA", path);
    }
    char *text = cJSON_PrintUnformatted(json);
    if (text) {
        gs_door_client_say(client, text);
    }
    free(text);
    cJSON_Delete(json);
}

static void answer(struct gs_door_client *client, const char *address, const struct gs_atom *atoms, size_t n)
{
    unsigned char data[512];
    size_t size = gs_osc_write(&(struct gs_message){ address, atoms, n }, data, sizeof data);
    if (size) {
        gs_door_client_send(client, data, size, NULL, 0, false);
    }
}

static void complain(struct gs_door_client *client, const char *address, const char *text)
{
    struct gs_atom atoms[3] = { gs_atom_text(address), gs_atom_text("pin"), gs_atom_text(text) };
    answer(client, "/error", atoms, 3);
}

/* With a word: an attempt; without: whether this client may change something. */
static void take_pin(struct gs_door_client *client, const struct gs_message *message)
{
    if (message->n_atoms && (message->atoms[0].tag == 's' || message->atoms[0].tag == 'S')) {
        switch (gs_door_pin_try(client->pin, &client->endpoint, message->atoms[0].text, client->now_ns)) {
        case GS_PIN_RIGHT:
            client->endpoint.view_only = false; /* from the next packet on */
            break;
        case GS_PIN_WRONG:
            complain(client, "/pin", "this is not the PIN");
            break;
        case GS_PIN_WAIT:
            complain(client, "/pin", "too many attempts: wait a little");
            break;
        }
    }
    struct gs_atom may = gs_atom_int(!client->endpoint.view_only);
    answer(client, "/pin", &may, 1);
}

bool gs_door_message(struct gs_door_client *client, const struct gs_message *message)
{
    if (strcmp(message->address, "/pin") == 0) {
        take_pin(client, message);
        return true;
    }
    return false;
}
