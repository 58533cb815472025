/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the commands predict, diagram and sweep share: a chain read from a file, values set from the command
 * line, its sounds, its predictor. [control] */
#ifndef APP_VARIANT_H
#define APP_VARIANT_H

#include "chain/chain.h"
#include "chain/predict.h"

struct gs_variant {
    struct gs_chain *chain;
    struct gs_take *takes;
    struct gs_predictor *predictor;
    double rate_hz;
};

/* Reads a chain. Complaints are printed; returns the exit code, 0: fine. Close in any case. */
int gs_variant_open(struct gs_variant *variant, const char *path, double rate_hz);
void gs_variant_close(struct gs_variant *variant);

/* "STAGE.KEY=VALUE" or "STAGE.KEY": finds the slot; `rest` (may be NULL) gets what follows the equals sign, NULL
 * without one. Errors: GS_E_USAGE with the nearest right word. */
enum gs_status gs_variant_slot(const struct gs_variant *variant, const char *text, size_t *slot,
                               const char **rest, struct gs_error *error);
/* Sets a value from such a text: a number, "-inf", a word of a choice, on or off. Refuses what the parameter
 * cannot have. GS_E_USAGE. */
enum gs_status gs_variant_set(struct gs_variant *variant, const char *text, struct gs_error *error);

/* Predicts under today's values; makes sounds and predictor when `anew` or when there is none yet. NULL:
 * complaints have been printed. */
const struct gs_prediction *gs_variant_run(struct gs_variant *variant, bool anew);

#endif
