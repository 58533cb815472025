/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See discovery_talk.h. */
#include "config.h"

#ifdef HAVE_AVAHI

#include "control/discovery_talk.h"

#include <avahi-client/client.h>
#include <avahi-client/publish.h>
#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-common/simple-watch.h>
#include <avahi-common/timeval.h>

#include <stdio.h>

#define AGAIN_MS 10000 /* between two looks for a bus */

struct talk {
    const struct gs_discovery_setup *setup;
    const atomic_bool *quit;
    AvahiSimplePoll *poll;
    AvahiTimeout *again;
    AvahiClient *client;
    AvahiEntryGroup *group;
    char *name; /* ours, or the next free one */
    bool told;  /* why there is nothing, once */
};

/* Whoever has ended the talk wants to hear no more of it. */
static void note(const struct talk *talk, const char *text, const char *why)
{
    char line[256];
    if (talk->setup->note && !atomic_load(talk->quit)) {
        snprintf(line, sizeof line, "%s%s", text, why);
        talk->setup->note(talk->setup->context, line);
    }
}

/* ---- services ---- */

static void advertise(struct talk *talk);

static void take_next_name(struct talk *talk)
{
    char *next = avahi_alternative_service_name(talk->name);
    avahi_free(talk->name);
    talk->name = next;
}

static void group_changed(AvahiEntryGroup *group, AvahiEntryGroupState state, void *context)
{
    struct talk *talk = context;
    talk->group = group; /* the first call may come before it is given back */
    if (state == AVAHI_ENTRY_GROUP_COLLISION) {
        take_next_name(talk);
        avahi_entry_group_reset(group);
        advertise(talk);
    } else if (state == AVAHI_ENTRY_GROUP_ESTABLISHED) {
        note(talk, "advertised in the network as ", talk->name);
    }
}

static int add(struct talk *talk, const struct gs_discovery_service *service)
{
    AvahiStringList *txt = NULL;
    for (const char *const *entry = service->txt; entry && *entry; entry++) {
        txt = avahi_string_list_add(txt, *entry);
    }
    int result =
        avahi_entry_group_add_service_strlst(talk->group, AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC, 0, talk->name,
                                             service->type, NULL, NULL, service->port, txt);
    avahi_string_list_free(txt);
    return result;
}

static int add_all(struct talk *talk)
{
    int result = 0;
    for (unsigned i = 0; i < GS_DISCOVERY_SERVICES && result >= 0; i++) {
        const struct gs_discovery_service *service = &talk->setup->service[i];
        if (service->type && service->port) {
            result = add(talk, service);
        }
    }
    return result;
}

/* A name that another program of this machine has is found out here, one of another machine by group_changed(). */
static void advertise(struct talk *talk)
{
    if (!talk->group) {
        talk->group = avahi_entry_group_new(talk->client, group_changed, talk);
    }
    int result = talk->group ? AVAHI_ERR_COLLISION : avahi_client_errno(talk->client);
    for (unsigned tries = 0; result == AVAHI_ERR_COLLISION && tries < 32; tries++) {
        avahi_entry_group_reset(talk->group);
        result = add_all(talk);
        if (result == AVAHI_ERR_COLLISION) {
            take_next_name(talk);
        }
    }
    if (result >= 0) {
        result = avahi_entry_group_commit(talk->group);
    }
    if (result < 0) {
        note(talk, "not advertised: ", avahi_strerror(result));
    }
}

/* ---- avahi-daemon, coming and going ---- */

static void try_again(struct talk *talk)
{
    struct timeval at;
    avahi_simple_poll_get(talk->poll)->timeout_update(talk->again, avahi_elapse_time(&at, AGAIN_MS, 0));
}

static void client_changed(AvahiClient *client, AvahiClientState state, void *context)
{
    struct talk *talk = context;
    talk->client = client;
    switch (state) {
    case AVAHI_CLIENT_S_RUNNING:
        advertise(talk);
        break;
    case AVAHI_CLIENT_S_COLLISION:
    case AVAHI_CLIENT_S_REGISTERING: /* the machine's own name is being settled: after that, anew */
        if (talk->group) {
            avahi_entry_group_reset(talk->group);
        }
        break;
    case AVAHI_CLIENT_FAILURE: /* the bus is gone; without the bus nobody tells when it is back */
        try_again(talk);
        break;
    case AVAHI_CLIENT_CONNECTING: /* no avahi-daemon yet, or no longer: its entries went with it */
        if (talk->group) {
            avahi_entry_group_free(talk->group);
            talk->group = NULL;
        }
        break;
    }
}

static void drop_client(struct talk *talk)
{
    if (talk->client) {
        avahi_client_free(talk->client); /* and its group */
    }
    talk->client = NULL;
    talk->group = NULL;
}

/* Never inside a callback of the client, which it would free. */
static void connect_bus(AvahiTimeout *again, void *context)
{
    struct talk *talk = context;
    const AvahiPoll *api = avahi_simple_poll_get(talk->poll);
    int error = 0;
    api->timeout_update(again, NULL);
    drop_client(talk);
    talk->client = avahi_client_new(api, AVAHI_CLIENT_NO_FAIL, client_changed, talk, &error);
    if (!talk->client) {
        if (!talk->told) {
            note(talk, "not advertised in the network: ", avahi_strerror(error));
        }
        talk->told = true;
        try_again(talk);
    }
}

static void wake(AvahiWatch *watch, int fd, AvahiWatchEvent event, void *context)
{
    (void)watch;
    (void)fd;
    (void)event;
    avahi_simple_poll_quit(((struct talk *)context)->poll);
}

void gs_discovery_talk(const struct gs_discovery_setup *setup, const atomic_bool *quit, int wake_fd)
{
    struct talk talk = { .setup = setup, .quit = quit, .poll = avahi_simple_poll_new() };
    if (!talk.poll) {
        return;
    }
    const AvahiPoll *api = avahi_simple_poll_get(talk.poll);
    AvahiWatch *watch = api->watch_new(api, wake_fd, AVAHI_WATCH_IN, wake, &talk);
    talk.again = api->timeout_new(api, NULL, connect_bus, &talk);
    talk.name = avahi_strdup(setup->name);
    if (watch && talk.again) {
        connect_bus(talk.again, &talk);
        while (!atomic_load(quit) && avahi_simple_poll_iterate(talk.poll, -1) == 0) {
        }
    }
    drop_client(&talk); /* says goodbye */
    avahi_free(talk.name);
    avahi_simple_poll_free(talk.poll); /* and its watch and its timeout */
}

#else
typedef int gs_discovery_talk_is_not_built; /* a file must say something */
#endif
