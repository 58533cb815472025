/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage layout touchosc`: a control surface for a chain, and a picture of it. */
#include "app/variant.h"
#include "app/options.h"
#include "app/surface.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct gs_option options[] = {
    { "output", 'o', "FILE.tosc", "Write the layout here, in TouchOSC's format." },
    { "svg", 0, "FILE.svg", "Write a picture of every page here." },
    { "host-port", 0, "PORT", "UDP port of gainstaged, to type on the tablet as send port. Default 7770." },
    { "reply-port", 0, "PORT", "UDP port on which the tablet listens, its receive port. Default 9000." },
    { "size", 0, "SIZE", "ipad (1024x768, the default), iphone (844x390), android (1280x800), or WxH." },
    { NULL, 0, NULL, NULL },
};

static enum gs_status write_file(const char *path, const void *bytes, size_t size, struct gs_error *error)
{
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(bytes, 1, size, file) == size;
    int reason = errno;
    if (file && fclose(file) && written) {
        written = false;
        reason = errno;
    }
    return written ? GS_OK : gs_fail(error, GS_E_IO, path, "cannot write: %s", strerror(reason));
}

static enum gs_status write_layout(const struct gs_layout *layout, const struct gs_arguments *arguments,
                                   struct gs_error *error)
{
    const char *tosc = gs_option(arguments, "output"), *picture = gs_option(arguments, "svg");
    enum gs_status status = GS_OK;
    if (tosc) {
        unsigned char *bytes;
        size_t size;
        if (gs_layout_tosc(layout, &bytes, &size)) {
            return gs_fail(error, GS_E_MEMORY, "", "no memory for the layout");
        }
        status = write_file(tosc, bytes, size, error);
        free(bytes);
    }
    if (!status && picture) {
        char *svg = gs_layout_svg(layout);
        status =
            svg ? write_file(picture, svg, strlen(svg), error) : gs_fail(error, GS_E_MEMORY, "", "no memory");
        free(svg);
    }
    return status;
}

static enum gs_status lay_out(const struct gs_arguments *arguments, struct gs_variant *variant,
                              struct gs_error *error)
{
    const struct gs_prediction *prediction = gs_variant_run(variant, false);
    struct gs_surface surface;
    struct gs_layout layout;
    long host_port, reply_port;
    if (!gs_surface_init(&surface, variant->chain, prediction)) {
        return gs_fail(error, GS_E_MEMORY, "", "no memory for the layout");
    }
    const char *size = gs_option(arguments, "size");
    enum gs_status status =
        gs_layout_size(size ? size : "ipad", &surface.width, &surface.height)
            ? GS_OK
            : gs_fail(error, GS_E_USAGE, "", "--size %s: expected " GS_LAYOUT_SIZES, size);
    status = status ? status : gs_option_whole(arguments, "host-port", 1, 65535, 7770, &host_port, error);
    status = status ? status : gs_option_whole(arguments, "reply-port", 1, 65535, 9000, &reply_port, error);
    if (!status) {
        surface.host_port = (unsigned)host_port;
        surface.reply_port = (unsigned)reply_port;
        status = gs_layout_build(&layout, &surface, error);
    }
    if (!status) {
        status = write_layout(&layout, arguments, error);
        gs_layout_finish(&layout);
    }
    if (!status) {
        printf("In TouchOSC: Connections > OSC 1 > UDP; host: the address of this machine; send port %u; "
               "receive "
               "port %u. Open the layout, press CONNECT.\n",
               surface.host_port, surface.reply_port);
    }
    gs_surface_finish(&surface);
    return status;
}

static int run(const struct gs_arguments *arguments)
{
    struct gs_error error;
    if (arguments->n_operands != 2 || strcmp(arguments->operand[0], "touchosc") != 0) {
        gs_fail(&error, GS_E_USAGE, "",
                "layout wants the kind of surface and one chain: gainstage layout touchosc CHAIN");
        return gs_complain(&error);
    }
    if (!gs_option(arguments, "output") && !gs_option(arguments, "svg")) {
        gs_fail(&error, GS_E_USAGE, "",
                "layout wants a file to write: --output FILE.tosc, --svg FILE.svg or both");
        return gs_complain(&error);
    }
    struct gs_variant variant;
    int code = gs_variant_open(&variant, arguments->operand[1], 48000.0);
    if (!code && lay_out(arguments, &variant, &error)) {
        code = gs_complain(&error);
    }
    gs_variant_close(&variant);
    return code;
}

const struct gs_command gs_cmd_layout = {
    .key = "layout",
    .operands = "touchosc CHAIN -o FILE.tosc [OPTION]...",
    .doc =
        "Make a control surface for a chain. One strip a stage with fader, meters, ceiling mark, clip "
        "lamp, mute and "
        "bypass; a page of sends for each bus; a desk page with snapshots, undo, A/B and the listen point.",
    .options = options,
    .run = run,
};
