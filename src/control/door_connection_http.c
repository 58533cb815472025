/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_connection.h: plain HTTP. What is answered says door_http; here it becomes heads and pieces of a body. */
#include "control/door_connection.h"

#include <stdlib.h>
#include <string.h>

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

void gs_door_connection_forget(struct gs_door_connection *c)
{
    free(c->reply.owned);
    c->reply = (struct gs_door_reply){ 0 };
    c->sent = 0;
}

/* Returns what the callback has to: 0, or -1 to hang up. */
static int send_head(struct gs_door_connection *c, bool allow)
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
        gs_door_connection_forget(c);
        return -1;
    }
    if (size && !c->head_only) {
        gs_door_connection_wants(c);
        return 0;
    }
    gs_door_connection_forget(c);
    return lws_http_transaction_completed(c->wsi) ? -1 : 0;
}

int gs_door_connection_send_body(struct gs_door_connection *c)
{
    unsigned char chunk[LWS_PRE + GS_DOOR_CHUNK];
    size_t left = c->reply.size - c->sent, n = left < GS_DOOR_CHUNK ? left : GS_DOOR_CHUNK;
    memcpy(chunk + LWS_PRE, c->reply.bytes + c->sent, n);
    if (lws_write(c->wsi, chunk + LWS_PRE, n, n == left ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n) {
        gs_door_connection_forget(c);
        return -1;
    }
    c->sent += n;
    if (n < left) {
        gs_door_connection_wants(c);
        return 0;
    }
    gs_door_connection_forget(c);
    return lws_http_transaction_completed(c->wsi) ? -1 : 0;
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
    char query[128], accept[512];
    c->head_only = lws_hdr_total_length(c->wsi, WSI_TOKEN_HEAD_URI) > 0;
    if (!gs_door_connection_by_name(c)) {
        return gs_door_connection_refuse(c, 403, "not a name of this machine: see --http-host\n");
    }
    if (!c->head_only && lws_hdr_total_length(c->wsi, WSI_TOKEN_GET_URI) <= 0) {
        return gs_door_connection_refuse(c, 405, "only GET and HEAD\n");
    }
    if (lws_hdr_copy_fragment(c->wsi, query, sizeof query, WSI_TOKEN_HTTP_URI_ARGS, 0) < 0) {
        query[0] = '\0';
    }
    gs_door_connection_header(c->wsi, WSI_TOKEN_HTTP_ACCEPT, accept, sizeof accept);
    struct gs_door_request request = { .path = path, .query = query, .accept = accept };
    gs_door_connection_forget(c);
    gs_door_answer(&c->door->setup.http, &request, &c->reply);
    return send_head(c, false);
}
