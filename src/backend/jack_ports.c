/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ports: what a chain wants, and making the client have it. in_1.. and out_1, out_2 are always there (in_1 even
 * for a chain without a live source), so that a patch bay shows the same picture whatever chain is loaded. */
#include "backend/jack_link.h"

#include "base/log.h"
#include "chain/sounds.h"

#include <jack/metadata.h>
#include <jack/uuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INTEGER "http://www.w3.org/2001/XMLSchema#int"

/* ---- the layout of a chain ---- */

static void name_input(struct gs_jack_layout *layout, const struct gs_plan_step *step, const char *label)
{
    for (unsigned c = 0; c < step->setup.channels_out; c++) {
        unsigned i = step->setup.input + c;
        if (i < layout->n_in) {
            snprintf(layout->in[i].label, GS_JACK_LABEL, "%s%s", label,
                     step->setup.channels_out == 1 ? ""
                     : c == 0                      ? " L"
                                                   : " R");
        }
    }
}

static void name_inputs(struct gs_jack_layout *layout, const struct gs_chain *chain,
                        const struct gs_plan *plan)
{
    for (unsigned i = 0; i < layout->n_in; i++) {
        snprintf(layout->in[i].name, GS_JACK_SHORT_NAME, "in_%u", i + 1);
        snprintf(layout->in[i].label, GS_JACK_LABEL, "Input %u", i + 1);
    }
    for (size_t s = 0; s < plan->n_steps; s++) {
        const struct gs_plan_step *step = &plan->steps[s];
        if (gs_sounds_signal_is(chain, step->stage, "jack")) {
            name_input(layout, step, chain->stages[step->stage].label);
        }
    }
}

static void name_taps(struct gs_jack_layout *layout, const struct gs_chain *chain, const struct gs_plan *plan)
{
    for (unsigned t = 0; t < layout->n_tap; t++) {
        const struct gs_chain_stage *stage = &chain->stages[t / GS_CHANNELS];
        const struct gs_plan_wire *wire = &plan->wires[t / GS_CHANNELS];
        unsigned c = t % GS_CHANNELS;
        if (c >= wire->channels) {
            continue;
        }
        struct gs_jack_port_wish *wish = &layout->tap[t];
        const char *const number[] = { "_1", "_2" }, *const side[] = { " L", " R" };
        bool stereo = wire->channels == 2;
        snprintf(wish->name, GS_JACK_SHORT_NAME, "tap_%s%s", stage->id, stereo ? number[c] : "");
        snprintf(wish->label, GS_JACK_LABEL, "Tap: %s%s", stage->label, stereo ? side[c] : "");
        wish->latency = wire->latency;
    }
}

struct gs_jack_layout *gs_jack_layout_create(const struct gs_chain *chain, const struct gs_plan *plan,
                                             bool taps)
{
    unsigned n_in = plan->n_inputs < 1                ? 1
                    : plan->n_inputs > GS_JACK_INPUTS ? GS_JACK_INPUTS
                                                      : plan->n_inputs;
    unsigned n_tap = taps ? (unsigned)chain->n_stages * GS_CHANNELS : 0;
    struct gs_jack_layout *layout = calloc(1, sizeof *layout);
    struct gs_jack_port_wish *wishes = calloc(n_in + GS_JACK_OUTPUTS + n_tap, sizeof *wishes);
    if (!layout || !wishes) {
        free(layout);
        free(wishes);
        return NULL;
    }
    *layout = (struct gs_jack_layout){ n_in, n_tap, wishes, wishes + n_in, wishes + n_in + GS_JACK_OUTPUTS };
    name_inputs(layout, chain, plan);
    name_taps(layout, chain, plan);
    for (unsigned i = 0; i < GS_JACK_OUTPUTS; i++) {
        snprintf(layout->out[i].name, GS_JACK_SHORT_NAME, "out_%u", i + 1);
        snprintf(layout->out[i].label, GS_JACK_LABEL, "Out %s", i ? "R" : "L");
        layout->out[i].latency = plan->wires[chain->listen_stage].latency;
    }
    return layout;
}

void gs_jack_layout_destroy(struct gs_jack_layout *layout)
{
    if (layout) {
        free(layout->in);
        free(layout);
    }
}

/* ---- making it so ---- */

static void describe(struct gs_jack_client *client, jack_port_t *port, const char *label, unsigned order)
{
    char number[16];
    snprintf(number, sizeof number, "%u", order);
    jack_uuid_t uuid = jack_port_uuid(port);
    gs_jack_call(client->link, "jack_set_property");
    int failed = jack_set_property(client->handle, uuid, JACK_METADATA_PRETTY_NAME, label, "text/plain") |
                 jack_set_property(client->handle, uuid, JACK_METADATA_ORDER, number, INTEGER);
    gs_jack_called(client->link);
    if (failed) {
        gs_log_debug("no metadata for port %s: the server keeps none", jack_port_short_name(port));
    }
}

/* The callbacks stop seeing the port before it goes. */
static void drop(struct gs_jack_client *client, struct gs_jack_port *port)
{
    jack_port_t *handle = atomic_exchange(&port->port, NULL);
    if (!handle) {
        return;
    }
    gs_jack_callbacks_settle(client);
    gs_jack_call(client->link, "jack_port_unregister");
    jack_remove_properties(client->handle, jack_port_uuid(handle));
    jack_port_unregister(client->handle, handle);
    gs_jack_called(client->link);
}

static enum gs_status add(struct gs_jack_client *client, struct gs_jack_port *port,
                          const struct gs_jack_port_wish *wish, unsigned long flags, unsigned order,
                          struct gs_error *error)
{
    atomic_store(&port->latency, wish->latency);
    jack_port_t *handle = atomic_load(&port->port);
    if (!handle) {
        gs_jack_call(client->link, "jack_port_register");
        handle = jack_port_register(client->handle, wish->name, JACK_DEFAULT_AUDIO_TYPE, flags, 0);
        gs_jack_called(client->link);
        if (!handle) {
            return gs_fail(error, GS_E_AUDIO, "", "the JACK server gives us no port %s", wish->name);
        }
        atomic_store(&port->port, handle);
    }
    describe(client, handle, wish->label, order);
    return GS_OK;
}

static bool unwanted(const struct gs_jack_port *port, const struct gs_jack_port_wish *wish)
{
    jack_port_t *handle = atomic_load(&port->port);
    return handle && (!wish || strcmp(jack_port_short_name(handle), wish->name) != 0);
}

static enum gs_status apply(struct gs_jack_client *client, struct gs_jack_port *port, _Atomic unsigned *count,
                            const struct gs_jack_port_wish *wish, unsigned n, unsigned long flags,
                            unsigned order, struct gs_error *error)
{
    unsigned before = atomic_load(count);
    for (unsigned i = 0; i < before; i++) {
        if (unwanted(&port[i], i < n ? &wish[i] : NULL)) {
            drop(client, &port[i]);
        }
    }
    if (n < before) {
        atomic_store(count, n);
    }
    enum gs_status status = GS_OK;
    for (unsigned i = 0; i < n && !status; i++) {
        status = wish[i].name[0] ? add(client, &port[i], &wish[i], flags, order + i, error) : GS_OK;
    }
    atomic_store(count, n); /* places without a port are silent */
    return status;
}

enum gs_status gs_jack_ports_apply(struct gs_jack_client *client, const struct gs_jack_layout *layout,
                                   struct gs_error *error)
{
    /* The outputs first: where ports run out, something is heard at least. */
    enum gs_status status = apply(client, client->out, &client->n_out, layout->out, GS_JACK_OUTPUTS,
                                  JackPortIsOutput, layout->n_in + 1, error);
    if (!status) {
        status =
            apply(client, client->in, &client->n_in, layout->in, layout->n_in, JackPortIsInput, 1, error);
    }
    if (!status) {
        status = apply(client, client->tap, &client->n_tap, layout->tap, layout->n_tap, JackPortIsOutput,
                       layout->n_in + GS_JACK_OUTPUTS + 1, error);
    }
    return status;
}
