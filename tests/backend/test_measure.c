/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `measure`: every format, rate and odd length; the series in time; what is refused. */
#include "../support/meter_rig.h"
#include "backend/measure.h"

#include <criterion/criterion.h>
#include <sndfile.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *temporary(void)
{
    char *path = strdup("/tmp/gainstage-measure-XXXXXX");
    close(mkstemp(path));
    return path;
}

static void write_and_close(SNDFILE *file, unsigned channels, const float *const *ch, size_t frames)
{
    float *mixed = malloc(frames * channels * sizeof *mixed);
    for (size_t i = 0; i < frames * channels; i++) {
        mixed[i] = ch[i % channels][i / channels];
    }
    cr_assert(sf_writef_float(file, mixed, (sf_count_t)frames) == (sf_count_t)frames);
    sf_close(file);
    free(mixed);
}

static char *write_file(int rate, unsigned channels, const float *const *ch, size_t frames, int format)
{
    char *path = temporary();
    SF_INFO info = { .samplerate = rate, .channels = (int)channels, .format = format };
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    cr_assert(file, "%s", sf_strerror(NULL));
    sf_command(file, SFC_SET_CLIPPING, NULL, SF_TRUE);
    write_and_close(file, channels, ch, frames);
    return path;
}

static char *write_placed(const int *place, unsigned channels, const float *const *ch, size_t frames)
{
    char *path = temporary();
    SF_INFO info = { .samplerate = 48000,
                     .channels = (int)channels,
                     .format = SF_FORMAT_WAVEX | SF_FORMAT_FLOAT };
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    int copy[8];
    memcpy(copy, place, channels * sizeof *copy);
    cr_assert(file &&
              sf_command(file, SFC_SET_CHANNEL_MAP_INFO, copy, (int)(channels * sizeof *copy)) == SF_TRUE);
    write_and_close(file, channels, ch, frames);
    return path;
}

static void forget(char *path)
{
    unlink(path);
    free(path);
}

static double value(const struct gs_measurement *m, unsigned channel, const char *key)
{
    return gs_readout_value(m->readout, channel, gs_reading_find(NULL, key));
}

static struct gs_measurement measure(const char *path)
{
    struct gs_measurement m;
    struct gs_error error;
    enum gs_status status = gs_measure_file(&(struct gs_measure){ .path = path }, &m, &error);
    cr_assert(status == GS_OK, "%s", status ? error.text : "");
    return m;
}

/* ---- files ------------------------------------------------------------------------------------------------- */

/* Any length, down to one frame: sums know how many frames there really were, the peak at the very end counts,
 * between samples too. */
Test(measure, lengths)
{
    static const size_t lengths[] = { 1, 31, 32, 33, 479, 480, 481, 4410, 44100, 48001 };
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t n = lengths[i];
        float *x = calloc(n, sizeof *x);
        double energy = 0;
        for (size_t k = 0; k < n; k++) {
            x[k] = 0.25f * (float)(k % 7) / 7;
            energy += (double)x[k] * x[k];
        }
        energy += 0.25 - (double)x[n - 1] * x[n - 1];
        x[n - 1] = -0.5f;
        char *path = write_file(44100, 1, (const float *const[]){ x }, n, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
        struct gs_measurement m = measure(path);
        cr_assert(m.frames == n);
        cr_assert(fabs(value(&m, 0, "peak") - 20 * log10(0.5)) < 1e-4);
        cr_assert(value(&m, 0, "true_peak") >= value(&m, 0, "peak"));
        cr_assert(fabs(value(&m, 0, "rms_total") - 10 * log10(2 * energy / (double)n)) < 1e-3, "%zu frames",
                  n);
        gs_measurement_finish(&m);
        forget(path);
        free(x);
    }
}

/* Two full-scale samples at the end of a file are +2.1 dBTP: the tail comes out. */
Test(measure, true_peak_of_the_last_samples)
{
    float x[1000] = { [998] = 0.5f, [999] = 0.5f };
    char *path = write_file(48000, 1, (const float *const[]){ x }, 1000, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    struct gs_measurement m = measure(path);
    cr_assert(value(&m, 0, "true_peak") > 20 * log10(0.5) + 1.8, "%g", value(&m, 0, "true_peak"));
    gs_measurement_finish(&m);
    forget(path);
}

/* Integer formats clip at the ends of their range, float at 1. */
Test(measure, overs_by_format)
{
    static const int formats[] = { SF_FORMAT_PCM_16, SF_FORMAT_PCM_24, SF_FORMAT_PCM_U8, SF_FORMAT_FLOAT };
    float *loud = rig_sine(48000, 1000, 1.5, 0.1, 4800), *full = rig_sine(48000, 1000, 0.98, 0.1, 4800);
    for (size_t i = 0; i < 4; i++) {
        char *path =
            write_file(48000, 2, (const float *const[]){ loud, full }, 4800, SF_FORMAT_WAV | formats[i]);
        struct gs_measurement m = measure(path);
        cr_assert(value(&m, 0, "over3") == 200, "format %zu: %g", i, value(&m, 0, "over3"));
        cr_assert(value(&m, 0, "over4") == 200);
        cr_assert(value(&m, 1, "over1") == 0);
        gs_measurement_finish(&m);
        forget(path);
    }
    free(loud);
    free(full);
}

/* Every rate from telephone to 384 kHz: a 997 Hz tone reads its level on every meter that shows levels. */
Test(measure, rates)
{
    static const int rates[] = { 8000,  11025, 16000,  22050,  32000,  37800,
                                 44100, 88200, 176400, 192000, 352800, 384000 };
    static const char *const keys[] = { "peak",        "true_peak",  "rms_total",    "rms_max",
                                        "noise_total", "vu_max",     "ppm1_max",     "ppm2_max",
                                        "dpm_max",     "qp_468_max", "noise_a_total" };
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        float *x = rig_sine(rates[r], 997, 0.5, 0, (size_t)rates[r] * 3);
        char *path = write_file(rates[r], 1, (const float *const[]){ x }, (size_t)rates[r] * 3,
                                SF_FORMAT_WAV | SF_FORMAT_FLOAT);
        struct gs_measurement m = measure(path);
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            double found = value(&m, 0, keys[k]) - 20 * log10(0.5);
            cr_assert(fabs(found) < 0.3, "%s at %d Hz is %.3f dB off", keys[k], rates[r], found);
        }
        cr_assert(fabs(value(&m, 0, "integrated") - 20 * log10(0.5) + 3.01) < 0.05, "%d Hz: %g LUFS",
                  rates[r], value(&m, 0, "integrated"));
        gs_measurement_finish(&m);
        forget(path);
        free(x);
    }
}

/* 5.1: the LFE channel counts nothing in loudness, the surrounds 1.5 dB more. */
Test(measure, weights_of_5_1)
{
    float *x = rig_sine(48000, 997, 0.1, 0, 240000), *nothing = calloc(240000, sizeof *nothing);
    static const double expected[] = { -23.01, -23.01, -23.01, -INFINITY, -23.01 + 1.49, -23.01 + 1.49 };
    for (unsigned c = 0; c < 6; c++) {
        const float *ch[6] = { nothing, nothing, nothing, nothing, nothing, nothing };
        ch[c] = x;
        char *path = write_file(48000, 6, ch, 240000, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
        struct gs_measurement m = measure(path);
        double found = value(&m, 0, "integrated");
        cr_assert(found == expected[c] || fabs(found - expected[c]) < 0.05, "channel %u: %g", c, found);
        gs_measurement_finish(&m);
        forget(path);
    }
    free(x);
    free(nothing);
}

/* WAV files say by their mask what their channels are (BS.1770-5 annex 3, table 4): 1.41 from 60 to 120 degrees,
 * LFE nothing, wherever it stands. */
Test(measure, weights_by_channel_mask)
{
    enum {
        F,
        S,
        O
    }; /* front, surround, nothing */
    static const double gain_db[] = { 0, 1.4922, -INFINITY };
    static const struct {
        unsigned channels;
        int place[8], weight[8];
    } layouts[] = {
        { 3, { SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_LFE }, { F, F, O } },
        { 4,
          { SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_REAR_LEFT, SF_CHANNEL_MAP_REAR_RIGHT },
          { F, F, S, S } },
        { 6,
          { SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_CENTER, SF_CHANNEL_MAP_REAR_CENTER,
            SF_CHANNEL_MAP_SIDE_LEFT, SF_CHANNEL_MAP_SIDE_RIGHT },
          { F, F, F, F, S, S } },
        { 8,
          { SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_CENTER, SF_CHANNEL_MAP_LFE,
            SF_CHANNEL_MAP_REAR_LEFT, SF_CHANNEL_MAP_REAR_RIGHT, SF_CHANNEL_MAP_SIDE_LEFT,
            SF_CHANNEL_MAP_SIDE_RIGHT },
          { F, F, F, O, F, F, S, S } },
    };
    float *x = rig_sine(48000, 997, 0.1, 0, 48000), *nothing = calloc(48000, sizeof *nothing);
    for (size_t l = 0; l < sizeof layouts / sizeof layouts[0]; l++) {
        for (unsigned c = 0; c < layouts[l].channels; c++) {
            const float *ch[8] = { nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing };
            ch[c] = x;
            char *path = write_placed(layouts[l].place, layouts[l].channels, ch, 48000);
            struct gs_measurement m = measure(path);
            double found = value(&m, 0, "integrated"), expected = -23.01 + gain_db[layouts[l].weight[c]];
            cr_assert(found == expected || fabs(found - expected) < 0.02, "layout %zu, channel %u: %g", l, c,
                      found);
            gs_measurement_finish(&m);
            forget(path);
        }
    }
    free(x);
    free(nothing);
}

/* 400 ms have one gating block, less has none (BS.1770-5 annex 1: an incomplete one is dropped). */
Test(measure, shortest_programme)
{
    static const int rates[] = { 44100, 48000, 96000 };
    for (size_t r = 0; r < 3; r++) {
        size_t n = (size_t)rates[r] * 4 / 10;
        float *x = rig_sine(rates[r], 997, 0.1, 0, n);
        for (int shorter = 0; shorter < 2; shorter++) {
            char *path =
                write_file(rates[r], 1, (const float *const[]){ x },
                           n - (size_t)shorter * (size_t)rates[r] / 1000, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
            struct gs_measurement m = measure(path);
            double found = value(&m, 0, "integrated");
            cr_assert(shorter ? found == -INFINITY : fabs(found + 23.01) < 0.05, "%d Hz, %d ms less: %g",
                      rates[r], shorter, found);
            gs_measurement_finish(&m);
            forget(path);
        }
        free(x);
    }
}

/* NaN and infinity in a float file spoil one cell each, nothing behind. */
Test(measure, not_a_number)
{
    float *x = rig_sine(48000, 997, 0.1, 0, 96000);
    x[1000] = NAN;
    x[2000] = INFINITY;
    char *path = write_file(48000, 1, (const float *const[]){ x }, 96000, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    struct gs_measurement m = measure(path);
    for (int i = 0; i < gs_reading_count(); i++) {
        cr_assert(!isnan(gs_readout_value(m.readout, 0, i)), "%s", gs_reading_row(i)->key);
    }
    cr_assert(fabs(value(&m, 0, "integrated") + 23.01) < 0.05);
    cr_assert(fabs(value(&m, 0, "peak") + 20) < 0.001);
    gs_measurement_finish(&m);
    forget(path);
    free(x);
}

/* ---- series ------------------------------------------------------------------------------------------------ */

struct ticks {
    double hz, last_s;
    int count;
};

static void count_tick(void *context, const struct gs_measurement *so_far, double time_s)
{
    struct ticks *ticks = context;
    double tick_s = (ticks->count + 1) / ticks->hz, bin_s = ticks->hz > 100 ? 0.005 : 0.01;
    (void)so_far;
    cr_assert(time_s <= tick_s + 1e-6 && time_s > tick_s - bin_s - 0.001, "tick %d of %g Hz at %.6f",
              ticks->count, ticks->hz, time_s);
    cr_assert(time_s >= ticks->last_s);
    ticks->last_s = time_s;
    ticks->count++;
}

Test(measure, series_ticks)
{
    static const double hz[] = { 0.5, 1, 10, 30, 50, 100, 133, 200 };
    static const int rates[] = { 44100, 48000, 96000 };
    for (size_t r = 0; r < 3; r++) {
        size_t frames = (size_t)rates[r] * 2 + 1234;
        float *x = rig_sine(rates[r], 997, 0.1, 0, frames);
        char *path =
            write_file(rates[r], 1, (const float *const[]){ x }, frames, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
        for (size_t i = 0; i < sizeof hz / sizeof hz[0]; i++) {
            struct ticks ticks = { hz[i], 0, 0 };
            struct gs_measurement m;
            struct gs_error error;
            struct gs_measure job = {
                .path = path, .series_hz = hz[i], .tick = count_tick, .context = &ticks
            };
            cr_assert(gs_measure_file(&job, &m, &error) == GS_OK);
            cr_assert(ticks.count == (int)floor((double)frames / rates[r] * hz[i] + 1e-6), "%g Hz: %d ticks",
                      hz[i], ticks.count);
            gs_measurement_finish(&m);
        }
        forget(path);
        free(x);
    }
}

static char *row_text(const char *path)
{
    static char text[4096];
    FILE *to = fmemopen(text, sizeof text, "w");
    struct gs_measurement m;
    struct gs_error error;
    cr_assert(gs_measure_file(&(struct gs_measure){ .path = path }, &m, &error) == GS_OK);
    gs_series_head(to);
    gs_series_row(m.readout, 0, m.channels, 1.5, to);
    fclose(to);
    gs_measurement_finish(&m);
    return text;
}

/* Undefined quantities are empty fields; no "nan", no "inf"; as many fields as the heading has. */
Test(measure, series_rows)
{
    float *x = rig_sine(48000, 997, 0.1, 0, 72000), *nothing = calloc(72000, sizeof *nothing);
    for (int silent = 0; silent < 2; silent++) {
        const float *ch[] = { silent ? nothing : x, silent ? nothing : x };
        char *path = write_file(48000, 2, ch, 72000, SF_FORMAT_WAV | SF_FORMAT_FLOAT), *text = row_text(path);
        int commas[2] = { 0 };
        char *row = strchr(text, '\n') + 1;
        for (char *c = text; *c; c++) {
            commas[c >= row] += *c == ',';
        }
        cr_assert(strncmp(text, "time_s,m_lufs,s_lufs,i_lufs,lra_lu,tp_dbtp,sp_dbfs,", 51) == 0);
        cr_assert(commas[0] == 25 && commas[1] == 25, "%d and %d commas", commas[0], commas[1]);
        cr_assert(!strstr(row, "nan") && !strstr(row, "inf"), "%s", row);
        cr_assert(strncmp(row, silent ? "1.500000,,,,,,,," : "1.500000,-20.0", 14) == 0, "%s", row);
        forget(path);
    }
    free(x);
    free(nothing);
}

struct series {
    double hz, momentary[400];
    int n;
};

static void keep_momentary(void *context, const struct gs_measurement *so_far, double time_s)
{
    struct series *s = context;
    (void)time_s;
    if (s->n < 400) {
        s->momentary[s->n++] = value(so_far, 0, "momentary");
    }
}

/* Momentary loudness slides over 400 ms (Tech 3341, 2.2) in every row of the finest series: 200 ms behind the end
 * of a tone half of its energy is left, 5 ms later 195 / 400. */
Test(measure, finest_series_is_of_its_row)
{
    float *x = calloc(96000, sizeof *x), *tone = rig_sine(48000, 1000, 0.1, 0, 48000);
    memcpy(x, tone, 48000 * sizeof *x);
    char *path = write_file(48000, 1, (const float *const[]){ x }, 96000, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    struct series series = { 200, { 0 }, 0 };
    struct gs_measurement m;
    struct gs_error error;
    struct gs_measure job = { .path = path, .series_hz = 200, .tick = keep_momentary, .context = &series };
    cr_assert(gs_measure_file(&job, &m, &error) == GS_OK);
    for (int row = 219; row < 259; row++) { /* 1.1 s to 1.3 s */
        double left = 0.4 - ((row + 1) / 200.0 - 1), expected = -23.01 + 10 * log10(left / 0.4);
        cr_assert(fabs(series.momentary[row] - expected) < 0.05, "row %d: %g, expected %g", row,
                  series.momentary[row], expected);
    }
    gs_measurement_finish(&m);
    forget(path);
    free(x);
    free(tone);
}

/* ---- refusals ---------------------------------------------------------------------------------------------- */

static void check_refused(const char *path, enum gs_status expected)
{
    struct gs_measurement m;
    struct gs_error error;
    enum gs_status status = gs_measure_file(&(struct gs_measure){ .path = path }, &m, &error);
    cr_assert(status == expected, "%s: %d", path, status);
    cr_assert(strcmp(error.where, path) == 0 && error.text[0]);
    gs_measurement_finish(&m);
}

Test(measure, refuses_what_is_no_sound)
{
    float x[100] = { 0 };
    char *slow = write_file(4000, 1, (const float *const[]){ x }, 100, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    char *empty = temporary();
    check_refused("/nonexistent/file.wav", GS_E_NOFILE);
    check_refused("/tmp", GS_E_NOFILE);
    check_refused(empty, GS_E_SYNTAX);
    check_refused(slow, GS_E_RANGE);
    forget(slow);
    forget(empty);
}
