/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_command.h. */
#include "control/door_command.h"

#include "control/door_pcm.h"

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
        gs_door_client_send(client, data, size, 0);
    }
}

void gs_door_complain(struct gs_door_client *client, const char *address, const char *code, const char *text)
{
    struct gs_atom atoms[3] = { gs_atom_text(address), gs_atom_text(code), gs_atom_text(text) };
    answer(client, "/error", atoms, 3);
}

/* With a word: an attempt; without: whether this client may change something. */
static void take_pin(struct gs_door_client *client, const struct gs_message *message, uint64_t now_ns)
{
    if (message->n_atoms && (message->atoms[0].tag == 's' || message->atoms[0].tag == 'S')) {
        switch (gs_door_pin_try(client->pin, &client->endpoint, message->atoms[0].text, now_ns)) {
        case GS_PIN_RIGHT:
            client->endpoint.view_only = false; /* from the next packet on */
            break;
        case GS_PIN_WRONG:
            gs_door_complain(client, "/pin", "pin", "this is not the PIN");
            break;
        case GS_PIN_WAIT:
            gs_door_complain(client, "/pin", "pin", "too many attempts: wait a little");
            break;
        }
    }
    struct gs_atom may = gs_atom_int(!client->endpoint.view_only);
    answer(client, "/pin", &may, 1);
}

static const char *word_at(const struct gs_message *message, size_t i, const char *otherwise)
{
    bool text = i < message->n_atoms && (message->atoms[i].tag == 's' || message->atoms[i].tag == 'S');
    return text && *message->atoms[i].text ? message->atoms[i].text : otherwise;
}

/* Stages and paths by turns; none: nothing. The answer says what is heard now, also where that is less. */
static void take_pcm(struct gs_door_client *client, const struct gs_message *message)
{
    struct gs_door_wire wires[GS_DOOR_PCM_WIRES + 1];
    struct gs_atom atoms[2 * GS_DOOR_PCM_WIRES] = { gs_atom_text(""), gs_atom_text("") };
    unsigned n = 0;
    const char *stage;
    while (n <= GS_DOOR_PCM_WIRES && (stage = word_at(message, (size_t)2 * n, NULL))) {
        wires[n] = (struct gs_door_wire){ stage, word_at(message, (size_t)2 * n + 1, "real") };
        n++;
    }
    unsigned heard = n;
    const char *fault = gs_door_pcm_listen(client->pcm, client, wires, &heard);
    if (fault) {
        gs_door_complain(client, "/pcm", "out-of-range", fault);
    }
    if (fault && heard == n) {
        return; /* not understood: nothing has changed */
    }
    for (unsigned i = 0; i < heard; i++) {
        atoms[2 * i] = gs_atom_text(wires[i].stage);
        atoms[2 * i + 1] = gs_atom_text(wires[i].path);
    }
    answer(client, "/pcm", atoms, heard ? (size_t)2 * heard : 2);
}

bool gs_door_message(const struct gs_endpoint *from, const struct gs_message *message, uint64_t now_ns)
{
    struct gs_door_client *client = (struct gs_door_client *)from->outlet;
    if (strcmp(message->address, "/pin") == 0) {
        take_pin(client, message, now_ns);
        return true;
    }
    if (strcmp(message->address, "/pcm") == 0) {
        take_pcm(client, message);
        return true;
    }
    return false;
}
