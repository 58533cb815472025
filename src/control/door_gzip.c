/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_gzip.h. There is room for as many bytes as there were: whoever needs more has lost already. */
#include "control/door_gzip.h"

#include <stdlib.h>
#include <zlib.h>

#define FORMAT 16 /* added to the window: that of RFC 1952 */

struct gs_door_gzip {
    z_stream stream;
    unsigned char *packed;
    size_t left; /* not given to the stream yet */
    int state;   /* Z_OK: there is more to do */
};

struct gs_door_gzip *gs_door_gzip_create(const unsigned char *bytes, size_t size, int level)
{
    struct gs_door_gzip *gzip = calloc(1, sizeof *gzip);
    unsigned char *packed = malloc(size ? size : 1);
    if (!gzip || !packed ||
        deflateInit2(&gzip->stream, level, Z_DEFLATED, MAX_WBITS + FORMAT, MAX_MEM_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        free(packed);
        free(gzip);
        return NULL;
    }
    gzip->packed = gzip->stream.next_out = packed;
    gzip->stream.avail_out = (uInt)size;
    gzip->stream.next_in = (z_const Bytef *)bytes;
    gzip->left = size;
    return gzip;
}

bool gs_door_gzip_go(struct gs_door_gzip *gzip, size_t most)
{
    size_t part = gzip->left < most ? gzip->left : most;
    if (gzip->state != Z_OK) {
        return false;
    }
    gzip->left -= part;
    gzip->stream.avail_in = (uInt)part;
    gzip->state = deflate(&gzip->stream, gzip->left ? Z_NO_FLUSH : Z_FINISH);
    if (gzip->state == Z_OK && !gzip->stream.avail_out) {
        gzip->state = Z_BUF_ERROR;
    }
    return gzip->state == Z_OK;
}

unsigned char *gs_door_gzip_take(struct gs_door_gzip *gzip, size_t *size)
{
    if (gzip->state != Z_STREAM_END) {
        return NULL;
    }
    unsigned char *packed = gzip->packed, *fitting = realloc(packed, gzip->stream.total_out);
    gzip->packed = NULL;
    *size = gzip->stream.total_out;
    return fitting ? fitting : packed;
}

void gs_door_gzip_destroy(struct gs_door_gzip *gzip)
{
    if (gzip) {
        deflateEnd(&gzip->stream);
        free(gzip->packed);
        free(gzip);
    }
}
