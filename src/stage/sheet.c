/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See sheet.h. */
#include "stage/sheet.h"

#include <stddef.h>

const struct gs_choice gs_weighting_words[] = {
    [GS_WEIGHTING_A] = { "A", "A-weighted (IEC 61672-1), 2.05 dB below the same noise unweighted" },
    [GS_WEIGHTING_Z] = { "Z", "unweighted, 20 Hz to 20 kHz" },
    { NULL, NULL },
};

const struct gs_choice gs_quality_words[] = {
    [GS_QUALITY_ACCURATE] = { "accurate",
                              "four times oversampled where it bends: fundamental right to 0.02 dB" },
    [GS_QUALITY_LIVE] = { "live", "no latency, aliases like cheap software" },
    { NULL, NULL },
};

double gs_sheet_density(enum gs_domain domain, double db, double weighting)
{
    double bandwidth = weighting == GS_WEIGHTING_A ? GS_BANDWIDTH_A_HZ : GS_BANDWIDTH_HZ;
    return isnan(db) ? 0.0 : gs_db_to_density(domain, db, bandwidth);
}

double gs_sheet_rms(double density, double rate_hz)
{
    return sqrt(density * rate_hz / 2.0);
}

double gs_sheet_peak(enum gs_domain domain, double db)
{
    return isnan(db) ? INFINITY : gs_db_to_peak(domain, db);
}

const char *gs_sheet_remark(bool noise_given, bool maximum_given)
{
    return noise_given     ? maximum_given ? NULL : "no maximum given: never clips"
           : maximum_given ? "no noise figure: assumed noiseless"
                           : "no noise figure: assumed noiseless; no maximum given: never clips";
}
