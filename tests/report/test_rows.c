/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of the level diagram: where each stage stands in both views, judgements, and what the writers make
 * of them. */
#include "report/rows.h"

#include "../support/box_chain.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct box_chain *chain_of_four(void)
{
    struct box_chain *b = box_chain_new();
    unsigned src = box_add(b, &box_source, -60), pre = box_add(b, &box_plain, 40),
             ad = box_add(b, &box_adc, 0);
    unsigned out = box_add(b, &box_master, -3);
    box_set(b, src, BOX_HIGH_PASS_HZ, 1000);
    box_set(b, src, BOX_NOISE_OUT, -130);
    box_set(b, pre, BOX_NOISE_OUT, -100);
    box_set(b, pre, BOX_CEILING, 22);
    box_set(b, ad, BOX_CEILING, 0);
    box_set(b, out, BOX_CEILING, 0);
    return b;
}

static struct gs_rows rows_of(struct box_chain *b, enum gs_view view, const struct gs_measured *measured,
                              struct gs_predictor **keep)
{
    struct gs_rows rows;
    *keep = gs_predictor_create(&b->chain, NULL, 48000);
    cr_assert(gs_rows_init(&rows, &b->chain, gs_predictor_run(*keep, NULL), 48000, view, measured));
    return rows;
}

static char *text_of(const struct gs_rows *rows, void (*write)(const struct gs_rows *rows, FILE *to))
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    write(rows, file);
    fclose(file);
    return text;
}

/* One ruler in dBu: digital stages stand where the alignment puts 0 dBFS, so that a converter draws a level line. */
Test(rows, as_each_stage_sees_it_a_converter_draws_a_level_line)
{
    struct box_chain *b = chain_of_four();
    struct gs_predictor *p;
    struct gs_rows rows = rows_of(b, GS_VIEW_STAGES, NULL, &p);
    const struct gs_row *ad = &rows.row[2];
    cr_assert_float_eq(ad->predicted.in_level_db + ad->shift_in_db, -20, 1e-9);
    cr_assert_float_eq(ad->predicted.level_db + ad->shift_db, -20, 1e-9);
    cr_assert_float_eq(ad->predicted.ceiling_db + ad->shift_db, 18, 1e-9);
    gs_rows_finish(&rows);
    gs_predictor_destroy(p);
    free(b);
}

/* The signal is a flat line, noise only rises, ceilings keep their distance from the signal. */
Test(rows, seen_from_the_source_the_signal_is_flat_and_noise_a_staircase)
{
    struct box_chain *b = chain_of_four();
    struct gs_predictor *p;
    struct gs_rows rows = rows_of(b, GS_VIEW_SOURCE, NULL, &p);
    double noise = -INFINITY;
    cr_assert_str_eq(rows.unit, "dBu");
    for (size_t i = 0; i < rows.n; i++) {
        const struct gs_row *row = &rows.row[i];
        cr_assert_float_eq(row->predicted.level_db + row->shift_db, -60, 1e-9);
        cr_assert_geq(row->predicted.noise_db + row->shift_db, noise - 1e-9);
        noise = row->predicted.noise_db + row->shift_db;
        if (i) {
            cr_assert_float_eq(row->predicted.in_level_db + row->shift_in_db, -60, 1e-9);
        }
        if (isfinite(row->predicted.ceiling_db)) {
            cr_assert_float_eq(row->predicted.ceiling_db + row->shift_db, -60 + row->predicted.headroom_db,
                               1e-9);
        }
    }
    gs_rows_finish(&rows);
    gs_predictor_destroy(p);
    free(b);
}

Test(rows, a_linear_stage_more_than_a_tenth_off_is_a_model_error)
{
    static const struct {
        double level, noise;
        bool error;
    } cases[] = { { 0.09, 0, false }, { -0.11, 0, true }, { 0, 0.2, true }, { 0, -0.05, false } };
    struct box_chain *b = chain_of_four();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gs_predictor *p = gs_predictor_create(&b->chain, NULL, 48000);
        const struct gs_prediction *predicted = gs_predictor_run(p, NULL);
        struct gs_measured measured[4] = { { 0 } };
        measured[1] =
            (struct gs_measured){ .given = true,
                                  .level_db = predicted->stage[1].channel[0].rms_db + cases[i].level,
                                  .noise_db = predicted->stage[1].noise_db + cases[i].noise,
                                  .noise_a_db = NAN,
                                  .peak_db = NAN };
        struct gs_rows rows;
        gs_rows_init(&rows, &b->chain, predicted, 48000, GS_VIEW_STAGES, measured);
        cr_assert_eq(!!(rows.row[1].marks & GS_MARK_MODEL_ERROR), cases[i].error, "case %zu", i);
        cr_assert(isnan(rows.row[2].agreement_db));
        gs_rows_finish(&rows);
        gs_predictor_destroy(p);
    }
    free(b);
}

Test(rows, headroom_has_four_degrees)
{
    static const struct {
        double level;
        enum gs_headroom headroom;
    } cases[] = {
        { 8, GS_HEADROOM_GOOD }, { 14, GS_HEADROOM_SMALL }, { 19, GS_HEADROOM_LOW }, { 23, GS_HEADROOM_OVER }
    };
    struct box_chain *b = chain_of_four();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        box_set(b, 0, BOX_GAIN, cases[i].level - 40);
        struct gs_predictor *p;
        struct gs_rows rows = rows_of(b, GS_VIEW_STAGES, NULL, &p);
        cr_assert_eq(rows.row[1].headroom, cases[i].headroom, "at %g dBu", cases[i].level);
        cr_assert_eq(rows.row[0].headroom, GS_HEADROOM_NONE);
        gs_rows_finish(&rows);
        gs_predictor_destroy(p);
    }
    free(b);
}

Test(rows, json_has_the_keys_that_are_promised)
{
    static const char *const keys[] = {
        "\"gainstage_prediction\":\t1",
        "\"chain\":\t\"boxes\"",
        "\"stages\"",
        "\"id\":\t\"s1\"",
        "\"unit\":\t\"dBu\"",
        "\"level_db\":\t-20",
        "\"peak_db\":\t-20",
        "\"noise_db\"",
        "\"noise_a_db\"",
        "\"ceiling_db\":\t22",
        "\"nominal_db\":\t0",
        "\"headroom_db\":\t42",
        "\"snr_db\"",
        "\"snr_a_db\"",
        "\"input_referred\"",
        "\"latency_frames\":\t0",
        "\"clips_first\":\t\"s2\"",
        "\"noise_bottleneck\":\t\"s0\"",
        "\"dynamic_range_db\"",
        "\"dynamic_range_a_db\"",
        "\"knee_gain_db\"",
        "\"s1\":\t",
        "\"ceiling_spread_db\":\t4",
    };
    struct box_chain *b = chain_of_four();
    struct gs_predictor *p;
    struct gs_rows rows = rows_of(b, GS_VIEW_STAGES, NULL, &p);
    char *json = gs_rows_json(&rows);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        cr_assert_not_null(strstr(json, keys[i]), "no %s in %s", keys[i], json);
    }
    cr_assert_null(strstr(json, "inf"));
    cr_assert_null(strstr(json, "nan"));
    free(json);
    gs_rows_finish(&rows);
    gs_predictor_destroy(p);
    free(b);
}

static size_t fields(const char *line)
{
    size_t n = 1;
    bool quoted = false;
    for (; *line && *line != '\r'; line++) {
        quoted ^= *line == '"';
        n += *line == ',' && !quoted;
    }
    return n;
}

Test(rows, csv_has_as_many_fields_as_headings)
{
    struct box_chain *b = chain_of_four();
    b->stages[1].label = (char *)"Pre, \"red\"";
    struct gs_predictor *p;
    struct gs_rows rows = rows_of(b, GS_VIEW_STAGES, NULL, &p);
    char *csv = text_of(&rows, gs_rows_csv), *line = strtok(csv, "\n");
    size_t heads = fields(line), lines = 0;
    while ((line = strtok(NULL, "\n"))) {
        cr_assert_eq(fields(line), heads, "%s", line);
        lines++;
    }
    cr_assert_eq(lines, rows.n);
    free(csv);
    gs_rows_finish(&rows);
    gs_predictor_destroy(p);
    free(b);
}

/* Plain ASCII, no line wider than asked for, no blanks at line ends. */
static void check_diagram(const struct gs_rows *rows, unsigned width)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    gs_rows_diagram(rows, file, width, 20);
    fclose(file);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        cr_assert_leq(strlen(line), width, "%s", line);
        for (char *c = line; *c; c++) {
            cr_assert(*c >= ' ' && *c < 127);
        }
    }
    free(text);
}

Test(rows, the_diagram_keeps_to_its_width)
{
    struct box_chain *b = box_chain_new();
    box_add(b, &box_source, -40);
    for (int i = 0; i < 30; i++) {
        box_set(b, box_add(b, &box_plain, i % 3), BOX_CEILING, 20);
    }
    box_add(b, &box_master, 0);
    for (unsigned width = 20; width < 240; width += 13) {
        struct gs_predictor *p;
        struct gs_rows rows = rows_of(b, GS_VIEW_STAGES, NULL, &p);
        check_diagram(&rows, width);
        gs_rows_finish(&rows);
        gs_predictor_destroy(p);
    }
    free(b);
}
