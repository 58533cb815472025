/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See sheet.h. */
#include "stage/sheet.h"

#include <string.h>

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

void gs_sheet_forget(float *kept, size_t rows)
{
    memset(kept, 0xFF, rows * sizeof *kept); /* a NAN that no parameter is made of */
}

bool gs_sheet_changed(float *kept, const struct gs_ramp *param, size_t rows)
{
    bool changed = false;
    for (size_t i = 0; i < rows; i++) {
        changed |= memcmp(&kept[i], &param[i].now, sizeof *kept) != 0;
        kept[i] = param[i].now;
    }
    return changed;
}

double gs_sheet_loaded(double source_ohm, double load_ohm)
{
    return isnan(source_ohm) || isinf(load_ohm) ? 1.0 : load_ohm / (load_ohm + source_ohm);
}

double gs_sheet_thermal(double source_ohm, double load_ohm)
{
    return isnan(source_ohm) ? 0.0 : gs_thermal_density(source_ohm * gs_sheet_loaded(source_ohm, load_ohm));
}

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
