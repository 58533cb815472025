/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a render measured, wire by wire, as plain numbers, beside what was predicted. [control] */
#ifndef REPORT_RENDER_REPORT_H
#define REPORT_RENDER_REPORT_H

#include "gainstage/rt.h"
#include "gainstage/status.h"
#include "gainstage/unit.h"
#include "report/agreement.h"
#include "report/measurement.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Levels in dB of the wire's unit (AES17: a sine's RMS equals its peak), since the start of the render;
 * -INFINITY: nothing there. sinad_db is INFINITY where the stages so far did nothing wrong. */
struct gs_report_channel {
    double peak_db, rms_db, ideal_peak_db, sinad_db;
    double noise_db,
        noise_a_db;      /* 20 Hz..20 kHz, and A-weighted: of the error beside a signal, else of the wire */
    uint64_t overs;      /* frames that the stage clipped */
    double first_over_s; /* NAN: none */
    struct gs_predicted_channel predicted;
    struct gs_agreement agreement;
};

struct gs_report_wire {
    const char *stage; /* id; owned by the chain */
    enum gs_domain domain;
    unsigned channels;
    unsigned flags; /* GS_PREDICT_* */
    double thd;     /* predicted, of the stage at this level, 0.. */
    struct gs_report_channel channel[GS_CHANNELS];
    struct gs_wire_figures meters;
};

struct gs_render_report {
    const char *chain; /* name; owned by the chain */
    double rate_hz;
    uint64_t frames;
    struct gs_report_wire *wires; /* one for each stage's output, in order */
    size_t n_wires;
};

/* Puts the prediction beside what was measured and judges it; `seconds` of rendered sound, `partial`: sounds
 * were not played in whole loops, so that programme levels prove nothing. */
void gs_render_report_compare(struct gs_render_report *report, const struct gs_prediction *prediction,
                              double seconds, bool partial);

/* Reads a report back: one entry for each of the `n` stages named in `ids`, of the loudest channel. Complaints
 * name what is missing. json_report.c */
enum gs_status gs_render_report_read(const char *path, const char *const *ids, size_t n,
                                     struct gs_measured *measured, struct gs_error *error);

/* All meters of every wire as a table for people. */
void gs_render_report_text(const struct gs_render_report *report, FILE *to);

/* The report as JSON, keys as documented in gainstage(1). Numbers that do not exist (-inf, no error) are
 * null. Owner of the text: the caller. NULL: no memory. */
char *gs_render_report_json(const struct gs_render_report *report);

#endif
