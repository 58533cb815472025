/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is measured of a sound file, as rows, and the table for people. See measurement.h. */
#include "report/measurement.h"

#include <math.h>

const struct gs_figure gs_channel_figures[] = {
    { "sample_peak_dbfs", "Sample peak", "dBFS", "peak", false },
    { "true_peak_dbtp", "True peak", "dBTP", "true_peak", false },
    { "rms_dbfs", "RMS", "dBFS", "rms_total", false },
    { "rms_max_dbfs", "RMS maximum", "dBFS", "rms_max", false },
    { "rms_20k_dbfs", "RMS 20 Hz..20 kHz", "dBFS", "noise_total", false },
    { "noise_a_dbfs", "RMS A-weighted", "dBFS", "noise_a_total", false },
    { "noise_468_dbfs", "RMS 468-weighted", "dBFS", "rms_468_total", false },
    { "quasi_peak_468_max_dbfs", "Quasi-peak 468", "dBFS", "qp_468_max", false },
    { "vu_max_dbfs", "VU maximum", "dBFS", "vu_max", false },
    { "ppm1_max_dbfs", "PPM I maximum", "dBFS", "ppm1_max", false },
    { "ppm2_max_dbfs", "PPM II maximum", "dBFS", "ppm2_max", false },
    { "dpm_max_dbfs", "Digital peak meter", "dBFS", "dpm_max", false },
    { "vu_max", "VU maximum", "VU", "vu_scale_max", true },
    { "ppm_din_max", "PPM DIN maximum", "dB", "ppm_din_max", true },
    { "ppm_bbc_max", "PPM BBC maximum", "", "ppm_bbc_max", true },
    { "ppm_ebu_max", "PPM EBU maximum", "dB", "ppm_ebu_max", true },
    { "crest_db", "Crest factor", "dB", "crest_total", false },
    { "dc", "DC", "FS", "dc_total", false },
    { NULL, NULL, NULL, NULL, false },
};

const struct gs_figure gs_over_figures[] = {
    { "1", "Overs of 1 frame", "", "over1", false },
    { "2", "Overs of 2 frames", "", "over2", false },
    { "3", "Overs of 3 frames", "", "over3", false },
    { "4", "Overs of 4 frames", "", "over4", false },
    { NULL, NULL, NULL, NULL, false },
};

const struct gs_figure gs_loudness_figures[] = {
    { "integrated_lufs", "Integrated", "LUFS", "integrated", false },
    { "momentary_max_lufs", "Momentary maximum", "LUFS", "momentary_max", false },
    { "short_term_max_lufs", "Short-term maximum", "LUFS", "short_term_max", false },
    { "range_lu", "Loudness range", "LU", "loudness_range", false },
    { "plr_db", "Peak to loudness", "dB", "plr", false },
    { NULL, NULL, NULL, NULL, false },
};

const struct gs_figure gs_correlation_figures[] = {
    { "min", "Correlation, lowest", "", "correlation_min", false },
    { "mean", "Correlation, mean", "", "correlation_mean", false },
    { "end", "Correlation, end", "", "correlation", false },
    { NULL, NULL, NULL, NULL, false },
};

#define STABLE_RANGE_S 60.0 /* EBU Tech 3341, 2.5 */

static double value(const struct gs_measurement *m, unsigned channel, const char *reading)
{
    return gs_readout_value(m->readout, channel, gs_reading_find(NULL, reading));
}

static void print_value(const struct gs_figure *figure, double number, FILE *to)
{
    if (!isfinite(number)) {
        fprintf(to, "%10s", "-");
    } else if (figure->unit[0] == '\0' && number == floor(number)) {
        fprintf(to, "%10.0f", number);
    } else {
        fprintf(to, figure->unit[0] == 'F' ? "%10.6f" : "%10.2f", number);
    }
}

static void print_channel_rows(const struct gs_measurement *m, const struct gs_figure *figure, FILE *to)
{
    for (; figure->key; figure++) {
        if (figure->scale && !m->scales) {
            continue;
        }
        fprintf(to, "  %-20s", figure->label);
        for (unsigned c = 0; c < m->channels; c++) {
            print_value(figure, value(m, c, figure->reading), to);
        }
        fprintf(to, "%s%s\n", figure->unit[0] ? "  " : "", figure->unit);
    }
}

static void print_wire_rows(const struct gs_measurement *m, const struct gs_figure *figure, FILE *to)
{
    for (; figure->key; figure++) {
        fprintf(to, "  %-20s", figure->label);
        print_value(figure, value(m, 0, figure->reading), to);
        fprintf(to, "%s%s\n", figure->unit[0] ? "  " : "", figure->unit);
    }
}

void gs_measurement_text(const struct gs_measurement *m, FILE *to)
{
    double seconds = (double)m->frames / m->rate_hz;
    fprintf(to, "%s: %.10g Hz, %u channel%s, %.3f s\n", m->file, m->rate_hz, m->channels,
            m->channels == 1 ? "" : "s", seconds);
    print_channel_rows(m, gs_channel_figures, to);
    print_channel_rows(m, gs_over_figures, to);
    print_wire_rows(m, gs_loudness_figures, to);
    if (m->channels >= 2) {
        print_wire_rows(m, gs_correlation_figures, to);
    }
    if (seconds < STABLE_RANGE_S) {
        fprintf(to, "  (loudness range is not stable before %.0f s)\n", STABLE_RANGE_S);
    }
}
