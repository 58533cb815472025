/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See discovery.h. */
#include "config.h"

#include "control/discovery.h"

#ifdef HAVE_AVAHI

#include "control/discovery_poll.h"

#include <avahi-client/client.h>
#include <avahi-client/publish.h>
#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>

#include <stdio.h>
#include <stdlib.h>

#define AGAIN_NS UINT64_C(10000000000) /* between two looks for a bus */

struct gs_discovery {
    struct gs_discovery_setup setup;
    struct gs_discovery_poll *poll;
    AvahiClient *client;
    AvahiEntryGroup *group;
    char *name; /* ours, or the next free one */
    bool told;  /* why there is nothing, once */
};

static void note(struct gs_discovery *discovery, const char *text, const char *why)
{
    char line[256];
    if (discovery->setup.note) {
        snprintf(line, sizeof line, "%s%s", text, why);
        discovery->setup.note(discovery->setup.context, line);
    }
}

/* ---- services ---- */

static void advertise(struct gs_discovery *discovery);

static void take_next_name(struct gs_discovery *discovery)
{
    char *next = avahi_alternative_service_name(discovery->name);
    avahi_free(discovery->name);
    discovery->name = next;
}

static void group_changed(AvahiEntryGroup *group, AvahiEntryGroupState state, void *context)
{
    struct gs_discovery *discovery = context;
    discovery->group = group; /* the first call may come before it is given back */
    if (state == AVAHI_ENTRY_GROUP_COLLISION) {
        take_next_name(discovery);
        avahi_entry_group_reset(group);
        advertise(discovery);
    } else if (state == AVAHI_ENTRY_GROUP_ESTABLISHED) {
        note(discovery, "advertised in the network as ", discovery->name);
    }
}

static int add(struct gs_discovery *discovery, const struct gs_discovery_service *service)
{
    AvahiStringList *txt = NULL;
    for (const char *const *entry = service->txt; entry && *entry; entry++) {
        txt = avahi_string_list_add(txt, *entry);
    }
    int result =
        avahi_entry_group_add_service_strlst(discovery->group, AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC, 0,
                                             discovery->name, service->type, NULL, NULL, service->port, txt);
    avahi_string_list_free(txt);
    return result;
}

static int add_all(struct gs_discovery *discovery)
{
    int result = 0;
    for (unsigned i = 0; i < GS_DISCOVERY_SERVICES && result >= 0; i++) {
        const struct gs_discovery_service *service = &discovery->setup.service[i];
        if (service->type && service->port) {
            result = add(discovery, service);
        }
    }
    return result;
}

/* A name that another program of this machine has is found out here, one of another machine by group_changed(). */
static void advertise(struct gs_discovery *discovery)
{
    if (!discovery->group) {
        discovery->group = avahi_entry_group_new(discovery->client, group_changed, discovery);
    }
    int result = discovery->group ? AVAHI_ERR_COLLISION : avahi_client_errno(discovery->client);
    for (unsigned tries = 0; result == AVAHI_ERR_COLLISION && tries < 32; tries++) {
        avahi_entry_group_reset(discovery->group);
        result = add_all(discovery);
        if (result == AVAHI_ERR_COLLISION) {
            take_next_name(discovery);
        }
    }
    if (result >= 0) {
        result = avahi_entry_group_commit(discovery->group);
    }
    if (result < 0) {
        note(discovery, "not advertised: ", avahi_strerror(result));
    }
}

/* ---- avahi-daemon, coming and going ---- */

static void client_changed(AvahiClient *client, AvahiClientState state, void *context)
{
    struct gs_discovery *discovery = context;
    discovery->client = client;
    switch (state) {
    case AVAHI_CLIENT_S_RUNNING:
        advertise(discovery);
        break;
    case AVAHI_CLIENT_S_COLLISION:
    case AVAHI_CLIENT_S_REGISTERING: /* the machine's own name is being settled: after that, anew */
        if (discovery->group) {
            avahi_entry_group_reset(discovery->group);
        }
        break;
    case AVAHI_CLIENT_FAILURE: /* the bus is gone; without the bus nobody tells when it is back */
        gs_discovery_poll_later(discovery->poll, AGAIN_NS);
        break;
    case AVAHI_CLIENT_CONNECTING: /* no avahi-daemon yet, or no longer: its entries went with it */
        if (discovery->group) {
            avahi_entry_group_free(discovery->group);
            discovery->group = NULL;
        }
        break;
    }
}

static void drop_client(struct gs_discovery *discovery)
{
    if (discovery->client) {
        avahi_client_free(discovery->client); /* and its group */
    }
    discovery->client = NULL;
    discovery->group = NULL;
}

static void connect_bus(void *context)
{
    struct gs_discovery *discovery = context;
    int error = 0;
    drop_client(discovery);
    discovery->client = avahi_client_new(gs_discovery_poll_api(discovery->poll), AVAHI_CLIENT_NO_FAIL,
                                         client_changed, discovery, &error);
    if (!discovery->client) {
        if (!discovery->told) {
            note(discovery, "not advertised in the network: ", avahi_strerror(error));
        }
        discovery->told = true;
        gs_discovery_poll_later(discovery->poll, AGAIN_NS);
    }
}

struct gs_discovery *gs_discovery_create(const struct gs_discovery_setup *setup)
{
    struct gs_discovery *discovery = calloc(1, sizeof *discovery);
    if (!discovery) {
        return NULL;
    }
    discovery->setup = *setup;
    discovery->name = avahi_strdup(setup->name);
    discovery->poll = gs_discovery_poll_create(setup->loop, connect_bus, discovery);
    if (!discovery->poll) {
        gs_discovery_destroy(discovery);
        return NULL;
    }
    connect_bus(discovery);
    return discovery;
}

void gs_discovery_destroy(struct gs_discovery *discovery)
{
    if (discovery) {
        drop_client(discovery);
        gs_discovery_poll_destroy(discovery->poll);
        avahi_free(discovery->name);
        free(discovery);
    }
}

#else

struct gs_discovery *gs_discovery_create(const struct gs_discovery_setup *setup)
{
    (void)setup;
    return NULL;
}

void gs_discovery_destroy(struct gs_discovery *discovery)
{
    (void)discovery;
}

#endif
