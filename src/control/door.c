/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door.h. Debian's libwebsockets can neither hand its descriptors to a foreign poll() nor take a foreign loop, but
 * lws_service(-1) does what is due without ever waiting. So our loop watches the descriptors, which it knows because
 * it has accepted them: for reading always, for writing while something waits to go out. When one is ready
 * libwebsockets gets its turn once, after all of them have been seen. */
#include "control/door.h"

#include "base/log.h"
#include "control/door_command.h"
#include "control/door_hosts.h"
#include "control/door_pcm.h"
#include "control/osc_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libwebsockets.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECTIONS   (GS_DOOR_CLIENTS + 64) /* with those of plain HTTP */
#define HEADER_BYTES  4096                   /* of a request */
#define PATIENCE_S    8                      /* for a request to come whole, for an answer to go */
#define KEEP_ALIVE_S  30
#define SILENT_PING_S 20                  /* a WebSocket that said nothing is asked */
#define SILENT_END_S  45                  /* and hung up on */
#define HOUSE_NS      UINT64_C(250000000) /* time-outs are looked at so often */
#define CHUNK         16384
#define FRAMES_A_TURN 32
#define SEND_BUFFER   (256 << 10)
#define UNSENT_BYTES  (16 << 10) /* in the kernel: what waits longer waits here, where meters can be dropped */

/* One connection, from acceptance to its end. */
struct connection {
    struct gs_door *door;
    int fd; /* -1: free */
    struct lws *wsi;
    struct gs_endpoint endpoint;
    char local_ip[INET6_ADDRSTRLEN];
    bool has_more; /* to be written */
    short watched;
    struct gs_door_reply reply; /* of plain HTTP; size 0: none on its way */
    size_t sent;
    bool head_only;
    struct gs_door_client *client; /* of a WebSocket */
};

struct stage_name {
    char id[GS_CHAIN_ID_SIZE];
    const void *kind;
};

struct gs_door {
    struct gs_door_setup setup;
    struct gs_door_hosts hosts;
    struct gs_door_pin pin;
    struct gs_door_pcm *pcm;
    uint64_t pcm_ns; /* when its next turn is */
    struct lws_context *context;
    struct lws_vhost *host;
    struct connection connection[CONNECTIONS];
    unsigned n_connections, n_clients;
    uint32_t next_number; /* of connections */
    bool ending;
    struct stage_name *stage; /* of the chain that clients know */
    size_t n_stages;
};

/* ---- the loop's side ---- */

/* Libwebsockets gets its turn before the loop waits again. */
static void turn_soon(struct gs_door *door)
{
    gs_loop_set_timer(door->setup.loop, door, 0);
}

static void on_ready(void *context, short revents)
{
    (void)revents;
    turn_soon(((struct connection *)context)->door);
}

static void watch_as_needed(struct gs_door *door)
{
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        struct connection *c = &door->connection[i];
        if (c->fd < 0) {
            continue;
        }
        short wanted = POLLIN | (c->has_more || lws_partial_buffered(c->wsi) ? POLLOUT : 0);
        if (wanted != c->watched) {
            c->watched = wanted;
            gs_loop_watch(door->setup.loop, c->fd, wanted);
        }
    }
}

static uint64_t take_turn(void *context, uint64_t now_ns)
{
    struct gs_door *door = context;
    if (now_ns >= door->pcm_ns) {
        door->pcm_ns = gs_door_pcm_turn(door->pcm) ? now_ns + GS_DOOR_PCM_NS : UINT64_MAX;
    }
    lws_service(door->context, -1);
    watch_as_needed(door);
    uint64_t house_ns = door->n_connections ? now_ns + HOUSE_NS : UINT64_MAX;
    return door->pcm_ns < house_ns ? door->pcm_ns : house_ns;
}

static void want_write(struct connection *c)
{
    c->has_more = true;
    lws_callback_on_writable(c->wsi);
    turn_soon(c->door);
}

static void wake_client(void *context)
{
    want_write(context);
}

/* ---- plain HTTP ---- */

static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static const struct {
    const char *name, *value;
} headers[] = {
    { "content-security-policy:", policy },
    { "x-content-type-options:", "nosniff" },
    { "referrer-policy:", "no-referrer" },
    { "cross-origin-resource-policy:", "same-origin" },
    { "cross-origin-opener-policy:", "same-origin" },
    { "x-frame-options:", "DENY" },
    { "vary:", "Accept" },
};

static bool put_header(struct lws *wsi, const char *name, const char *value, unsigned char **at,
                       unsigned char *end)
{
    return lws_add_http_header_by_name(wsi, (const unsigned char *)name, (const unsigned char *)value,
                                       (int)strlen(value), at, end) == 0;
}

static void forget_reply(struct connection *c)
{
    free(c->reply.owned);
    c->reply = (struct gs_door_reply){ 0 };
    c->sent = 0;
}

/* Returns what the callback has to: 0, or -1 to hang up. */
static int send_head(struct connection *c, bool allow)
{
    unsigned char head[LWS_PRE + 2048], *start = head + LWS_PRE, *at = start, *end = head + sizeof head - 1;
    const struct gs_door_reply *reply = &c->reply;
    size_t size = reply->status == 204 ? 0 : reply->size;
    bool whole =
        lws_add_http_common_headers(c->wsi, (unsigned)reply->status, reply->type, size, &at, end) == 0;
    for (size_t i = 0; whole && i < sizeof headers / sizeof *headers; i++) {
        whole = put_header(c->wsi, headers[i].name, headers[i].value, &at, end);
    }
    whole = whole && put_header(c->wsi, "cache-control:", reply->page ? "no-cache" : "no-store", &at, end) &&
            (!allow || put_header(c->wsi, "allow:", "GET, HEAD", &at, end)) &&
            (!reply->file_name || put_header(c->wsi, "content-disposition:", "attachment", &at, end));
    if (!whole || lws_finalize_write_http_header(c->wsi, start, &at, end)) {
        forget_reply(c);
        return -1;
    }
    if (size && !c->head_only) {
        want_write(c);
        return 0;
    }
    forget_reply(c);
    return lws_http_transaction_completed(c->wsi) ? -1 : 0;
}

static int send_body(struct connection *c)
{
    unsigned char chunk[LWS_PRE + CHUNK];
    size_t left = c->reply.size - c->sent, n = left < CHUNK ? left : CHUNK;
    memcpy(chunk + LWS_PRE, c->reply.bytes + c->sent, n);
    if (lws_write(c->wsi, chunk + LWS_PRE, n, n == left ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n) {
        forget_reply(c);
        return -1;
    }
    c->sent += n;
    if (n < left) {
        want_write(c);
        return 0;
    }
    forget_reply(c);
    return lws_http_transaction_completed(c->wsi) ? -1 : 0;
}

static int refuse(struct connection *c, int status, const char *text)
{
    forget_reply(c);
    c->reply = (struct gs_door_reply){ .status = status,
                                       .type = "text/plain; charset=utf-8",
                                       .bytes = (const unsigned char *)text,
                                       .size = strlen(text) };
    return send_head(c, status == 405);
}

static void copy_header(struct lws *wsi, enum lws_token_indexes token, char *text, int size)
{
    if (lws_hdr_copy(wsi, text, size, token) <= 0) {
        text[0] = '\0';
    }
}

static bool host_is_ours(const struct connection *c)
{
    char host[300];
    copy_header(c->wsi, WSI_TOKEN_HOST, host, sizeof host);
    return gs_door_hosts_allow(&c->door->hosts, host, c->local_ip);
}

static int answer_request(struct connection *c, const char *path)
{
    char query[128], accept[512];
    c->head_only = lws_hdr_total_length(c->wsi, WSI_TOKEN_HEAD_URI) > 0;
    if (!host_is_ours(c)) {
        return refuse(c, 403, "not a name of this machine: see --http-host\n");
    }
    if (!c->head_only && lws_hdr_total_length(c->wsi, WSI_TOKEN_GET_URI) <= 0) {
        return refuse(c, 405, "only GET and HEAD\n");
    }
    if (lws_hdr_copy_fragment(c->wsi, query, sizeof query, WSI_TOKEN_HTTP_URI_ARGS, 0) < 0) {
        query[0] = '\0';
    }
    copy_header(c->wsi, WSI_TOKEN_HTTP_ACCEPT, accept, sizeof accept);
    struct gs_door_request request = { .path = path, .query = query, .accept = accept };
    forget_reply(c);
    gs_door_answer(&c->door->setup.http, &request, &c->reply);
    return send_head(c, false);
}

/* ---- WebSocket ---- */

/* 0: welcome; positive: answered already; negative: hang up. */
static int confirm_upgrade(struct connection *c, const char *protocol)
{
    char host[300], origin[300];
    copy_header(c->wsi, WSI_TOKEN_HOST, host, sizeof host);
    copy_header(c->wsi, WSI_TOKEN_ORIGIN, origin, sizeof origin);
    bool foreign = lws_hdr_total_length(c->wsi, WSI_TOKEN_ORIGIN) > 0 && !gs_door_same_origin(origin, host);
    if (!host_is_ours(c) || foreign) {
        return refuse(c, 403, "a page of another host\n") < 0 ? -1 : 1;
    }
    if (strcasecmp(protocol, "websocket") != 0) {
        return -1;
    }
    if (c->door->n_clients >= GS_DOOR_CLIENTS) {
        return refuse(c, 503, "as many clients as there is room for\n") < 0 ? -1 : 1;
    }
    return 0;
}

static int open_client(struct connection *c)
{
    struct gs_door *door = c->door;
    struct gs_door_room room = { door->setup.http.session, &door->pin, door->pcm };
    c->client = gs_door_client_create(&room, &c->endpoint, wake_client, c);
    if (!c->client) {
        return -1;
    }
    snprintf(c->client->outlet.local_ip, sizeof c->client->outlet.local_ip, "%s", c->local_ip);
    door->n_clients++;
    return 0;
}

static void close_client(struct connection *c)
{
    if (c->client) {
        gs_door_client_destroy(c->client);
        c->client = NULL;
        c->door->n_clients--;
    }
}

static int send_frames(struct connection *c)
{
    for (unsigned i = 0; i < FRAMES_A_TURN && c->client->first && !lws_send_pipe_choked(c->wsi); i++) {
        struct gs_door_frame *frame = gs_door_client_next(c->client);
        int sent = lws_write(c->wsi, frame->data + GS_DOOR_FRAME_ROOM, frame->size,
                             frame->text ? LWS_WRITE_TEXT : LWS_WRITE_BINARY);
        bool whole = sent >= (int)frame->size;
        free(frame);
        if (!whole) {
            return -1;
        }
    }
    if (c->client->first) {
        want_write(c);
    }
    return 0;
}

static int take_frame(struct connection *c, const void *data, size_t size)
{
    bool last = lws_is_final_fragment(c->wsi) && lws_remaining_packet_payload(c->wsi) == 0;
    gs_door_client_take(c->client, data, size, lws_is_first_fragment(c->wsi), last,
                        !lws_frame_is_binary(c->wsi), gs_loop_now());
    c->door->pcm_ns = c->door->pcm_ns == UINT64_MAX ? 0 : c->door->pcm_ns; /* it may want to hear now */
    gs_loop_set_timer(c->door->setup.loop, c->door->setup.http.session,
                      gs_session_due(c->door->setup.http.session));
    return 0;
}

/* ---- what libwebsockets tells ---- */

static int on_writable(struct connection *c)
{
    c->has_more = false;
    if (c->client && c->client->lost) {
        gs_log_info("a WebSocket client is dropped: it does not keep up, or sent more than a packet");
        return -1;
    }
    if (c->client) {
        return send_frames(c);
    }
    return c->reply.size ? send_body(c) : 0;
}

static void closed(struct connection *c)
{
    close_client(c);
    forget_reply(c);
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
    struct connection *c = wsi ? lws_get_opaque_user_data(wsi) : NULL;
    if (!c) {
        return 0;
    }
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return answer_request(c, in ? in : "");
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return confirm_upgrade(c, in ? in : "");
    case LWS_CALLBACK_ESTABLISHED:
        return open_client(c);
    case LWS_CALLBACK_RECEIVE:
        return c->client ? take_frame(c, in, length) : -1;
    case LWS_CALLBACK_HTTP_WRITEABLE:
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return on_writable(c);
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_CLOSED_HTTP:
        close_client(c);
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

static struct connection *free_place(struct gs_door *door)
{
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        if (door->connection[i].fd < 0) {
            return &door->connection[i];
        }
    }
    return NULL;
}

static void introduce(struct connection *c, const struct sockaddr_storage *from)
{
    struct sockaddr_storage own = { 0 };
    socklen_t length = sizeof own;
    struct gs_endpoint here = { 0 };
    int room = SEND_BUFFER, unsent = UNSENT_BYTES;
    gs_osc_endpoint(from, &c->endpoint);
    c->endpoint.connection = ++c->door->next_number | 0x80000000u;
    if (getsockname(c->fd, (struct sockaddr *)&own, &length) == 0) {
        gs_osc_endpoint(&own, &here);
        bool four = IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)(const void *)here.ip);
        inet_ntop(four ? AF_INET : AF_INET6, here.ip + (four ? 12 : 0), c->local_ip, sizeof c->local_ip);
    }
    setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

void gs_door_adopt(void *context, int fd, const struct sockaddr_storage *from)
{
    struct gs_door *door = context;
    struct connection *c = free_place(door);
    if (!c) {
        close(fd);
        return;
    }
    *c = (struct connection){ .door = door, .fd = fd, .watched = POLLIN };
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
    turn_soon(door);
}

/* ---- chains ---- */

static const struct stage_name *find_stage(const struct stage_name *list, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].id, id) == 0) {
            return &list[i];
        }
    }
    return NULL;
}

static void say_to_all(struct gs_door *door, const char *command, const char *id, const char *renamed)
{
    char path[64], other[64];
    snprintf(path, sizeof path, "/stage/%s", id);
    snprintf(other, sizeof other, "/stage/%s", renamed ? renamed : "");
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        if (door->connection[i].client) {
            gs_door_say_path(door->connection[i].client, command, *id ? path : "/", renamed ? other : NULL);
        }
    }
}

/* A stage that stands where one of its kind stood, under another name. */
static bool is_renamed(const struct gs_door *door, const struct stage_name *now, size_t n, size_t i)
{
    return i < n && i < door->n_stages && now[i].kind == door->stage[i].kind &&
           !find_stage(now, n, door->stage[i].id) && !find_stage(door->stage, door->n_stages, now[i].id);
}

static void tell_changes(struct gs_door *door, const struct stage_name *now, size_t n)
{
    for (size_t i = 0; i < door->n_stages; i++) {
        const struct stage_name *same = find_stage(now, n, door->stage[i].id);
        if (is_renamed(door, now, n, i)) {
            say_to_all(door, "PATH_RENAMED", door->stage[i].id, now[i].id);
        } else if (!same) {
            say_to_all(door, "PATH_REMOVED", door->stage[i].id, NULL);
        } else if (same->kind != door->stage[i].kind) {
            say_to_all(door, "PATH_CHANGED", door->stage[i].id, NULL);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (!find_stage(door->stage, door->n_stages, now[i].id) && !is_renamed(door, now, n, i)) {
            say_to_all(door, "PATH_ADDED", now[i].id, NULL);
        }
    }
    say_to_all(door, "PATH_CHANGED", "", NULL);
}

void gs_door_chain_changed(struct gs_door *door)
{
    const struct gs_chain *chain = door ? gs_session_chain(door->setup.http.session) : NULL;
    struct stage_name *now = chain ? calloc(chain->n_stages + 1, sizeof *now) : NULL;
    if (!now) {
        return;
    }
    for (size_t i = 0; i < chain->n_stages; i++) {
        snprintf(now[i].id, sizeof now[i].id, "%s", chain->stages[i].id);
        now[i].kind = chain->stages[i].kind;
    }
    tell_changes(door, now, chain->n_stages);
    gs_door_pcm_chain_changed(door->pcm);
    free(door->stage);
    door->stage = now;
    door->n_stages = chain->n_stages;
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
        .pt_serv_buf_size = CHUNK,
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
    if (!door->pcm || !open_context(door) || gs_loop_add_timer(setup->loop, UINT64_MAX, take_turn, door)) {
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
    gs_door_pcm_destroy(door->pcm);
    free(door->stage);
    free(door);
}
