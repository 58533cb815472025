/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keys of our JSON as rows: what is written is read from them, and so is what gainstage(1) says of it. [any] */
#ifndef REPORT_KEYS_H
#define REPORT_KEYS_H

#include <stddef.h>
#include <stdio.h>

#define GS_KEY_APART SIZE_MAX /* no plain number of the structure: its writer knows */

struct gs_key {
    const char *key;
    const char *doc;
    size_t offset; /* of a double in the structure that the table belongs to, or GS_KEY_APART */
    double scale;  /* what is written is so many times the double; 0: as it is */
};

/* Each ends with key NULL; the structure that offsets belong to stands behind. */
extern const struct gs_key gs_prediction_keys[]; /* struct gs_prediction: the object as a whole */
extern const struct gs_key gs_stage_keys[];      /* struct gs_predicted: one of "stages" */
extern const struct gs_key gs_referred_keys[];   /* struct gs_predicted: "input_referred" */
extern const struct gs_key gs_measured_keys[];   /* struct gs_measured: "measured", with --report */
extern const struct gs_key gs_report_keys[];     /* all apart: the report as a whole */
extern const struct gs_key gs_wire_keys[];       /* all apart: one of "wires" */
extern const struct gs_key gs_channel_keys[];    /* struct gs_report_channel: one of its "channels" */
extern const struct gs_key gs_foretold_keys[];   /* struct gs_predicted_channel: "predicted" */

/* List items of a manual page in mdoc(7): all objects of predict, render --report and measure. */
void gs_keys_man(FILE *to);

#endif
