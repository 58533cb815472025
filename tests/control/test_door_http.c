/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a GET is answered, without a socket: the page once and then known by its tag, compressed for who takes it, the
 * tree for who is no browser. */
#include "../support/desk.h"
#include "control/door_http.h"
#include "control/web_files.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct front {
    struct desk *desk;
    struct gs_door_http http;
};

static struct front open_front(void)
{
    struct front front = { .desk = desk_open("{'gainstage':1,'name':'strip','stages':["
                                             "{'id':'src','kind':'source','domain':'line'},"
                                             "{'id':'pre','kind':'preamp','gain_db':12},"
                                             "{'id':'out','kind':'master'}]}") };
    front.http = (struct gs_door_http){ .session = front.desk->session,
                                        .query = gs_oscquery_create(front.desk->session),
                                        .files = gs_door_files_create(NULL),
                                        .host = { .name = "test" } };
    return front;
}

static void close_front(struct front *front)
{
    gs_oscquery_destroy(front->http.query);
    gs_door_files_destroy(front->http.files);
    desk_close(front->desk);
}

static struct gs_door_reply get(const struct front *front, const char *path, const char *accept,
                                const char *encoding, const char *none_match)
{
    struct gs_door_request request = {
        .path = path, .query = "", .accept = accept, .accept_encoding = encoding, .none_match = none_match
    };
    struct gs_door_reply reply;
    gs_door_answer(&front->http, &request, &reply);
    return reply;
}

static const struct gs_web_file *web_file(const char *name)
{
    const struct gs_web_file *file = gs_web_files;
    while (file->name && strcmp(file->name, name) != 0) {
        file++;
    }
    cr_assert(file->name);
    return file;
}

Test(door_http, a_file_is_sent_once_and_then_known)
{
    struct front front = open_front();
    for (const struct gs_web_file *file = gs_web_files; file->name; file++) {
        char path[128];
        snprintf(path, sizeof path, "/%s", file->name);
        struct gs_door_reply first = get(&front, path, "", "", "");
        cr_expect_eq(first.status, 200, "%s", path);
        cr_expect(first.size == file->size && memcmp(first.bytes, file->bytes, file->size) == 0, "%s", path);
        cr_expect(first.etag[0] == '"' && first.etag[strlen(first.etag) - 1] == '"', "a strong tag");
        cr_expect_null(first.owned, "no bytes are made for a request");
        struct gs_door_reply again = get(&front, path, "", "", first.etag);
        cr_expect(again.status == 304 && again.size == 0, "%s", path);
        cr_expect_str_eq(again.etag, first.etag, "RFC 9110 clause 15.4.5");
        char list[128];
        snprintf(list, sizeof list, "\"other\", W/%s", first.etag);
        cr_expect_eq(get(&front, path, "", "", list).status, 304);
        cr_expect_eq(get(&front, path, "", "", "\"0123456789abcdef\"").status, 200);
    }
    cr_expect_eq(get(&front, "/", "text/html,*/*", "", "*").status, 304);
    cr_expect_str_neq(get(&front, "/app.js", "", "", "").etag, get(&front, "/index.html", "", "", "").etag);
    close_front(&front);
}

static const struct {
    const char *accept;
    bool gzip;
} encodings[] = {
    { "gzip", true }, { "gzip, deflate, br", true }, { "br;q=1.0, gzip;q=0.2", true }, { "", false },
    { "br", false },  { "gzip;q=0", false },         { "gzip;q=0.000", false },        { "identity", false },
    { "*", false }
};

Test(door_http, compressed_for_who_takes_it)
{
    struct front front = open_front();
    const struct gs_web_file *file = web_file("app.js");
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        struct gs_door_reply reply = get(&front, "/app.js", "", encodings[i].accept, "");
        cr_expect_eq(reply.gzip, encodings[i].gzip, "%s", encodings[i].accept);
        cr_expect(encodings[i].gzip == (reply.size < file->size), "%s", encodings[i].accept);
    }
    struct gs_door_reply packed = get(&front, "/app.js", "", "gzip", ""), again;
    unsigned char *plain = malloc(file->size + 1);
    z_stream stream = { .next_in = (z_const Bytef *)(uintptr_t)packed.bytes, .avail_in = (uInt)packed.size };
    stream.next_out = plain;
    stream.avail_out = (uInt)file->size + 1;
    cr_assert_eq(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
    cr_expect_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    cr_expect(stream.total_out == file->size && memcmp(plain, file->bytes, file->size) == 0);
    inflateEnd(&stream);
    free(plain);
    again = get(&front, "/app.js", "", "gzip", "");
    cr_expect_eq(again.bytes, packed.bytes, "compressed once");
    cr_expect_str_neq(packed.etag, get(&front, "/app.js", "", "", "").etag, "other bytes, another tag");
    cr_expect_eq(get(&front, "/app.js", "", "gzip", packed.etag).status, 304);
    close_front(&front);
}

Test(door_http, the_tree_is_never_kept)
{
    struct front front = open_front();
    struct gs_door_reply tree = get(&front, "/", "", "gzip", "*");
    cr_expect_eq(tree.status, 200);
    cr_expect_str_eq(tree.type, "application/json");
    cr_expect_str_eq(tree.etag, "");
    cr_expect_not(tree.gzip);
    cr_expect_eq(tree.size, strlen((const char *)tree.bytes));
    free(tree.owned);
    close_front(&front);
}

/* A part of the tree that is long, and one that is not. */
Test(door_http, the_tree_is_to_be_compressed_for_who_takes_it)
{
    struct front front = open_front();
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        struct gs_door_reply branch = get(&front, "/stage/pre", "", encodings[i].accept, "");
        cr_expect_eq(branch.pack, encodings[i].gzip, "%s", encodings[i].accept);
        free(branch.owned);
        struct gs_door_reply leaf = get(&front, "/stage/pre/gain/step", "", encodings[i].accept, "");
        cr_expect_leq(leaf.size, 512);
        cr_expect_not(leaf.pack, "%s", encodings[i].accept);
        free(leaf.owned);
    }
    close_front(&front);
}

static const struct {
    const char *query, *accept;
    int status;
    const char *type;
} queries[] = {
    { "", "text/html,application/xhtml+xml,*/*;q=0.8", 200, "text/html; charset=utf-8" },
    { "fbclid=IwAR0", "text/html,*/*", 200, "text/html; charset=utf-8" },
    { "utm_source=qr", "text/html", 200, "text/html; charset=utf-8" },
    { "?", "text/html", 200, "text/html; charset=utf-8" },
    { "HOST_INFO", "text/html", 200, "application/json" },
    { "HOST_INFO", "*/*", 200, "application/json" },
    { "TYPE", "text/html", 204, "text/plain; charset=utf-8" },
    { "VALUE", "text/html", 204, "text/plain; charset=utf-8" },
    { "VALUE", "", 204, "text/plain; charset=utf-8" },
    { "FULL_PATH", "text/html", 200, "application/json" },
    { "fbclid=IwAR0", "*/*", 400, "text/plain; charset=utf-8" },
    { "fbclid=IwAR0", "", 400, "text/plain; charset=utf-8" },
    { "VALEU", "application/json", 400, "text/plain; charset=utf-8" },
};

Test(door_http, words_behind_the_address_of_the_page)
{
    struct front front = open_front();
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        struct gs_door_request request = { .path = "/",
                                           .query = queries[i].query,
                                           .accept = queries[i].accept,
                                           .accept_encoding = "",
                                           .none_match = "" };
        struct gs_door_reply reply;
        gs_door_answer(&front.http, &request, &reply);
        cr_expect_eq(reply.status, queries[i].status, "?%s for %s: %d", queries[i].query, queries[i].accept,
                     reply.status);
        cr_expect_str_eq(reply.type, queries[i].type, "?%s for %s", queries[i].query, queries[i].accept);
        cr_expect(reply.status != 400 || strstr((const char *)reply.bytes, "HOST_INFO"),
                  "says what it expected");
        free(reply.owned);
    }
    close_front(&front);
}
