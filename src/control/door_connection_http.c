/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_connection.h: plain HTTP. What is answered says door_http; here it becomes heads and pieces of a body. */
#include "control/door_connection.h"

#include <stdlib.h>
#include <string.h>

#define CHUNKS_A_TURN 8
#define GZIP_A_TURN   (64 << 10) /* 0.4 ms; the tree of twelve stages in one go would be 4 */
#define QUICK         1          /* of zlib's levels: 6 makes a quarter less of it, in three times the time */

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
    { "vary:", "Accept, Accept-Encoding" },
};

static bool put_header(struct lws *wsi, const char *name, const char *value, unsigned char **at,
                       unsigned char *end)
{
    return lws_add_http_header_by_name(wsi, (const unsigned char *)name, (const unsigned char *)value,
                                       (int)strlen(value), at, end) == 0;
}

void gs_door_connection_forget(struct gs_door_connection *c)
{
    gs_door_gzip_destroy(c->gzip);
    c->gzip = NULL;
    free(c->reply.owned);
    c->reply = (struct gs_door_reply){ 0 };
    c->sent = 0;
}

/* What has no body says nothing of its length: RFC 9110 clause 8.6. */
static bool put_status(struct lws *wsi, const struct gs_door_reply *reply, unsigned char **at,
                       unsigned char *end)
{
    if (reply->status == 204 || reply->status == 304) {
        return lws_add_http_header_status(wsi, (unsigned)reply->status, at, end) == 0;
    }
    return lws_add_http_common_headers(wsi, (unsigned)reply->status, reply->type, reply->size, at, end) == 0;
}

static int send_head(struct gs_door_connection *c, bool allow)
{
    unsigned char head[LWS_PRE + 2048], *start = head + LWS_PRE, *at = start, *end = head + sizeof head - 1;
    const struct gs_door_reply *reply = &c->reply;
    bool whole = put_status(c->wsi, reply, &at, end);
    for (size_t i = 0; whole && i < sizeof headers / sizeof *headers; i++) {
        whole = put_header(c->wsi, headers[i].name, headers[i].value, &at, end);
    }
    whole = whole && put_header(c->wsi, "cache-control:", *reply->etag ? "no-cache" : "no-store", &at, end) &&
            (!*reply->etag || put_header(c->wsi, "etag:", reply->etag, &at, end)) &&
            (!reply->gzip || put_header(c->wsi, "content-encoding:", "gzip", &at, end)) &&
            (!allow || put_header(c->wsi, "allow:", "GET, HEAD", &at, end)) &&
            (!reply->file_name || put_header(c->wsi, "content-disposition:", "attachment", &at, end));
    if (!whole || lws_finalize_write_http_header(c->wsi, start, &at, end)) {
        gs_door_connection_forget(c);
        return -1;
    }
    if (reply->size && !c->head_only) {
        gs_door_connection_wants(c);
        return 0;
    }
    gs_door_connection_forget(c);
    return lws_http_transaction_completed(c->wsi) ? -1 : 0;
}

static bool send_chunk(struct gs_door_connection *c)
{
    unsigned char chunk[LWS_PRE + GS_DOOR_CHUNK];
    size_t left = c->reply.size - c->sent, n = left < GS_DOOR_CHUNK ? left : GS_DOOR_CHUNK;
    memcpy(chunk + LWS_PRE, c->reply.bytes + c->sent, n);
    c->sent += n;
    return lws_write(c->wsi, chunk + LWS_PRE, n, n == left ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) >= (int)n;
}

/* ---- compressing ---- */

/* What cannot be compressed goes as it is. */
static int pack_later(struct gs_door_connection *c)
{
    c->gzip = gs_door_gzip_create(c->reply.bytes, c->reply.size, QUICK);
    if (!c->gzip) {
        return send_head(c, false);
    }
    gs_door_connection_wants(c);
    return 0;
}

static int pack_more(struct gs_door_connection *c)
{
    size_t size = 0;
    if (gs_door_gzip_go(c->gzip, GZIP_A_TURN)) {
        gs_door_connection_wants(c);
        return 0;
    }
    unsigned char *packed = gs_door_gzip_take(c->gzip, &size);
    gs_door_gzip_destroy(c->gzip);
    c->gzip = NULL;
    if (packed) {
        free(c->reply.owned);
        c->reply.bytes = c->reply.owned = packed;
        c->reply.size = size;
        c->reply.gzip = true;
    }
    return send_head(c, false);
}

/* ---- body ---- */

static int send_body(struct gs_door_connection *c)
{
    for (unsigned i = 0;
         i < CHUNKS_A_TURN && c->sent < c->reply.size && (!i || !lws_send_pipe_choked(c->wsi)); i++) {
        if (!send_chunk(c)) {
            gs_door_connection_forget(c);
            return -1;
        }
    }
    if (c->sent < c->reply.size) {
        gs_door_connection_wants(c);
        return 0;
    }
    gs_door_connection_forget(c);
    return lws_http_transaction_completed(c->wsi) ? -1 : 0;
}

int gs_door_connection_send_more(struct gs_door_connection *c)
{
    return c->gzip ? pack_more(c) : send_body(c);
}

int gs_door_connection_refuse(struct gs_door_connection *c, int status, const char *text)
{
    gs_door_connection_forget(c);
    c->reply = (struct gs_door_reply){ .status = status,
                                       .type = "text/plain; charset=utf-8",
                                       .bytes = (const unsigned char *)text,
                                       .size = strlen(text) };
    return send_head(c, status == 405);
}

void gs_door_connection_header(struct lws *wsi, enum lws_token_indexes token, char *text, int size)
{
    if (lws_hdr_copy(wsi, text, size, token) <= 0) {
        text[0] = '\0';
    }
}

bool gs_door_connection_by_name(const struct gs_door_connection *c)
{
    char host[300];
    gs_door_connection_header(c->wsi, WSI_TOKEN_HOST, host, sizeof host);
    return gs_door_hosts_allow(&c->door->hosts, host, c->local_ip);
}

int gs_door_connection_answer(struct gs_door_connection *c, const char *path)
{
    char query[128], accept[512], encoding[128], none_match[256];
    c->head_only = lws_hdr_total_length(c->wsi, WSI_TOKEN_HEAD_URI) > 0;
    if (!gs_door_connection_by_name(c)) {
        return gs_door_connection_refuse(c, 403, "not a name of this machine: see --http-host\n");
    }
    if (!c->head_only && lws_hdr_total_length(c->wsi, WSI_TOKEN_GET_URI) <= 0) {
        return gs_door_connection_refuse(c, 405, "only GET and HEAD\n");
    }
    if (lws_hdr_copy_fragment(c->wsi, query, sizeof query, WSI_TOKEN_HTTP_URI_ARGS, 0) < 0) {
        strcpy(query, lws_hdr_total_length(c->wsi, WSI_TOKEN_HTTP_URI_ARGS) > 0
                          ? "?"
                          : ""); /* too long for a name */
    }
    gs_door_connection_header(c->wsi, WSI_TOKEN_HTTP_ACCEPT, accept, sizeof accept);
    gs_door_connection_header(c->wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, encoding, sizeof encoding);
    gs_door_connection_header(c->wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, none_match, sizeof none_match);
    struct gs_door_request request = {
        .path = path, .query = query, .accept = accept, .accept_encoding = encoding, .none_match = none_match
    };
    gs_door_connection_forget(c);
    gs_door_answer(&c->door->setup.http, &request, &c->reply);
    return c->reply.pack ? pack_later(c) : send_head(c, false);
}
