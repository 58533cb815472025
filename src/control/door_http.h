/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is answered to a GET: the files of the page, the tree as OSCQuery, the layout for TouchOSC. Nothing here
 * changes anything, and nothing knows how the request came or how the answer goes. [control] */
#ifndef CONTROL_DOOR_HTTP_H
#define CONTROL_DOOR_HTTP_H

#include "control/door_files.h"
#include "control/oscquery.h"

struct gs_door_http {
    struct gs_session *session;
    struct gs_oscquery *query; /* of that session */
    struct gs_door_files *files;
    struct gs_oscquery_host host;
    /* The layout of today's chain for a screen of so many points. False: none. Owner of *bytes: the caller. NULL: no
     * layouts. */
    bool (*layout)(void *context, unsigned width, unsigned height, unsigned char **bytes, size_t *size);
    void *context;
};

struct gs_door_request {
    const char *path;                         /* decoded, from the first slash */
    const char *query;                        /* first word behind '?': "VALUE", "size=ipad"; "" */
    const char *accept;                       /* header; "" */
    const char *accept_encoding, *none_match; /* the same */
};

struct gs_door_reply {
    int status; /* of HTTP */
    const char *type;
    const unsigned char *bytes;
    size_t size;
    void *owned;                  /* free() it when the answer has gone; NULL: `bytes` are somebody else's */
    bool gzip;                    /* the bytes are compressed */
    bool pack;                    /* they are owned, and should be: it is welcome and worth it */
    char etag[GS_DOOR_ETAG_SIZE]; /* may be kept, and asked for by this tag; "": may not */
    bool file_name;               /* to be saved under the last part of its path */
};
void gs_door_answer(const struct gs_door_http *http, const struct gs_door_request *request,
                    struct gs_door_reply *reply);

#endif
