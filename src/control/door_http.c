/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_http.h. "/" is the page for who prefers HTML and the whole tree for everybody else, as an OSCQuery client
 * asks there. */
#include "control/door_http.h"

#include "catalog/layout.h"
#include "control/door_gzip.h"

#include <stdlib.h>
#include <string.h>

static void say(struct gs_door_reply *reply, int status, const char *text)
{
    *reply = (struct gs_door_reply){ .status = status,
                                     .type = "text/plain; charset=utf-8",
                                     .bytes = (const unsigned char *)text,
                                     .size = strlen(text) };
}

/* ---- files of the page ---- */

/* RFC 9110 clause 12.5.3; that everything is taken is no reason to compress. */
static bool takes_gzip(const char *accept)
{
    const char *at = strstr(accept, "gzip");
    if (!at) {
        return false;
    }
    at += strlen("gzip");
    at += strspn(at, " \t;");
    return strncmp(at, "q=", 2) != 0 || strtod(at + 2, NULL) > 0;
}

/* RFC 9110 clause 13.1.2: a list of tags, or "*". */
static bool is_known(const char *none_match, const char *etag)
{
    return strstr(none_match, etag) || strcmp(none_match, "*") == 0;
}

static bool find_file(const struct gs_door_http *http, const struct gs_door_request *request,
                      const char *name, struct gs_door_reply *reply)
{
    struct gs_door_file file;
    if (!gs_door_files_find(http->files, name, takes_gzip(request->accept_encoding), &file)) {
        return false;
    }
    *reply = (struct gs_door_reply){ .status = 200,
                                     .type = file.type,
                                     .bytes = file.bytes,
                                     .size = file.size,
                                     .owned = file.owned,
                                     .gzip = file.gzip };
    memcpy(reply->etag, file.etag, sizeof reply->etag);
    if (is_known(request->none_match, reply->etag)) {
        reply->status = 304;
        reply->size = 0;
    }
    return true;
}

/* ---- the layout ---- */

static void answer_layout(const struct gs_door_http *http, const char *query, struct gs_door_reply *reply)
{
    const char *words = strncmp(query, "size=", 5) == 0 ? query + 5 : query;
    unsigned width, height;
    unsigned char *bytes = NULL;
    size_t size = 0;
    if (!gs_layout_size(*words ? words : "ipad", &width, &height)) {
        say(reply, 400, "size: expected " GS_LAYOUT_SIZES "\n");
    } else if (!http->layout || !http->layout(http->context, width, height, &bytes, &size)) {
        say(reply, 404, "no layout of this size for this chain\n");
    } else {
        *reply = (struct gs_door_reply){ .status = 200,
                                         .type = "application/octet-stream",
                                         .bytes = bytes,
                                         .size = size,
                                         .owned = bytes,
                                         .file_name = true };
    }
}

/* ---- the tree ---- */

static void answer_tree(const struct gs_door_http *http, const struct gs_door_request *request,
                        struct gs_door_reply *reply)
{
    int status = 200;
    char *text;
    size_t size = 0;
    if (strcmp(request->query, "HOST_INFO") == 0) {
        text = gs_oscquery_host_info(&http->host);
        size = text ? strlen(text) : 0;
        status = text ? 200 : 500;
    } else {
        text = gs_oscquery_node(http->query, request->path, *request->query ? request->query : NULL, &size,
                                &status);
    }
    if (!text) {
        say(reply, status,
            status == 204 ? ""
            : status == 400
                ? "no attribute of this name: expected HOST_INFO, VALUE, RANGE or another one of OSCQuery\n"
            : status == 404 ? "no such address\n"
                            : "no memory\n");
        return;
    }
    *reply = (struct gs_door_reply){
        .status = 200, .type = "application/json", .bytes = (unsigned char *)text, .size = size, .owned = text
    };
    reply->pack = size >= GS_DOOR_GZIP_MIN && takes_gzip(request->accept_encoding);
}

/* Browsers, QR codes and messengers hang words on an address that mean nothing here; OSCQuery's mean something. */
static bool wants_page(const struct gs_door_request *request)
{
    return strcmp(request->path, "/") == 0 && strstr(request->accept, "text/html") &&
           !gs_oscquery_has(request->query);
}

void gs_door_answer(const struct gs_door_http *http, const struct gs_door_request *request,
                    struct gs_door_reply *reply)
{
    if (wants_page(request)) {
        if (!find_file(http, request, "index.html", reply)) {
            say(reply, 404, "this build has no page\n");
        }
    } else if (strcmp(request->path, "/layout.tosc") == 0) {
        answer_layout(http, request->query, reply);
    } else if (request->path[0] != '/' || !find_file(http, request, request->path + 1, reply)) {
        answer_tree(http, request, reply);
    }
}
