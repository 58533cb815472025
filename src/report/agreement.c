/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See agreement.h. */
#include "report/agreement.h"

#include <math.h>

/* Single precision leaves some -140 dB beneath a signal at every stage: noise that is predicted lower than this
 * cannot be seen. */
#define FLOAT_FLOOR_DB (-128.0)

/* The error path carries distortion, too: where it is not this much below the noise, the noise is not seen alone. */
#define DISTORTION_ROOM_DB 23.0

/* One noise reading in 16000 strays further (normal distribution, two-sided). */
#define SIGMAS 4.0

static void compare(struct gs_agreement *a, double measured, double predicted, double room)
{
    double difference = measured - predicted;
    if (!isfinite(difference)) {
        return;
    }
    if (isnan(a->db) || fabs(difference) > fabs(a->db)) {
        a->db = difference;
    }
    a->model_error |= fabs(difference) > room;
}

/* Chance in a reading over so many seconds. */
static double chance_db(double spread_hz, double seconds)
{
    double readings = spread_hz * seconds;
    return readings > 0 ? SIGMAS * 4.34 / sqrt(readings) : 0;
}

struct gs_agreement gs_agree(unsigned flags, const struct gs_predicted_channel *predicted,
                             const struct gs_measured *measured)
{
    struct gs_agreement a = { .db = NAN };
    if (!measured->given || (flags & (GS_PREDICT_BENT | GS_PREDICT_DYNAMIC))) {
        return a;
    }
    bool silent = !isfinite(predicted->level_db);
    double room = fmax(GS_AGREEMENT_DB, chance_db(predicted->noise_spread_hz, measured->seconds));
    if (!silent && !measured->partial && !(flags & GS_PREDICT_ASSUMED)) {
        double level_room = fmax(GS_AGREEMENT_DB, chance_db(predicted->rms_spread_hz, measured->seconds));
        compare(&a, measured->level_db, predicted->rms_db, level_room);
    }
    bool alone =
        !(flags & GS_PREDICT_COARSE) && predicted->distortion_db < predicted->noise_db - DISTORTION_ROOM_DB;
    if (silent || (alone && predicted->noise_db > predicted->peak_db + FLOAT_FLOOR_DB)) {
        compare(&a, measured->noise_db, predicted->noise_db, room);
        compare(&a, measured->noise_a_db, predicted->noise_a_db, room);
    }
    return a;
}
