/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the stages cost: nanoseconds of processor time per frame for every kind of the table, stereo, real and
 * ideal path, at its defaults and hard at work; and the share of one processor core that a chain of ten stages
 * takes at 48 kHz with every meter on. All rows are measured in turn, many times over, and the median is
 * shown, so that a busy machine tells the same as an idle one. */
#include "engine/engine.h"
#include "gainstage/stage.h"
#include "meter/flush.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE    48000.0
#define FRAMES  24576 /* of a run */
#define POLL    4096  /* frames between two looks of the control side */
#define REPEATS 21    /* --once: 1 */
#define ROWS    64
#define GOAL    4.0 /* per cent of a core */

/* ---- what is measured ---- */

struct value {
    const char *key;
    double value;
};

/* A kind at work: with what costs time. `louder_db` above nominal. */
struct work {
    const char *kind, *what, *prototype; /* what a prototype of the same arithmetic took, ns a sample */
    double louder_db;
    struct value value[8];
};

static const struct work works[] = {
    { "source", "sine, noise of its impedance", "noise 4.9", 0, { { "signal", 1 } } },
    { "microphone",
      "noise, below its maximum",
      "noise 4.9",
      0,
      { { "self_noise_dba", 10 }, { "max_spl_db", 130 } } },
    { "preamp",
      "noise, high-pass, below its rail",
      "noise 4.9, biquad 4.3",
      0,
      { { "gain_db", 20 }, { "ein_dbu", -128 }, { "highpass", 1 }, { "max_output_dbu", 24 } } },
    { "preamp",
      "colour and clipping at 4x",
      "4x clip 41-66",
      6,
      { { "gain_db", 20 }, { "d2_percent", 0.1 }, { "d3_percent", 0.1 }, { "max_output_dbu", 20 } } },
    { "adc",
      "noise, 24 bit, TPDF",
      "noise 4.9, TPDF 4.9",
      0,
      { { "dynamic_range_db", 115 }, { "bits", 24 }, { "dither", 2 } } },
    { "eq",
      "high-pass, two bells, high shelf",
      "biquad 4.3 each",
      0,
      { { "highpass", 1 }, { "peak1_db", 3 }, { "peak2_db", -3 }, { "high_shelf_db", 4 } } },
    { "compressor", "turning down", "24", 12, { { "threshold_db", -24 }, { "ratio", 4 } } },
    { "gate", "open", NULL, 0, { { "threshold_db", -40 } } },
    { "saturator", "colour at 4x", "4x clip 41-66", 0, { { "drive_db", 3 } } },
    { "wordlength", "16 bit, TPDF", "TPDF 4.9", 0, { { "bits", 16 } } },
    { "bus",
      "noise, 24 bit, TPDF",
      "noise 4.9, TPDF 4.9",
      0,
      { { "noise_db", -100 }, { "bits", 24 }, { "dither", 2 } } },
    { "master",
      "limiter at work, 16 bit, TPDF",
      "4x true peak 13-75",
      24,
      { { "limiter", 1 }, { "bits", 16 }, { "dither", 2 } } },
    { "monitor",
      "noise, below its maximum",
      "noise 4.9",
      0,
      { { "self_noise_dba", 10 }, { "room_noise_dba", 30 }, { "max_spl_db", 110 } } },
};

static const char chain_text[] =
    "{ \"gainstage\": 1, \"name\": \"bench\", \"stages\": ["
    "{ \"id\": \"in\", \"kind\": \"source\", \"signal\": \"jack\", \"domain\": \"line\", \"channels\": 2,"
    "  \"level_dbu\": -40 },"
    "{ \"id\": \"pre\", \"kind\": \"preamp\", \"gain_db\": 40, \"ein_dbu\": -128, \"output_noise_dbu\": -100,"
    "  \"max_output_dbu\": 22, \"max_input_dbu\": 10, \"highpass\": true },"
    "{ \"id\": \"adc\", \"kind\": \"adc\", \"dynamic_range_db\": 115, \"bits\": 24 },"
    "{ \"id\": \"eq\", \"kind\": \"eq\", \"highpass\": true, \"peak1_db\": -3, \"high_shelf_db\": 2 },"
    "{ \"id\": \"comp\", \"kind\": \"compressor\", \"threshold_db\": -24, \"ratio\": 3 },"
    "{ \"id\": \"sat\", \"kind\": \"saturator\" },"
    "{ \"id\": \"fader\", \"kind\": \"fader\", \"gain_db\": -3 },"
    "{ \"id\": \"master\", \"kind\": \"master\", \"limiter\": true, \"ceiling_dbtp\": -1, \"bits\": 24 },"
    "{ \"id\": \"dac\", \"kind\": \"dac\", \"dynamic_range_db\": 115 },"
    "{ \"id\": \"mon\", \"kind\": \"monitor\", \"self_noise_dba\": 10, \"max_spl_db\": 110 } ] }";

/* ---- measuring ---- */

struct row {
    char name[16], what[48];
    const char *prototype;
    double ns[REPEATS]; /* per frame */
    const struct gs_stage_kind *kind;
    const struct work *work; /* NULL: defaults */
};

static int repeats = REPEATS;
static struct row rows[ROWS];
static size_t n_rows;
static float samples[2][FRAMES], fed[2][FRAMES]; /* the same at the level that a kind wants */

static void fail(const char *what)
{
    fprintf(stderr, "bench_stages: %s\n", what);
    exit(1);
}

/* Processor time of this thread: what others do on the machine does not count. */
static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double *values)
{
    qsort(values, (size_t)repeats, sizeof *values, by_size);
    return values[repeats / 2];
}

/* A tone and a little noise, left and right not alike. */
static void make_samples(void)
{
    uint32_t seed = 1;
    for (unsigned n = 0; n < FRAMES; n++) {
        for (unsigned c = 0; c < 2; c++) {
            seed = seed * 69069u + 1;
            samples[c][n] =
                (float)(0.9 * sin(2 * M_PI * (997 + 100 * c) * n / RATE) + 0.1 * (seed / 2147483648.0 - 1));
        }
    }
}

static void feed(float peak)
{
    for (unsigned n = 0; n < FRAMES; n++) {
        fed[0][n] = peak * samples[0][n];
        fed[1][n] = peak * samples[1][n];
    }
}

static void put(double *param, const struct gs_stage_kind *kind, const struct work *work)
{
    for (size_t i = 0; i < kind->n_params; i++) {
        param[i] = kind->params[i].def;
    }
    for (const struct value *v = work ? work->value : NULL; v && v->key; v++) {
        int index = gs_stage_param_index(kind, v->key);
        if (index < 0 || (size_t)index >= kind->n_params) {
            fail(v->key);
        }
        param[index] = v->value;
    }
}

static enum gs_domain domain_in(const struct gs_stage_kind *kind)
{
    return kind->domains_in & 1 << GS_DIGITAL  ? GS_DIGITAL
           : kind->domains_in & 1 << GS_ANALOG ? GS_ANALOG
                                               : GS_ACOUSTIC;
}

static struct gs_stage_setup setup_of(const struct gs_stage_kind *kind, const double *param)
{
    enum gs_domain in = kind->domains_in ? domain_in(kind) : GS_DIGITAL;
    return (struct gs_stage_setup){
        .rate_hz = RATE,
        .channels_in = kind->domains_in ? 2 : 0,
        .channels_out = 2,
        .domain_in = in,
        .domain_out = kind->domain_out >= 0 ? (enum gs_domain)kind->domain_out : in,
        .alignment = { 18, -18 },
        .param = param,
        .load_impedance_ohm = INFINITY,
        .seed = 1,
    };
}

/* Nanoseconds a frame for half a second of sound, cell by cell as the engine does it. */
static double run_kind(const struct gs_stage_kind *kind, const struct work *work)
{
    static float out[GS_PATHS][2][GS_CELL];
    double param[GS_STAGE_PARAMS_MAX];
    struct gs_ramp ramp[GS_STAGE_PARAMS_MAX] = { { 0 } };
    put(param, kind, work);
    struct gs_stage_setup setup = setup_of(kind, param);
    void *state = NULL;
    size_t size = (kind->size(&setup) + 64) / 64 * 64;
    if (posix_memalign(&state, 64, size)) {
        fail("out of memory");
    }
    memset(state, 0, size);
    kind->init(state, &setup);
    for (size_t i = 0; i < kind->n_params; i++) {
        ramp[i].now = (float)(kind->params[i].smooth == GS_SMOOTH_GAIN ? gs_db_to_gain(param[i]) : param[i]);
    }
    double level = gs_nominal_db(setup.domain_in, &setup.alignment) + (work ? work->louder_db : 0);
    feed((float)gs_db_to_peak(setup.domain_in, level));
    double start = now_ns();
    for (unsigned frame = 0; frame < FRAMES; frame += GS_CELL) {
        float *left = fed[0] + frame, *right = fed[1] + frame;
        const float *external[2] = { left, right };
        struct gs_span from = { .ch = { { left, right }, { left, right } } };
        struct gs_span to = { .ch = { { out[0][0], out[0][1] }, { out[1][0], out[1][1] } } };
        struct gs_stage_io io = { GS_CELL, frame, &from, &to, ramp, external, 2 };
        kind->process(state, &io);
    }
    double spent = now_ns() - start;
    free(state);
    return spent / FRAMES;
}

/* ---- the chain ---- */

static struct gs_engine *open_chain(void)
{
    struct gs_engine_setup setup = { .out_ceiling_db = -1, .fade_in_ms = 50, .safety = true };
    struct gs_engine *engine = gs_engine_create(&setup);
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = NULL;
    if (!engine || gs_chain_parse(chain_text, sizeof chain_text - 1, "bench", &chain, &errors) != GS_OK) {
        fail(errors.count ? errors.list[0].text : "no engine");
    }
    gs_engine_set_rate(engine, RATE);
    if (gs_engine_load(engine, chain, &errors) != GS_OK) {
        fail(errors.count ? errors.list[0].text : "the chain does not load");
    }
    gs_errors_finish(&errors);
    gs_chain_destroy(chain);
    gs_engine_unpark(engine);
    return engine;
}

/* The audio thread's part alone: the control side's folding is not its work. */
static double run_chain(struct gs_engine *engine, unsigned period)
{
    static float left[1024], right[1024];
    double spent = 0;
    unsigned frame = 0;
    while (frame + POLL <= FRAMES) {
        double start = now_ns();
        for (unsigned done = 0; done < POLL; done += period, frame += period) {
            const float *in[2] = { samples[0] + frame, samples[1] + frame };
            float *out[2] = { left, right };
            gs_engine_process(engine, in, 2, out, 2, period);
        }
        spent += now_ns() - start;
        gs_engine_poll(engine);
    }
    return spent / frame;
}

/* ---- printing ---- */

static void add_row(const struct gs_stage_kind *kind, const struct work *work)
{
    if (n_rows == ROWS) {
        fail("more rows than room");
    }
    struct row *row = &rows[n_rows++];
    row->kind = kind;
    row->work = work;
    row->prototype = work ? work->prototype : NULL;
    snprintf(row->name, sizeof row->name, "%s", kind->key);
    snprintf(row->what, sizeof row->what, "%s", work ? work->what : "defaults");
}

static void measure_kinds(void)
{
    for (size_t k = 0; gs_stage_kinds[k]; k++) {
        add_row(gs_stage_kinds[k], NULL);
        for (size_t w = 0; w < sizeof works / sizeof *works; w++) {
            if (strcmp(works[w].kind, gs_stage_kinds[k]->key) == 0) {
                add_row(gs_stage_kinds[k], &works[w]);
            }
        }
    }
    for (int repeat = 0; repeat < repeats; repeat++) {
        for (size_t i = 0; i < n_rows; i++) {
            rows[i].ns[repeat] = run_kind(rows[i].kind, rows[i].work);
        }
    }
    printf("%-12s %-36s %9s %8s  %s\n", "kind", "", "ns/frame", "core", "prototype, ns/sample");
    for (size_t i = 0; i < n_rows; i++) {
        double ns = median(rows[i].ns);
        printf("%-12s %-36s %9.1f %6.3f %%  %s\n", rows[i].name, rows[i].what, ns, ns * RATE / 1e7,
               rows[i].prototype ? rows[i].prototype : "");
    }
}

static void measure_chain(void)
{
    static const unsigned periods[] = { 64, 256, 1024 };
    double ns[3][REPEATS];
    struct gs_engine *engine = open_chain();
    for (int repeat = 0; repeat < repeats; repeat++) {
        for (size_t p = 0; p < 3; p++) {
            ns[p][repeat] = run_chain(engine, periods[p]);
        }
    }
    printf("\nten stages, stereo, 48 kHz, all meters (goal: %.0f %% of a core)\n", GOAL);
    for (size_t p = 0; p < 3; p++) {
        double each = median(ns[p]), share = each * RATE / 1e7;
        printf("  period %-5u %8.1f ns/frame %6.2f %% of a core%s\n", periods[p], each, share,
               share > GOAL ? "  OVER THE GOAL" : "");
    }
    gs_engine_park(engine);
    gs_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--once") == 0) {
        repeats = 1;
    }
    unsigned was = gs_flush_begin();
    make_samples();
    measure_kinds();
    measure_chain();
    gs_flush_end(was);
    return 0;
}
