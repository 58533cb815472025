/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_http.h. "/" is the page for who prefers HTML and the whole tree for everybody else, as an OSCQuery client
 * asks there. */
#include "control/door_http.h"

#include "control/web_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (4u << 20) /* of a file from --web-dir */

static const struct {
    const char *ending, *type;
} types[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".mjs", "text/javascript; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".json", "application/json" },
    { ".webmanifest", "application/manifest+json" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
    { ".woff2", "font/woff2" },
    { ".wasm", "application/wasm" },
    { ".txt", "text/plain; charset=utf-8" },
};

static const char *type_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++) {
        if (strcmp(dot, types[i].ending) == 0) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}

static void say(struct gs_door_reply *reply, int status, const char *text)
{
    *reply = (struct gs_door_reply){ .status = status,
                                     .type = "text/plain; charset=utf-8",
                                     .bytes = (const unsigned char *)text,
                                     .size = strlen(text) };
}

/* ---- files of the page ---- */

/* Letters, figures and "-_." in parts that do not begin with a dot. */
static bool is_tame(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    while (*name) {
        size_t length = strspn(name, letters);
        if (!length || *name == '.' || length > 64 || (name[length] && name[length] != '/')) {
            return false;
        }
        name += length + (name[length] == '/');
    }
    return true;
}

static bool read_whole(int fd, struct gs_door_reply *reply)
{
    struct stat about;
    if (fstat(fd, &about) < 0 || !S_ISREG(about.st_mode) || about.st_size > (off_t)FILE_MAX) {
        return false;
    }
    size_t size = (size_t)about.st_size, got = 0;
    unsigned char *bytes = malloc(size ? size : 1);
    while (bytes && got < size) {
        ssize_t more = read(fd, bytes + got, size - got);
        if (more <= 0) {
            break;
        }
        got += (size_t)more;
    }
    if (!bytes || got < size) {
        free(bytes);
        return false;
    }
    reply->bytes = reply->owned = bytes;
    reply->size = size;
    return true;
}

static bool from_folder(const char *folder, const char *name, struct gs_door_reply *reply)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        return false;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool whole = fd >= 0 && read_whole(fd, reply);
    if (fd >= 0) {
        close(fd);
    }
    return whole;
}

static bool from_program(const char *name, struct gs_door_reply *reply)
{
    for (const struct gs_web_file *file = gs_web_files; file->name; file++) {
        if (strcmp(file->name, name) == 0) {
            reply->bytes = file->bytes;
            reply->size = file->size;
            return true;
        }
    }
    return false;
}

static bool find_file(const struct gs_door_http *http, const char *name, struct gs_door_reply *reply)
{
    *reply = (struct gs_door_reply){ .status = 200, .type = type_of(name), .page = true };
    if (!is_tame(name) || !*name) {
        return false;
    }
    return http->web_dir ? from_folder(http->web_dir, name, reply) : from_program(name, reply);
}

/* ---- the layout ---- */

static const struct {
    const char *name;
    unsigned width, height;
} screens[] = { { "ipad", 1024, 768 }, { "iphone", 844, 390 }, { "android", 1280, 800 } };

static bool read_size(const char *query, unsigned *width, unsigned *height)
{
    const char *words = strncmp(query, "size=", 5) == 0 ? query + 5 : query;
    *width = screens[0].width;
    *height = screens[0].height;
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
        if (strcmp(words, screens[i].name) == 0) {
            *width = screens[i].width;
            *height = screens[i].height;
            return true;
        }
    }
    char end;
    return !*words || sscanf(words, "%4ux%4u%c", width, height, &end) == 2;
}

static void answer_layout(const struct gs_door_http *http, const char *query, struct gs_door_reply *reply)
{
    unsigned width, height;
    unsigned char *bytes = NULL;
    size_t size = 0;
    if (!read_size(query, &width, &height)) {
        say(reply, 400, "size: expected ipad, iphone, android or WIDTHxHEIGHT\n");
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
    if (strcmp(request->query, "HOST_INFO") == 0) {
        text = gs_oscquery_host_info(&http->host);
        status = text ? 200 : 500;
    } else {
        text =
            gs_oscquery_node(http->session, request->path, *request->query ? request->query : NULL, &status);
    }
    if (!text) {
        say(reply, status,
            status == 204   ? ""
            : status == 400 ? "no such attribute\n"
            : status == 404 ? "no such address\n"
                            : "no memory\n");
        return;
    }
    *reply = (struct gs_door_reply){ .status = 200,
                                     .type = "application/json",
                                     .bytes = (unsigned char *)text,
                                     .size = strlen(text),
                                     .owned = text };
}

void gs_door_answer(const struct gs_door_http *http, const struct gs_door_request *request,
                    struct gs_door_reply *reply)
{
    bool root = strcmp(request->path, "/") == 0;
    if (root && !*request->query && strstr(request->accept, "text/html")) {
        if (!find_file(http, "index.html", reply)) {
            say(reply, 404, "this build has no page\n");
        }
    } else if (strcmp(request->path, "/layout.tosc") == 0) {
        answer_layout(http, request->query, reply);
    } else if (root || request->path[0] != '/' || !find_file(http, request->path + 1, reply)) {
        answer_tree(http, request, reply);
    }
}
