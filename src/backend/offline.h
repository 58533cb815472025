/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine without JACK: file in, file out, as fast as it goes, the same numbers every time. [control] */
#ifndef BACKEND_OFFLINE_H
#define BACKEND_OFFLINE_H

#include "chain/chain.h"
#include "report/render_report.h"

#define GS_RENDER_SECONDS_DEFAULT 10.0
#define GS_RENDER_SECONDS_MAX     (7 * 24 * 3600.0)
#define GS_RENDER_BLOCK_DEFAULT   1024
#define GS_RENDER_BLOCK_MAX       65536

/* A sound file that takes the place of the JACK inputs of one source. */
struct gs_render_input {
    const char *stage; /* id of a source of signal "jack" */
    const char *path;
};

struct gs_render {
    const struct gs_chain *chain;
    double rate_hz; /* 0: of the first input, 48000 without one */
    double seconds; /* 0: of the longest input, GS_RENDER_SECONDS_DEFAULT without one */
    unsigned block; /* frames a call; 0: the default. Changes nothing in the result */
    const struct gs_render_input *inputs;
    size_t n_inputs;
    const char *out_path; /* 32-bit float WAV of the listened wire, NULL: none */
    bool safety;          /* through the safety stage as the live client does; else the bare wire */
    double out_ceiling_db;
    void (*progress)(void *context, double done); /* 0..1, NULL: none */
    void *context;
};

/* Renders and measures. `report` (may be NULL) points into the chain; free report->wires. The output
 * appears under its name only when it is whole; until then an older file of that name stays. */
enum gs_status gs_render_run(const struct gs_render *render, struct gs_render_report *report,
                             struct gs_errors *errors);

#endif
