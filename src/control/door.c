/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door.h. Debian's libwebsockets can neither hand its descriptors to a foreign poll() nor take a foreign loop, but
 * lws_service(-1) does what is due without ever waiting. So our loop watches the descriptors, which it knows because
 * it has accepted them: for reading always, for writing while something waits to go out. When one is ready
 * libwebsockets gets its turn once, after all of them have been seen. */
#include "control/door_connection.h"

#include "base/log.h"
#include "control/door_command.h"
#include "control/osc_socket.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECTIONS    GS_DOOR_CONNECTIONS
#define HEADER_BYTES   4096 /* of a request */
#define PATIENCE_S     8    /* for a request to come whole, for an answer to go */
#define KEEP_ALIVE_S   30
#define SILENT_PING_S  20                  /* a WebSocket that said nothing is asked */
#define SILENT_END_S   45                  /* and hung up on */
#define HOUSE_NS       UINT64_C(250000000) /* time-outs are looked at so often */
#define REST_NS        UINT64_C(20000000)  /* with a chunk between: less than GS_OSC_BYTES a second */
#define RECEIVE_BUFFER (64 << 10)          /* more would only hide how far behind a mad sender is */
#define SEND_BUFFER    (256 << 10)
#define UNSENT_BYTES   (16 << 10) /* in the kernel: what waits longer waits here, where meters can be dropped */

/* ---- the loop's side ---- */

void gs_door_turn_soon(struct gs_door *door)
{
    gs_loop_set_timer(door->setup.loop, door, 0);
}

static void on_ready(void *context, short revents)
{
    (void)revents;
    gs_door_turn_soon(((struct gs_door_connection *)context)->door);
}

static void watch_as_needed(struct gs_door *door)
{
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        struct gs_door_connection *c = &door->connection[i];
        if (c->fd < 0) {
            continue;
        }
        short wanted =
            (c->rests_ns ? 0 : POLLIN) | (c->has_more || lws_partial_buffered(c->wsi) ? POLLOUT : 0);
        if (wanted != c->watched) {
            c->watched = wanted;
            gs_loop_watch(door->setup.loop, c->fd, wanted);
        }
    }
}

/* Who says too much is read a chunk at a time: what it has sent is thrown away at the rate it was allowed to send it,
 * and everybody else has the time between. Returns when the next one is to be read again. */
static uint64_t pace_the_mad(struct gs_door *door, uint64_t now_ns)
{
    uint64_t next_ns = UINT64_MAX;
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        struct gs_door_connection *c = &door->connection[i];
        if (c->fd < 0 || !c->client) {
            continue;
        }
        if (c->client->share.dropped) {
            c->client->share.dropped = false;
            c->rests_ns = now_ns + REST_NS;
            lws_rx_flow_control(c->wsi, 0);
        } else if (c->rests_ns && now_ns >= c->rests_ns) {
            c->rests_ns = 0;
            lws_rx_flow_control(c->wsi, 1);
        }
        next_ns = c->rests_ns && c->rests_ns < next_ns ? c->rests_ns : next_ns;
    }
    return next_ns;
}

static uint64_t take_turn(void *context, uint64_t now_ns)
{
    struct gs_door *door = context;
    if (now_ns >= door->pcm_ns) {
        door->pcm_ns = gs_door_pcm_turn(door->pcm) ? now_ns + GS_DOOR_PCM_NS : UINT64_MAX;
    }
    lws_service(door->context, -1);
    uint64_t next_ns = pace_the_mad(door, now_ns),
             house_ns = door->n_connections ? now_ns + HOUSE_NS : UINT64_MAX;
    watch_as_needed(door);
    next_ns = door->pcm_ns < next_ns ? door->pcm_ns : next_ns;
    return house_ns < next_ns ? house_ns : next_ns;
}

void gs_door_connection_wants(struct gs_door_connection *c)
{
    c->has_more = true;
    lws_callback_on_writable(c->wsi);
    gs_door_turn_soon(c->door);
}

/* ---- what libwebsockets tells ---- */

static int on_writable(struct gs_door_connection *c)
{
    c->has_more = false;
    if (c->client && c->client->lost) {
        gs_log_info("a WebSocket client is dropped: it does not keep up, or sent more than a packet");
        return -1;
    }
    if (c->client) {
        return gs_door_connection_send_frames(c);
    }
    return c->reply.size ? gs_door_connection_send_more(c) : 0;
}

static void closed(struct gs_door_connection *c)
{
    gs_door_connection_close_client(c);
    gs_door_connection_forget(c);
    if (c->fd >= 0) {
        gs_loop_remove(c->door->setup.loop, c->fd);
        c->door->n_connections--;
    }
    c->fd = -1;
    c->wsi = NULL;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
    (void)user;
    struct gs_door_connection *c = wsi ? lws_get_opaque_user_data(wsi) : NULL;
    if (!c) {
        return 0;
    }
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return gs_door_connection_answer(c, in ? in : "");
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return gs_door_connection_upgrade(c, in ? in : "");
    case LWS_CALLBACK_ESTABLISHED:
        return gs_door_connection_open_client(c);
    case LWS_CALLBACK_RECEIVE:
        return c->client ? gs_door_connection_take_frame(c, in, length) : -1;
    case LWS_CALLBACK_HTTP_WRITEABLE:
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return on_writable(c);
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_CLOSED_HTTP:
        gs_door_connection_close_client(c);
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        closed(c);
        return 0;
    default:
        return 0;
    }
}

static const struct lws_protocols protocols[] = {
    { .name = "oscquery", .callback = on_event, .rx_buffer_size = GS_OSC_PACKET_MAX },
    { 0 },
};

/* ---- coming in ---- */

static struct gs_door_connection *free_place(struct gs_door *door)
{
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        if (door->connection[i].fd < 0) {
            return &door->connection[i];
        }
    }
    return NULL;
}

static void introduce(struct gs_door_connection *c, const struct sockaddr_storage *from)
{
    struct sockaddr_storage own = { 0 };
    socklen_t length = sizeof own;
    struct gs_endpoint here = { 0 };
    int room = SEND_BUFFER, takes = RECEIVE_BUFFER, unsent = UNSENT_BYTES;
    gs_osc_endpoint(from, &c->endpoint);
    c->endpoint.connection = ++c->door->next_number | 0x80000000u;
    if (getsockname(c->fd, (struct sockaddr *)&own, &length) == 0) {
        gs_osc_endpoint(&own, &here);
        bool four = IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)(const void *)here.ip);
        inet_ntop(four ? AF_INET : AF_INET6, here.ip + (four ? 12 : 0), c->local_ip, sizeof c->local_ip);
    }
    setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &takes, sizeof takes);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

void gs_door_adopt(void *context, int fd, const struct sockaddr_storage *from)
{
    struct gs_door *door = context;
    struct gs_door_connection *c = free_place(door);
    if (!c) {
        close(fd);
        return;
    }
    *c = (struct gs_door_connection){ .door = door, .fd = fd, .watched = POLLIN };
    introduce(c, from);
    if (gs_loop_add(door->setup.loop, fd, POLLIN, on_ready, c)) {
        c->fd = -1;
        close(fd);
        return;
    }
    door->n_connections++;
    lws_adopt_desc_t adopted = {
        .vh = door->host, .type = LWS_ADOPT_HTTP | LWS_ADOPT_SOCKET, .fd = { .sockfd = fd }, .opaque = c
    };
    c->wsi = lws_adopt_descriptor_vhost_via_info(&adopted);
    if (!c->wsi) {
        closed(c); /* and it has closed the descriptor */
    }
    gs_door_turn_soon(door);
}

/* ---- chains ---- */

static void say_to_all(void *context, const char *command, const char *path, const char *renamed)
{
    struct gs_door *door = context;
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        if (door->connection[i].client) {
            gs_door_say_path(door->connection[i].client, command, path, renamed);
        }
    }
}

void gs_door_chain_changed(struct gs_door *door)
{
    const struct gs_chain *chain = door ? gs_session_chain(door->setup.http.session) : NULL;
    if (chain) {
        gs_door_paths_follow(&door->paths, chain, say_to_all, door);
        gs_door_pcm_chain_changed(door->pcm);
    }
}

/* ---- life ---- */

static void log_line(int level, const char *line)
{
    gs_log(level == LLL_ERR ? GS_LOG_WARN : GS_LOG_DEBUG, "libwebsockets: %.*s", (int)strcspn(line, "\n"),
           line);
}

static bool open_context(struct gs_door *door)
{
    static const lws_retry_bo_t policy_of_silence = { .secs_since_valid_ping = SILENT_PING_S,
                                                      .secs_since_valid_hangup = SILENT_END_S };
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = protocols,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .fd_limit_per_thread = CONNECTIONS + 16,
        .max_http_header_pool = CONNECTIONS,
        .max_http_header_data = HEADER_BYTES,
        .timeout_secs = PATIENCE_S,
        .keepalive_timeout = KEEP_ALIVE_S,
        .retry_and_idle_policy = &policy_of_silence,
        .pt_serv_buf_size = GS_DOOR_CHUNK,
        .vhost_name = "door",
    };
    lws_set_log_level(LLL_ERR | LLL_WARN, log_line);
    door->context = lws_create_context(&info);
    door->host = door->context ? lws_create_vhost(door->context, &info) : NULL;
    return door->host;
}

enum gs_status gs_door_create(const struct gs_door_setup *setup, struct gs_door **created,
                              struct gs_error *error)
{
    struct gs_door *door = calloc(1, sizeof *door);
    if (!door) {
        return gs_fail(error, GS_E_MEMORY, "", "out of memory");
    }
    door->setup = *setup;
    door->setup.http.host.wants_pin = setup->pin;
    gs_door_hosts_init(&door->hosts, setup->hosts);
    gs_door_pin_init(&door->pin, setup->pin);
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        door->connection[i].fd = -1;
    }
    door->pcm = gs_door_pcm_create(setup->engine, setup->http.session);
    door->schedule = gs_osc_schedule_create(setup->loop, setup->http.session, gs_door_message);
    door->setup.http.query = gs_oscquery_create(setup->http.session);
    door->setup.http.files = gs_door_files_create(setup->web_dir);
    if (!door->pcm || !door->schedule || !door->setup.http.query || !door->setup.http.files ||
        !open_context(door) || gs_loop_add_timer(setup->loop, UINT64_MAX, take_turn, door)) {
        gs_door_destroy(door);
        return gs_fail(error, GS_E_IO, "", "libwebsockets does not start");
    }
    *created = door;
    gs_door_chain_changed(door);
    return GS_OK;
}

void gs_door_destroy(struct gs_door *door)
{
    if (!door) {
        return;
    }
    if (door->context) {
        lws_context_destroy(door->context);
    }
    gs_loop_remove_timer(door->setup.loop, door);
    gs_osc_schedule_destroy(door->schedule);
    gs_door_pcm_destroy(door->pcm);
    gs_door_paths_finish(&door->paths);
    gs_oscquery_destroy(door->setup.http.query);
    gs_door_files_destroy(door->setup.http.files);
    free(door);
}
