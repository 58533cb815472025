/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What holds for every stage kind, tested over the list of kinds, so that a new one is tested unasked: in every
 * domain it takes, with its defaults and with each of its optional figures given. A kind says in its rows and in
 * levels() what it does; here it is held to it. */
#include "../support/stage_rig.h"

#include "dsp/fft.h"

#include <complex.h>
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double rates[] = { 44100, 48000, 96000 };

/* One case: a kind in a domain with one of its optional numbers given (index), or none (-1), at a rate. */
struct item {
    const struct gs_stage_kind *kind;
    enum gs_domain domain;
    int given;
    double rate;
    char name[96];
};

static bool is_optional(const struct gs_param *row)
{
    return row->type == GS_NUMBER && (row->flags & GS_PARAM_OPTIONAL);
}

/* The next case; start with a zeroed item. */
static bool next(struct item *item, size_t *at)
{
    size_t n = 0;
    for (size_t k = 0; gs_stage_kinds[k]; k++) {
        const struct gs_stage_kind *kind = gs_stage_kinds[k];
        for (int domain = 0; domain < GS_DOMAIN_COUNT; domain++) {
            if (kind->domains_in ? !(kind->domains_in >> domain & 1) : domain != GS_ANALOG) {
                continue;
            }
            for (int given = -1; given < (int)kind->n_params; given++) {
                if ((given < 0 || is_optional(&kind->params[given])) && n++ == *at) {
                    *item = (struct item){ kind, (enum gs_domain)domain, given, rates[n % 3], "" };
                    snprintf(item->name, sizeof item->name, "%s (%s)%s%s at %g", kind->key,
                             gs_domain_name((enum gs_domain)domain), given < 0 ? "" : " with ",
                             given < 0 ? "" : kind->params[given].key, item->rate);
                    ++*at;
                    return true;
                }
            }
        }
    }
    return false;
}

/* A figure that a good sheet could have. */
static double plausible(const struct gs_param *row, enum gs_domain domain)
{
    bool noise = strstr(row->key, "noise") || strstr(row->key, "ein");
    bool maximum = strstr(row->key, "max") || strstr(row->key, "ceiling") || strstr(row->key, "full");
    double nominal[GS_DOMAIN_COUNT] = { 94, 0, -18 };
    double value = row->unit == GS_UNIT_OHM     ? 200
                   : row->unit == GS_UNIT_DBA   ? 20
                   : row->unit == GS_UNIT_DBSPL ? 120
                   : noise                      ? -100
                   : maximum                    ? nominal[domain] + 15
                                                : (row->min + row->max) / 2;
    return gs_param_snap(row, value);
}

static bool is_valid(const struct rig *rig)
{
    const char *key;
    char text[512];
    return !rig->kind->validate ||
           rig->kind->validate(rig->param, &rig->setup.alignment, &key, text, sizeof text);
}

/* Opens the case in the rig. False where the kind itself says that such a sheet is impossible. */
static bool open(struct rig *rig, const struct item *item, unsigned channels, const struct rig_value *more)
{
    struct rig_value values[4] = { { 0 } };
    size_t n = 0;
    for (; more && more->key; more++) {
        values[n++] = *more;
    }
    if (item->given >= 0) {
        const struct gs_param *row = &item->kind->params[item->given];
        values[n++] = (struct rig_value){ row->key, plausible(row, item->domain) };
    }
    rig_open(rig, item->kind->key, item->rate, item->domain, channels, values);
    if (!is_valid(rig)) {
        rig_close(rig);
        return false;
    }
    return true;
}

/* Peak of a sine this far from the domain's nominal level. */
static double around_nominal(const struct rig *rig, double db)
{
    enum gs_domain domain = rig->kind->domains_in ? rig->setup.domain_in : GS_DIGITAL;
    return gs_db_to_peak(domain, gs_nominal_db(domain, &rig->setup.alignment) + db);
}

static double noise_of(const struct gs_levels *levels)
{
    return levels->noise_in * levels->gain * levels->gain + levels->noise_out;
}

Test(kinds, rows_make_sense)
{
    for (size_t k = 0; gs_stage_kinds[k]; k++) {
        const struct gs_stage_kind *kind = gs_stage_kinds[k];
        unsigned gains = 0;
        cr_assert(kind->key && kind->label && kind->doc && kind->size && kind->init && kind->process &&
                  kind->levels);
        cr_assert_eq(gs_stage_kind(kind->key), kind, "%s is in the list twice", kind->key);
        cr_assert_leq(kind->n_params, GS_STAGE_PARAMS_MAX);
        for (size_t i = 0; i < kind->n_params; i++) {
            const struct gs_param *row = &kind->params[i];
            cr_assert(row->key && row->label && row->doc, "%s row %zu", kind->key, i);
            cr_assert_eq(strspn(row->key, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(row->key), "%s",
                         row->key);
            cr_assert_eq(gs_stage_param_index(kind, row->key), (int)i, "%s.%s is there twice", kind->key,
                         row->key);
            cr_assert(row->doc[strlen(row->doc) - 1] == '.' || row->doc[strlen(row->doc) - 1] == ')', "%s.%s",
                      kind->key, row->key);
            bool absent = isnan(row->def);
            cr_assert_eq(absent, absent && (row->flags & GS_PARAM_OPTIONAL), "%s.%s", kind->key, row->key);
            if (row->type == GS_NUMBER && !absent) {
                cr_assert_eq(gs_param_snap(row, row->def), row->def, "%s.%s: the default is no value",
                             kind->key, row->key);
            }
            cr_assert(row->type != GS_NUMBER || row->min < row->max, "%s.%s", kind->key, row->key);
            cr_assert(row->type != GS_CHOICE || gs_param_choices(row) > 1, "%s.%s", kind->key, row->key);
            cr_assert(row->taper != GS_TAPER_LOG || row->min > 0, "%s.%s", kind->key, row->key);
            gains += (row->flags & GS_PARAM_GAIN) != 0;
        }
        cr_assert_leq(gains, 1, "%s has two gains", kind->key);
    }
}

/* A tone 20 dB below nominal comes out as levels() and response() say, on both paths. */
Test(kinds, gain_is_what_levels_says, .timeout = 120)
{
    struct item item;
    for (size_t at = 0; next(&item, &at);) {
        for (unsigned channels = 1; channels <= GS_CHANNELS; channels++) {
            struct rig rig;
            if (!open(&rig, &item, channels, NULL)) {
                continue;
            }
            double f = 1000, peak = around_nominal(&rig, -20);
            unsigned skip = (unsigned)(0.5 * item.rate), frames = skip + (unsigned)(0.5 * item.rate);
            rig_run_sine(&rig, peak, f, frames);
            struct gs_levels levels = rig_levels(&rig, peak, f);
            double h = rig.kind->response ? rig.kind->response(rig.param, &rig.setup, f) : 1;
            for (unsigned c = 0; c < rig.setup.channels_out; c++) {
                double want = rig.kind->domains_in ? fabs(levels.gain * levels.balance[c]) * h * peak
                                                   : levels.source_peak * peak / around_nominal(&rig, 0);
                for (int path = 0; path < GS_PATHS; path++) {
                    double got = rig_amplitude(rig.out[path][c] + skip, frames - skip, f, item.rate);
                    cr_assert_float_eq(20 * log10(got / want), 0, 0.01, "%s: path %d is %g, not %g",
                                       item.name, path, got, want);
                }
            }
            rig_close(&rig);
        }
    }
}

/* Where levels() states a hard ceiling, a tone 1 dB below it passes unmarked and one 6 dB above is marked. */
Test(kinds, ceiling_is_what_levels_says, .timeout = 120)
{
    struct item item;
    unsigned tested = 0;
    for (size_t at = 0; next(&item, &at);) {
        for (int over = 0; over < 2; over++) {
            struct rig rig;
            if (!item.kind->domains_in || !open(&rig, &item, 1, NULL)) {
                continue;
            }
            struct gs_levels levels = rig_levels(&rig, around_nominal(&rig, 0), 1000);
            double ceiling = fmin(levels.ceiling / fabs(levels.gain), levels.ceiling_in);
            if (!isinf(ceiling) && ceiling > 0) {
                unsigned marks = 0, frames = (unsigned)(0.2 * item.rate);
                double highest = 0;
                rig_run_sine(&rig, ceiling * pow(10, (over ? 6 : -1) / 20.0), 1000, frames);
                for (unsigned i = 0; i < frames; i++) {
                    marks += rig.clip[0][i];
                    highest = fmax(highest, fabs((double)rig.out[GS_REAL][0][i]));
                }
                cr_assert(over || marks == 0, "%s: marked below its ceiling", item.name);
                cr_assert(!over || levels.soft || marks > frames / 10, "%s: not marked above", item.name);
                /* band-limited edges swing over by some tenths of a dB; behind a knee is more */
                cr_assert(levels.soft || highest < levels.ceiling * pow(10, 0.6 / 20), "%s", item.name);
                tested++;
            }
            rig_close(&rig);
        }
    }
    cr_assert_gt(tested, 10);
}

/* Silence in is silence out; where noise is stated, it is there in the stated strength, and not in the ideal. */
Test(kinds, silence_and_noise, .timeout = 300)
{
    static float zero[RIG_FRAMES_MAX];
    struct item item;
    for (size_t at = 0; next(&item, &at);) {
        struct rig rig;
        if (!open(&rig, &item, 1, NULL)) {
            continue;
        }
        struct gs_levels levels = gs_levels_default();
        struct gs_probe silence = { .frequency_hz = 1000 };
        rig.kind->levels(rig.param, &rig.setup, &silence, &levels);
        double power = 0, stated = noise_of(&levels);
        unsigned frames = (unsigned)((stated > 0 ? 4 : 0.5) * item.rate) & ~31u;
        rig_run(&rig, zero, NULL, frames);
        for (unsigned i = 0; i < frames; i++) {
            cr_assert_eq(rig.out[GS_IDEAL][0][i], 0, "%s", item.name);
            power += (double)rig.out[GS_REAL][0][i] * (double)rig.out[GS_REAL][0][i] / frames;
        }
        if (stated > 0) {
            cr_assert_float_eq(10 * log10(power / (stated * item.rate / 2)), 0, 0.1, "%s", item.name);
        } else {
            cr_assert_eq(power, 0, "%s: noise that levels() does not know", item.name);
        }
        rig_close(&rig);
    }
}

static uint32_t random_word(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state;
}

static void noise(float *x, unsigned frames, double peak, uint32_t seed)
{
    for (unsigned i = 0; i < frames; i++) {
        x[i] = (float)(peak * ((int32_t)random_word(&seed) / 2147483648.0));
    }
}

/* One bad sample is over when it is over. */
Test(kinds, recovers_from_rubbish)
{
    static const float rubbish[] = { NAN, INFINITY, -INFINITY, 3e38f, -3e38f, 1e-42f };
    static float x[96000];
    struct item item;
    for (size_t at = 0; next(&item, &at);) {
        struct rig rig;
        if (item.given >= 0 || !open(&rig, &item, 2, NULL)) {
            continue;
        }
        noise(x, 96000, around_nominal(&rig, 0), 1);
        memcpy(x + 5000, rubbish, sizeof rubbish);
        rig_run(&rig, x, NULL, 96000);
        for (unsigned i = 0; i < 96000; i++) {
            bool source = !item.kind->domains_in;
            for (int path = 0; path < GS_PATHS && (source || i > 10000); path++) {
                cr_assert(isfinite(rig.out[path][0][i]), "%s: frame %u", item.name, i);
            }
        }
        rig_close(&rig);
    }
}

static void finite_everywhere(struct rig *rig, const struct item *item, const char *key, double value)
{
    static float x[2048];
    struct gs_levels levels = rig_levels(rig, around_nominal(rig, 0), 1000);
    cr_assert(isfinite(levels.gain) && isfinite(levels.noise_in) && isfinite(levels.noise_out) &&
                  isfinite(levels.nominal_db) && !isnan(levels.ceiling) && !isnan(levels.ceiling_in),
              "%s: levels with %s = %g", item->name, key, value);
    for (int loud = 0; loud < 2; loud++) {
        noise(x, 2048, around_nominal(rig, loud ? 60 : -60), 7);
        rig_run(rig, x, NULL, 2048);
        for (unsigned i = 0; i < 2048; i++) {
            for (int path = 0; path < GS_PATHS; path++) {
                cr_assert(isfinite(rig->out[path][0][i]), "%s: %s = %g", item->name, key, value);
            }
        }
    }
}

static double extreme(const struct gs_param *row, int end)
{
    double number = end == 2 && (row->flags & GS_PARAM_MINUS_INF) ? -INFINITY
                    : end == 1                                    ? row->max
                                                                  : row->min;
    return row->type == GS_CHOICE   ? (end == 1 ? (double)gs_param_choices(row) - 1 : 0)
           : row->type == GS_SWITCH ? end == 1
           : row->type == GS_TEXT   ? NAN
                                    : number;
}

/* Every row at both its ends and at silence, alone and all of them together. */
Test(kinds, extremes_are_finite, .timeout = 120)
{
    struct item item;
    for (size_t at = 0; next(&item, &at);) {
        for (int i = -1; item.given < 0 && i < (int)item.kind->n_params; i++) {
            for (int end = 0; end < 3; end++) {
                struct rig rig;
                struct rig_value values[GS_STAGE_PARAMS_MAX + 1] = { { 0 } };
                for (size_t p = 0, n = 0; p < item.kind->n_params; p++) {
                    if (i < 0 || (int)p == i) {
                        const struct gs_param *row = &item.kind->params[p];
                        values[n++] = (struct rig_value){ row->key, extreme(row, end) };
                    }
                }
                rig_open(&rig, item.kind->key, item.rate, item.domain, 2, values);
                finite_everywhere(&rig, &item, i < 0 ? "everything" : values[0].key, values[0].value);
                rig_close(&rig);
            }
        }
    }
}

/* Turns every live row of the kind in turn. */
static void turn(struct rig *rig, unsigned cell)
{
    const struct gs_param *row = &rig->kind->params[cell % rig->kind->n_params];
    uint32_t seed = cell;
    if ((row->flags & GS_PARAM_SETUP) || row->type == GS_TEXT ||
        isnan(rig->param[cell % rig->kind->n_params])) {
        return;
    }
    double way = (random_word(&seed) >> 8) / 16777216.0;
    rig_set(rig, row->key, gs_param_from_way(row, way));
}

/* Cells cut into calls of 1, 7 or 32 frames, while everything is turned: the same to the bit. */
Test(kinds, cuts_do_not_matter, .timeout = 300)
{
    enum {
        FRAMES = 64 * 300,
        CELLS = 64
    };
    static float x[FRAMES], y[FRAMES], first[GS_PATHS][GS_CHANNELS][FRAMES];
    static uint32_t marks[GS_CHANNELS][FRAMES];
    static const unsigned pieces[] = { GS_CELL, 1, 7, 13 };
    struct item item;
    for (size_t at = 0; next(&item, &at);) {
        for (size_t p = 0; p < 4; p++) {
            struct rig rig;
            if (!open(&rig, &item, 2, NULL)) {
                break;
            }
            noise(x, FRAMES, around_nominal(&rig, 16), 3);
            noise(y, FRAMES, around_nominal(&rig, 12), 4);
            memset(x + 7000, 0, 5000 * sizeof *x);
            rig.piece = pieces[p];
            /* the rig's results start anew with every run: one run a cell, turned in between */
            for (unsigned cell = 0; cell < FRAMES / CELLS; cell++) {
                turn(&rig, cell);
                rig_run(&rig, x + cell * CELLS, y + cell * CELLS, CELLS);
                for (unsigned c = 0; c < rig.setup.channels_out; c++) {
                    for (int path = 0; path < GS_PATHS; path++) {
                        float *kept = first[path][c] + cell * CELLS;
                        if (p == 0) {
                            memcpy(kept, rig.out[path][c], CELLS * sizeof *kept);
                        }
                        cr_assert_arr_eq(kept, rig.out[path][c], CELLS * sizeof *kept,
                                         "%s: pieces of %u, frame %u", item.name, pieces[p], cell * CELLS);
                    }
                    if (p == 0) {
                        memcpy(marks[c] + cell * CELLS, rig.clip[c], CELLS * sizeof **marks);
                    }
                    cr_assert_arr_eq(marks[c] + cell * CELLS, rig.clip[c], CELLS * sizeof **marks, "%s",
                                     item.name);
                }
            }
            rig_close(&rig);
        }
    }
}

/* True when the static curve, if there is one, is a straight line up to this peak. */
static bool is_straight(const struct rig *rig, double peak, double gain)
{
    for (int i = -8; rig->kind->curve && i <= 8; i++) {
        double x = peak * i / 8, y = rig->kind->curve(rig->param, &rig->setup, x);
        if (fabs(y - gain * x) > 1e-6 * fabs(gain * peak)) {
            return false;
        }
    }
    return true;
}

/* Without noise and below every knee nothing is wrong, not even the last bit; and both paths are as late as
 * levels() says. */
Test(kinds, clean_is_identical)
{
    static float x[8192];
    struct item item;
    unsigned tested = 0;
    for (size_t at = 0; next(&item, &at);) {
        struct rig rig;
        if (!open(&rig, &item, 2, NULL)) {
            continue;
        }
        double peak = around_nominal(&rig, -3);
        struct gs_levels levels = rig_levels(&rig, peak, 1000);
        if (noise_of(&levels) == 0 && is_straight(&rig, peak, levels.gain)) {
            noise(x, 8192, peak, 5);
            rig_run(&rig, x, NULL, 8192);
            for (unsigned c = 0; c < rig.setup.channels_out; c++) {
                cr_assert_arr_eq(rig.out[GS_REAL][c], rig.out[GS_IDEAL][c], 8192 * sizeof(float), "%s",
                                 item.name);
            }
            tested++;
        }
        rig_close(&rig);
    }
    cr_assert_gt(tested, 10);
}

Test(kinds, latency_is_what_levels_says)
{
    static float x[4096];
    struct item item;
    for (size_t at = 0; next(&item, &at);) {
        struct rig rig;
        if (!open(&rig, &item, 1, NULL)) {
            continue;
        }
        unsigned best = 0;
        struct gs_levels levels = rig_levels(&rig, around_nominal(&rig, 0), 1000);
        memset(x, 0, sizeof x);
        x[1000] = (float)around_nominal(&rig, 0);
        rig_run(&rig, x, NULL, 4096);
        for (unsigned i = 0; i < 4096; i++) {
            best = fabsf(rig.out[GS_IDEAL][0][i]) > fabsf(rig.out[GS_IDEAL][0][best]) ? i : best;
        }
        cr_assert_eq(best, 1000 + levels.latency, "%s: %u frames late, not %u", item.name, best - 1000,
                     levels.latency);
        rig_close(&rig);
    }
}

/* Modified Bessel function of order 0, for the Kaiser window. */
static double bessel0(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; k < 80; k++) {
        term *= x / (2 * k) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

/* Energy further than 500 Hz from 1 kHz, relative to the tone, in dB; side lobes of the window lie below -200. */
static double splatter_db(const float *x, size_t n, double rate)
{
    double complex *work = malloc(3 * n * sizeof *work);
    for (size_t i = 0; i < n; i++) {
        double t = 2.0 * (double)i / (double)(n - 1) - 1.0;
        work[i] = x[i] * bessel0(24 * sqrt(1 - t * t)) / bessel0(24);
    }
    gs_fft_twiddle(work + n, n, -1);
    gs_fft(work, work + 2 * n, work + n, n);
    double tone = 0, far = 0;
    for (size_t k = 0; k < n / 2; k++) {
        double hz = (double)k * rate / (double)n, power = pow(cabs(work[2 * n + k]), 2);
        *(fabs(hz - 1000) > 500 ? &far : &tone) += power;
    }
    free(work);
    return 10 * log10(far / tone);
}

/* From where to where a row is turned: gains by 6 dB, switches, filters and distances by a factor of 2. */
static bool turned(const struct gs_param *row, double *from, double *to)
{
    bool live = row->smooth != GS_SMOOTH_NONE && !isnan(row->def);
    *to = row->type == GS_SWITCH ? 1 - row->def : row->def;
    *from = row->smooth == GS_SMOOTH_GAIN ? row->def - 6 : row->type == GS_SWITCH ? row->def : row->def / 2;
    if (*from < row->min && row->type == GS_NUMBER) {
        *from = row->def;
        *to = row->smooth == GS_SMOOTH_GAIN ? row->def + 6 : row->def * 2 + 0.5;
    }
    return live && row->type != GS_CHOICE;
}

/* No row that the engine smooths clicks when it is turned: 6 dB of THE gain leave less than -95 dB beyond 500 Hz
 * from a tone; polarity steps four times as far, and a filter switched in has to settle. */
Test(kinds, turning_does_not_click, .timeout = 120)
{
    enum {
        RATE_MAX = 96000
    };
    static float x[2 * RATE_MAX], y[RATE_MAX];
    struct item item;
    for (size_t at = 0; next(&item, &at);) {
        unsigned rate = (unsigned)item.rate, half = rate / 2;
        for (size_t p = 0; item.given < 0 && p < item.kind->n_params; p++) {
            struct rig rig;
            const struct gs_param *row = &item.kind->params[p];
            double from, to;
            if (!turned(row, &from, &to)) {
                continue;
            }
            rig_open(&rig, item.kind->key, rate, item.domain, 1,
                     (struct rig_value[]){ { row->key, from }, { 0 } });
            double peak = around_nominal(&rig, 0), before = fabs(rig_levels(&rig, peak, 1000).gain);
            for (unsigned i = 0; i < 2 * rate; i++) {
                x[i] = (float)(peak * sin(2 * M_PI * 1000 * i / item.rate));
            }
            rig_run(&rig, x, NULL, half);
            rig_run(&rig, x, NULL, half);
            memcpy(y, rig.out[GS_IDEAL][0], half * sizeof *y);
            rig_set(&rig, row->key, to);
            rig_run(&rig, x, NULL, half);
            memcpy(y + half, rig.out[GS_IDEAL][0], half * sizeof *y);
            double splatter = splatter_db(y, rate, rate);
            bool stepped =
                fabs(rig_levels(&rig, peak, 1000).gain) != before; /* a linked drive is taken back */
            double limit = stepped && (row->flags & GS_PARAM_GAIN) ? -95 : row->type == GS_SWITCH ? -70 : -90;
            cr_assert_lt(splatter, limit, "%s: %s clicks, %.1f dB", item.name, row->key, splatter);
            rig_close(&rig);
        }
    }
}
