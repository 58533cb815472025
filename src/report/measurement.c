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

/* ---- values ------------------------------------------------------------------------------------------------ */

void gs_figures_read(const struct gs_readout *readout, size_t lane, const struct gs_figure *figures,
                     double value[GS_FIGURES_MAX])
{
    for (size_t i = 0; figures[i].key; i++) {
        int reading = gs_reading_find(NULL, figures[i].reading);
        value[i] = gs_readout_value(readout, lane, reading);
        if (!gs_reading_row(reading)->unit) {
            value[i] += gs_readout_to_dbfs(readout, lane);
        } else if (figures[i].unit[0] == 'F') {
            value[i] *= gs_readout_to_full_scale(readout, lane);
        }
    }
}

void gs_wire_figures_read(const struct gs_readout *readout, size_t first_lane, unsigned channels,
                          struct gs_wire_figures *figures)
{
    for (unsigned c = 0; c < channels && c < GS_CHANNELS; c++) {
        gs_figures_read(readout, first_lane + c, gs_channel_figures, figures->channel[c]);
        gs_figures_read(readout, first_lane + c, gs_over_figures, figures->overs[c]);
    }
    gs_figures_read(readout, first_lane, gs_loudness_figures, figures->loudness);
    gs_figures_read(readout, first_lane, gs_correlation_figures, figures->correlation);
}

/* ---- text -------------------------------------------------------------------------------------------------- */

static void print_row(const struct gs_figure *figure, const double *value, size_t step, unsigned n, FILE *to)
{
    fprintf(to, "  %-20s", figure->label);
    for (unsigned c = 0; c < n; c++) {
        print_value(figure, value[c * step], to);
    }
    fprintf(to, "%s%s\n", figure->unit[0] ? "  " : "", figure->unit);
}

/* Values of column c lie at `value + c * step`. */
static void print_rows(const struct gs_figure *figures, const double *value, size_t step, unsigned n,
                       bool scales, FILE *to)
{
    for (size_t i = 0; figures[i].key; i++) {
        if (!figures[i].scale || scales) {
            print_row(&figures[i], value + i, step, n, to);
        }
    }
}

void gs_wire_figures_text(const struct gs_wire_figures *figures, unsigned channels, FILE *to)
{
    print_rows(gs_channel_figures, figures->channel[0], GS_FIGURES_MAX, channels, true, to);
    print_rows(gs_over_figures, figures->overs[0], GS_FIGURES_MAX, channels, true, to);
    print_rows(gs_loudness_figures, figures->loudness, 0, 1, true, to);
    if (channels >= 2) {
        print_rows(gs_correlation_figures, figures->correlation, 0, 1, true, to);
    }
}

/* A row asks for its reading on every channel: there may be a thousand. */
static void print_channels(const struct gs_measurement *m, const struct gs_figure *figures, FILE *to)
{
    double value[GS_FIGURES_MAX];
    for (size_t i = 0; figures[i].key; i++) {
        if (figures[i].scale && !m->scales) {
            continue;
        }
        fprintf(to, "  %-20s", figures[i].label);
        for (unsigned c = 0; c < m->channels; c++) {
            gs_figures_read(m->readout, c, figures, value);
            print_value(&figures[i], value[i], to);
        }
        fprintf(to, "%s%s\n", figures[i].unit[0] ? "  " : "", figures[i].unit);
    }
}

void gs_measurement_text(const struct gs_measurement *m, FILE *to)
{
    double seconds = (double)m->frames / m->rate_hz, value[GS_FIGURES_MAX];
    fprintf(to, "%s: %.10g Hz, %u channel%s, %.3f s\n", m->file, m->rate_hz, m->channels,
            m->channels == 1 ? "" : "s", seconds);
    print_channels(m, gs_channel_figures, to);
    print_channels(m, gs_over_figures, to);
    gs_figures_read(m->readout, 0, gs_loudness_figures, value);
    print_rows(gs_loudness_figures, value, 0, 1, m->scales, to);
    if (m->channels >= 2) {
        gs_figures_read(m->readout, 0, gs_correlation_figures, value);
        print_rows(gs_correlation_figures, value, 0, 1, m->scales, to);
    }
    if (seconds < STABLE_RANGE_S) {
        fprintf(to, "  (loudness range is not stable before %.0f s)\n", STABLE_RANGE_S);
    }
}
