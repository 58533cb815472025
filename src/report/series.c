/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Meters over time as CSV: see measurement.h. A column is a row here. */
#include "report/measurement.h"

#include <math.h>

static const struct {
    const char *column, *reading;
    int digits;
} columns[] = {
    { "m_lufs", "momentary", 3 },   { "s_lufs", "short_term", 3 },
    { "i_lufs", "integrated", 3 },  { "lra_lu", "loudness_range", 3 },
    { "tp_dbtp", "true_peak", 3 },  { "sp_dbfs", "peak", 3 },
    { "ppm1_dbfs", "ppm1", 3 },     { "ppm2_dbfs", "ppm2", 3 },
    { "vu_dbfs", "vu", 3 },         { "dpm_dbfs", "dpm", 3 },
    { "rms_dbfs", "rms", 3 },       { "k20_db", "k20", 3 },
    { "k14_db", "k14", 3 },         { "k12_db", "k12", 3 },
    { "crest_db", "crest", 3 },     { "plr_db", "plr", 3 },
    { "psr_db", "psr", 3 },         { "correlation", "correlation", 4 },
    { "rms_a_dbfs", "noise_a", 3 }, { "rms_468_dbfs", "rms_468", 3 },
    { "qp468_dbfs", "qp_468", 3 },  { "over1", "over1", 0 },
    { "over2", "over2", 0 },        { "over3", "over3", 0 },
    { "over4", "over4", 0 },
};
#define COLUMNS (sizeof columns / sizeof columns[0])

unsigned gs_series_columns(void)
{
    return COLUMNS;
}

const char *gs_series_column(unsigned column)
{
    return columns[column].column;
}

void gs_series_head(FILE *to)
{
    fputs("time_s", to);
    for (size_t i = 0; i < COLUMNS; i++) {
        fprintf(to, ",%s", columns[i].column);
    }
    fputc('\n', to);
}

/* Levels in the wire's own unit become dBFS. */
static double column_value(const struct gs_readout *readout, size_t first_lane, unsigned channels,
                           const char *key)
{
    int reading = gs_reading_find(NULL, key);
    double value = gs_readout_loudest(readout, first_lane, channels, reading);
    return gs_reading_row(reading)->unit ? value : value + gs_readout_to_dbfs(readout, first_lane);
}

void gs_series_values(const struct gs_readout *readout, size_t first_lane, unsigned channels, double *value)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        double found = column_value(readout, first_lane, channels, columns[i].reading);
        value[i] = isfinite(found) ? found : NAN;
    }
}

void gs_series_print(double time_s, const double *value, FILE *to)
{
    fprintf(to, "%.6f", time_s);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (isfinite(value[i])) {
            fprintf(to, ",%.*f", columns[i].digits, value[i]);
        } else {
            fputc(',', to);
        }
    }
    fputc('\n', to);
}

void gs_series_row(const struct gs_readout *readout, size_t first_lane, unsigned channels, double time_s,
                   FILE *to)
{
    double value[COLUMNS];
    gs_series_values(readout, first_lane, channels, value);
    gs_series_print(time_s, value, to);
}
