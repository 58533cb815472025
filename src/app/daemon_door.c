/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See daemon_door.h. */
#include "app/daemon_door.h"

#include "app/surface.h"
#include "base/log.h"
#include "control/osc_socket.h"

#include <string.h>

#define TABLET_PORT 9000 /* where a tablet listens, as it comes */
#define PORTS_TRIED 4    /* for the page, behind that of OSC; then any */

/* The layout of today's chain as a file. */
static bool lay_out(void *context, unsigned width, unsigned height, unsigned char **bytes, size_t *size)
{
    const struct gs_daemon_door *door = context;
    const struct gs_chain *chain = gs_session_chain(door->session);
    struct gs_surface surface;
    struct gs_layout layout;
    struct gs_error error;
    if (!chain || !gs_surface_init(&surface, chain, gs_session_prediction(door->session))) {
        return false;
    }
    surface.width = width;
    surface.height = height;
    surface.host_port = door->osc_port;
    surface.reply_port = TABLET_PORT;
    bool done = false;
    if (!gs_layout_build(&layout, &surface, &error)) {
        done = !gs_layout_tosc(&layout, bytes, size);
        gs_layout_finish(&layout);
    }
    gs_surface_finish(&surface);
    return done;
}

static const char *bind_of(const char *word)
{
    return word ? word : "127.0.0.1";
}

static enum gs_status open_door(struct gs_daemon_door *door, const struct gs_daemon_setup *setup,
                                struct gs_loop *loop, struct gs_error *error)
{
    struct gs_door_setup front = {
        .loop = loop,
        .engine = door->engine,
        .http = { .session = door->session,
                  .host = { .name = setup->name, .osc_port = door->osc_port, .bind = setup->http_bind },
                  .layout = lay_out,
                  .context = door },
        .hosts = setup->http_hosts,
        .web_dir = setup->web_dir,
        .pin = setup->http_pin,
    };
    return gs_door_create(&front, &door->door, error);
}

/* The number that OSC has over UDP; when another program has it over TCP, any other. */
static enum gs_status open_tcp(struct gs_daemon_door *door, struct gs_tcp_setup *tcp, struct gs_error *error)
{
    enum gs_status status = gs_tcp_create(tcp, &door->tcp, error);
    if (status == GS_E_IO) {
        gs_log_warn("%s: another one is taken", error->text);
        tcp->port = 0;
        status = gs_tcp_create(tcp, &door->tcp, error);
    }
    if (!status) {
        gs_log_info("TCP port %u", gs_tcp_port(door->tcp));
    }
    return status;
}

uint16_t gs_daemon_door_port(const struct gs_daemon_door *door)
{
    return door->door ? gs_tcp_port(door->web ? door->web : door->tcp) : 0;
}

static void say_where(const struct gs_daemon_door *door, const char *bind)
{
    bool everywhere = gs_osc_reach(bind) == GS_OSC_EVERYWHERE;
    bool six = !everywhere && strchr(bind, ':');
    gs_log_info("page at http://%s%s%s:%u/%s", six ? "[" : "", everywhere ? "127.0.0.1" : bind,
                six ? "]" : "", gs_daemon_door_port(door), everywhere ? " and on every network" : "");
}

static bool apart(const struct gs_daemon_setup *setup, uint16_t osc_port)
{
    return (setup->http_port >= 0 && setup->http_port != osc_port) ||
           strcmp(bind_of(setup->http_bind), bind_of(setup->osc_bind)) != 0;
}

static void note(void *context, const char *text)
{
    (void)context;
    gs_log_info("%s", text);
}

/* On the port that was asked for; where none was, on OSC's number or the next that is free. */
static enum gs_status open_web(struct gs_daemon_door *door, const struct gs_daemon_setup *setup,
                               struct gs_loop *loop, struct gs_error *error)
{
    struct gs_tcp_setup web = { .loop = loop,
                                .bind = setup->http_bind,
                                .port = setup->http_port >= 0 ? (uint16_t)setup->http_port : door->osc_port,
                                .http = gs_door_adopt,
                                .http_context = door->door,
                                .allow = &setup->osc_allow,
                                .note = note };
    enum gs_status status = gs_tcp_create(&web, &door->web, error);
    /* One port cannot be bound twice, once on this machine and once on every network. */
    for (int tries = 0; status == GS_E_IO && setup->http_port < 0 && tries < PORTS_TRIED; tries++) {
        web.port = web.port < UINT16_MAX && tries + 1 < PORTS_TRIED ? web.port + 1 : 0;
        status = gs_tcp_create(&web, &door->web, error);
    }
    return status;
}

enum gs_status gs_daemon_door_open(struct gs_daemon_door *door, const struct gs_daemon_setup *setup,
                                   struct gs_loop *loop, struct gs_engine *engine, struct gs_session *session,
                                   uint16_t osc_port, struct gs_error *error)
{
    *door = (struct gs_daemon_door){ .engine = engine, .session = session, .osc_port = osc_port };
    door->streams = gs_osc_streams_create(loop, session, &setup->osc_allow);
    if (!door->streams) {
        return gs_fail(error, GS_E_MEMORY, "", "no memory");
    }
    enum gs_status status = setup->http ? open_door(door, setup, loop, error) : GS_OK;
    if (status == GS_E_MISSING) {
        gs_log_info("%s", error->text);
    } else if (status) {
        return status;
    }
    bool two = door->door && apart(setup, osc_port);
    struct gs_tcp_setup tcp = { .loop = loop,
                                .bind = setup->osc_bind,
                                .port = osc_port,
                                .http = door->door && !two ? gs_door_adopt : NULL,
                                .http_context = door->door,
                                .stream = gs_osc_streams_take,
                                .stream_context = door->streams,
                                .allow = &setup->osc_allow,
                                .note = note };
    status = open_tcp(door, &tcp, error);
    if (!status && two) {
        status = open_web(door, setup, loop, error);
    }
    if (!status && door->door) {
        say_where(door, bind_of(setup->http_bind));
    }
    return status;
}

void gs_daemon_door_close(struct gs_daemon_door *door)
{
    gs_tcp_destroy(door->web);
    gs_tcp_destroy(door->tcp);
    gs_door_destroy(door->door);
    gs_osc_streams_destroy(door->streams);
    *door = (struct gs_daemon_door){ 0 };
}
