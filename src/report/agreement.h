/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Does what was measured agree with what was predicted? A linear stage that differs by more than 0.1 dB, and by
 * more than the chance that is in every noise reading, is an error of our model, and is said to be one. */
#ifndef REPORT_AGREEMENT_H
#define REPORT_AGREEMENT_H

#include "chain/predict.h"

#define GS_AGREEMENT_DB 0.1

/* What somebody measured at one channel of a stage's output, dB in the wire's unit. NAN: not known. */
struct gs_measured {
    bool given;
    bool partial;    /* the level is of a part of a sound, or of another one than predicted: not compared */
    double level_db; /* RMS of the whole wire */
    double peak_db;
    double noise_db, noise_a_db; /* of the error path; of the wire where there is no signal */
    double sinad_db;
    double seconds; /* that the noise was measured for; 0: long enough */
    uint64_t overs;
};

struct gs_agreement {
    double db; /* measured minus predicted, the largest of level and noises; NAN: nothing to compare */
    bool model_error;
};

struct gs_agreement gs_agree(unsigned flags, const struct gs_predicted_channel *predicted,
                             const struct gs_measured *measured);

#endif
