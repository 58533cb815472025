/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What OSCQuery asks of the program and not of its tree; see oscquery.h. */
#include "control/oscquery.h"

#include "config.h"
#include "control/door_hosts.h"
#include "control/oscquery_row.h"

#include <cjson/cJSON.h>
#include <string.h>

bool gs_oscquery_has(const char *attribute)
{
    return strcmp(attribute, "HOST_INFO") == 0 || gs_oscquery_is_attribute(attribute);
}

static const struct {
    const char *name;
    bool has;
} extensions[] = {
    { "ACCESS", true },        { "VALUE", true },          { "RANGE", true },        { "DESCRIPTION", true },
    { "TAGS", true },          { "EXTENDED_TYPE", false }, { "UNIT", true },         { "CLIPMODE", true },
    { "CRITICAL", false },     { "OVERLOADS", false },     { "HTML", false },        { "LISTEN", true },
    { "PATH_CHANGED", true },  { "PATH_ADDED", true },     { "PATH_REMOVED", true }, { "PATH_RENAMED", true },
    { "OSC_STREAMING", true },
};

char *gs_oscquery_host_info(const struct gs_oscquery_host *host)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "NAME", host->name);
    cJSON *list = cJSON_AddObjectToObject(json, "EXTENSIONS");
    for (size_t i = 0; list && i < sizeof extensions / sizeof *extensions; i++) {
        cJSON_AddBoolToObject(list, extensions[i].name, extensions[i].has);
    }
    cJSON_AddNumberToObject(json, "OSC_PORT", host->osc_port);
    cJSON_AddStringToObject(json, "OSC_TRANSPORT", "UDP");
    cJSON_AddStringToObject(json, "SOFTWARE", PACKAGE_NAME " " PACKAGE_VERSION);
    cJSON_AddBoolToObject(json, "WANTS_PIN", host->wants_pin);
    char addresses[GS_DOOR_ADDRESSES][GS_DOOR_ADDRESS_SIZE];
    size_t count = gs_door_hosts_addresses(host->bind, addresses);
    list = cJSON_AddArrayToObject(json, "ADDRESSES");
    for (size_t i = 0; list && i < count; i++) {
        cJSON_AddItemToArray(list, cJSON_CreateString(addresses[i]));
    }
    char *text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    return text;
}
