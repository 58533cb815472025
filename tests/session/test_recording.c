/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Meters of a live wire over time: the rows that a subscriber gets are the rows that `measure` makes of the same
 * sound, and none is lost. */
#include "../support/desk.h"
#include "../support/meter_rig.h"
#include "backend/measure.h"

#include <criterion/criterion.h>
#include <sndfile.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATE    48000
#define SECONDS 5
#define FRAMES  ((size_t)RATE * SECONDS)
#define PORT    5000

static const char strip[] = "{'gainstage':1,'stages':["
                            "{'id':'src','kind':'source','domain':'digital','signal':'jack','channels':2},"
                            "{'id':'trim','kind':'gain','gain_db':0},{'id':'out','kind':'master'}]}";

/* Half a second of silence, then noise that breathes, a tone on one side, silence again. */
static float *take_of(unsigned channel)
{
    float *x = rig_noise(0.05, FRAMES, 7 + channel), *tone = rig_sine(RATE, 440, 0.4, 0, FRAMES);
    for (size_t i = 0; i < FRAMES; i++) {
        double t = (double)i / RATE;
        float breath = (float)(0.2 + 0.8 * pow(sin(M_PI * 0.7 * t), 2));
        x[i] = t < 0.5 || t > 4.5 ? 0 : x[i] * breath + (channel && t > 2 && t < 3 ? tone[i] : 0);
    }
    free(tone);
    return x;
}

struct series {
    size_t n;
    double time_s[2048];
    double value[2048][GS_SERIES_COLUMNS_MAX];
};

static void keep_row(void *context, const struct gs_measurement *so_far, double time_s)
{
    struct series *s = context;
    s->time_s[s->n] = time_s;
    gs_series_values(so_far->readout, 0, so_far->channels, s->value[s->n++]);
}

static struct series *measured(const float *left, const float *right, size_t frames, double hz)
{
    char path[] = "/tmp/gainstage-recording-XXXXXX";
    close(mkstemp(path));
    SF_INFO info = { .samplerate = RATE, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT };
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    for (size_t i = 0; i < frames; i++) {
        sf_writef_float(file, (float[]){ left[i], right[i] }, 1);
    }
    sf_close(file);
    struct series *s = calloc(1, sizeof *s);
    struct gs_measurement m;
    struct gs_error error;
    struct gs_measure job = { .path = path, .series_hz = hz, .tick = keep_row, .context = s };
    cr_assert_eq(gs_measure_file(&job, &m, &error), GS_OK);
    gs_measurement_finish(&m);
    unlink(path);
    return s;
}

/* The rows that PORT has heard, in order. */
static struct series *heard(const struct desk *desk)
{
    struct series *s = calloc(1, sizeof *s);
    for (size_t i = 0; i < desk->n_heard; i++) {
        const struct desk_heard *row = &desk->heard[i];
        if (row->port != PORT || strcmp(row->address, "/record/meters/row") != 0) {
            continue;
        }
        cr_assert_eq(row->n_atoms, 2 + gs_series_columns());
        cr_assert_eq(row->atom[0].integer, (int64_t)s->n, "rows come in order, none missing");
        s->time_s[s->n] = row->atom[1].number;
        for (unsigned c = 0; c < gs_series_columns(); c++) {
            bool nothing = row->atom[2 + c].tag == 'N';
            cr_assert(nothing || isfinite(row->atom[2 + c].number));
            s->value[s->n][c] = nothing ? NAN : row->atom[2 + c].number;
        }
        s->n++;
    }
    return s;
}

static void compare(const struct series *live, const struct series *file, double tolerance)
{
    cr_assert_leq(abs((int)live->n - (int)file->n), 1, "%zu rows live, %zu of the file", live->n, file->n);
    cr_assert_gt(live->n, 0);
    for (size_t i = 0; i < live->n && i < file->n; i++) {
        cr_assert_float_eq(live->time_s[i], file->time_s[i], 1e-9, "row %zu", i);
        for (unsigned c = 0; c < gs_series_columns(); c++) {
            double a = live->value[i][c], b = file->value[i][c];
            cr_assert((isnan(a) && isnan(b)) || fabs(a - b) <= tolerance,
                      "row %zu at %.3f s: %s is %g live, %g of the file", i, file->time_s[i],
                      gs_series_column(c), a, b);
        }
    }
}

static void check(const char *stage, const char *point, double hz)
{
    struct desk *desk = desk_open(strip);
    float *left = take_of(0), *right = take_of(1);
    desk_say(desk, 0, PORT, "/record/meters", "ssf", stage, point, hz);
    cr_assert_eq(desk_last(desk, PORT, "/record/meters/columns")->n_atoms, 1 + gs_series_columns());
    cr_assert_str_eq(desk_text(desk, PORT, "/record/meters/columns", 0), "time_s");
    cr_assert_str_eq(desk_text(desk, PORT, "/record/meters/columns", 1), "m_lufs");
    desk_play(desk, left, right, FRAMES);
    struct series *live = heard(desk), *file = measured(left, right, FRAMES, hz);
    compare(live, file, 1e-9);
    free(live);
    free(file);
    free(left);
    free(right);
    desk_close(desk);
}

/* A recording that begins with the sound has the bins of the file: the same numbers to the last digit. */
Test(recording, is_what_measure_says_of_the_same_sound)
{
    check("trim", "out", 10);
    check("trim", "in", 30);
    check("out", "in", 100);
    check("trim", "out", 150);
    check("out", "in", 200);
}

/* One that begins later starts its holds, its counts and its loudness then, whatever was before and whatever is reset
 * meanwhile; its bins begin elsewhere, up to 10 ms off. */
Test(recording, begins_when_it_is_asked_for)
{
    struct desk *desk = desk_open(strip);
    float *left = take_of(0), *right = take_of(1), *loud = rig_sine(RATE, 1000, 0.9, 0, RATE);
    float *nothing = calloc(RATE * 3, sizeof *nothing);
    desk_play(desk, loud, loud, RATE);
    desk_play(desk, nothing, nothing, RATE * 3); /* filters and needles come to rest */
    desk_say(desk, 0, PORT, "/record/meters", "ssf", "out", "out", 10.0);
    desk_play(desk, left, right, FRAMES / 2);
    desk_say(desk, 0, 6000, "/clip/reset", "");
    desk_play(desk, left + FRAMES / 2, right + FRAMES / 2, FRAMES - FRAMES / 2);
    struct series *live = heard(desk), *file = measured(left, right, FRAMES, 10);
    const double *end = live->value[live->n - 1], *expected = file->value[file->n - 1];
    static const char *const totals[] = { "i_lufs", "lra_lu", "tp_dbtp", "sp_dbfs", "plr_db", "over1" };
    for (size_t t = 0; t < sizeof totals / sizeof *totals; t++) {
        unsigned c = 0;
        while (strcmp(gs_series_column(c), totals[t]) != 0) {
            c++;
        }
        cr_assert_float_eq(end[c], expected[c], 0.1, "%s is %g, expected %g", totals[t], end[c], expected[c]);
    }
    free(live);
    free(file);
    free(left);
    free(right);
    free(loud);
    free(nothing);
    desk_close(desk);
}

/* Beside one who looks closer than whole bins are, whoever does not has the same rows, and all who read the meters the
 * same readings; joined halves are floats once more, no difference but that. */
Test(recording, two_hundred_a_second_beside_ten)
{
    static const char *const readings[] = { "integrated", "peak", "ppm1_max", "rms_max", "noise_total" };
    float *left = take_of(0), *right = take_of(1);
    struct series *file = measured(left, right, FRAMES, 10);
    double reading[2][5];
    for (int fine = 0; fine < 2; fine++) {
        struct desk *desk = desk_open(strip);
        if (fine) {
            desk_say(desk, 0, 5001, "/record/meters", "ssf", "out", "out", 200.0);
        }
        desk_say(desk, 0, PORT, "/record/meters", "ssf", "trim", "out", 10.0);
        desk_play(desk, left, right, FRAMES);
        struct series *live = heard(desk);
        compare(live, file, fine ? 1e-4 : 1e-9);
        cr_assert_eq(desk_count(desk, 5001, "/record/meters/row") > 990, fine);
        for (int i = 0; i < 5; i++) {
            char address[64];
            snprintf(address, sizeof address, "/stage/trim/meter/out/%s", readings[i]);
            reading[fine][i] = desk_get(desk, address);
            cr_assert_float_eq(reading[fine][i], reading[0][i], 1e-4, "%s", readings[i]);
        }
        free(live);
        desk_close(desk);
    }
    free(file);
    free(left);
    free(right);
}

/* Where bins are no whole number of cells, at 44.1 kHz, no two rows share one, whenever the recording begins. */
Test(recording, every_row_is_a_later_one)
{
    float *nothing = calloc(44100, sizeof *nothing);
    for (size_t begin = 0; begin < 1000; begin += 170) {
        struct desk *desk = desk_open(NULL);
        gs_engine_set_rate(desk->engine, 44100);
        desk_load(desk, strip);
        desk_play(desk, nothing, nothing, 4410 + begin);
        desk_say(desk, 0, PORT, "/record/meters", "ssf", "out", "out", 200.0);
        desk_play(desk, nothing, nothing, 44100);
        struct series *live = heard(desk);
        cr_assert_gt(live->n, 190, "%zu rows", live->n);
        for (size_t i = 0; i < live->n; i++) {
            double tick_s = (double)(i + 1) / 200;
            cr_assert(fabs(live->time_s[i] - tick_s) < 32 / 44100.0 + 1e-6, "row %zu at %.6f s, begun at %zu",
                      i, live->time_s[i], begin);
        }
        free(live);
        desk_close(desk);
    }
    free(nothing);
}

Test(recording, sends_again_what_got_lost)
{
    struct desk *desk = desk_open(strip);
    float *left = take_of(0);
    desk_say(desk, 0, PORT, "/record/meters", "ssf", "out", "out", 50.0);
    desk_play(desk, left, left, RATE * 2);
    desk_forget(desk);
    desk_say(desk, 0, PORT, "/record/meters/again", "h", (int64_t)0);
    desk_pass(desk, 50, false);
    struct series *again = heard(desk); /* from 0 on, in order */
    cr_assert_gt(again->n, 90);
    free(again);
    free(left);
    desk_close(desk);
}

/* A chain of another shape in which the wire is the same goes on; one without it ends the recording with a word. */
Test(recording, follows_its_wire_and_ends_with_it)
{
    struct desk *desk = desk_open(strip);
    float *left = take_of(0);
    desk_say(desk, 0, PORT, "/record/meters", "ssf", "out", "out", 50.0);
    desk_play(desk, left, left, RATE / 2);
    desk_load(desk, "{'gainstage':1,'stages':["
                    "{'id':'src','kind':'source','domain':'digital','signal':'jack','channels':2},"
                    "{'id':'out','kind':'master'}]}");
    desk_play(desk, left, left, RATE / 2);
    unsigned before = desk_count(desk, PORT, "/record/meters/row");
    cr_assert_geq(before, 45);
    desk_load(desk, "{'gainstage':1,'stages':["
                    "{'id':'src','kind':'source','domain':'digital','signal':'jack','channels':2},"
                    "{'id':'end','kind':'master'}]}");
    desk_play(desk, left, left, RATE / 2);
    cr_assert_str_eq(desk_text(desk, PORT, "/record/meters/end", 0), "the stage is gone");
    cr_assert_leq(desk_count(desk, PORT, "/record/meters/row"), before + 2);
    free(left);
    desk_close(desk);
}

Test(recording, refuses_clearly_and_ends_when_told)
{
    struct desk *desk = desk_open(strip);
    float *left = take_of(0);
    desk_say(desk, 0, PORT, "/record/meters", "ss", "trem", "out");
    cr_assert(strstr(desk_text(desk, PORT, "/error", 2), "trim"));
    desk_say(desk, 0, 5001, "/record/meters", "ss", "trim", "middle");
    cr_assert_str_eq(desk_text(desk, 5001, "/error", 1), "out-of-range");
    desk_say(desk, 0, 5002, "/record/meters", "ssf", "trim", "out", 201.0);
    cr_assert_str_eq(desk_text(desk, 5002, "/error", 1), "out-of-range");
    desk_say(desk, 0, 5003, "/record/meters", "ss", "src", "in");
    cr_assert_str_eq(desk_text(desk, 5003, "/error", 1), "out-of-range", "nothing comes before a source");
    desk_say(desk, 0, 5004, "/record/meters/again", "h", (int64_t)0);
    cr_assert_str_eq(desk_text(desk, 5004, "/error", 1), "not-subscribed");
    desk_say(desk, 0, PORT, "/record/meters", "ssf", "out", "out", 50.0);
    desk_play(desk, left, left, RATE / 10);
    cr_assert_gt(desk_count(desk, PORT, "/record/meters/row"), 0u);
    desk_say(desk, 0, PORT, "/record/meters", "ssf", "out", "out", 0.0);
    desk_forget(desk);
    desk_play(desk, left, left, RATE / 10);
    cr_assert_eq(desk_count(desk, PORT, "/record/meters/row"), 0u);
    free(left);
    desk_close(desk);
}
