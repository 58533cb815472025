/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage sweep CHAIN --vary STAGE.KEY=FROM:TO:STEP`: a chain with many values, one line of CSV each. One
 * process, thousands of variants: nothing but the prediction runs anew, unless --render asks for sound. */
#include "app/variant.h"
#include "app/options.h"
#include "backend/offline.h"
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VARY_MAX     8
#define VARIANTS_MAX 1000000.0

static const struct gs_option options[] = {
    { "vary", 0, "STAGE.KEY=FROM:TO:STEP",
      "Try every value from FROM to TO; given several times: every combination, the last one fastest." },
    { "set", 's', "STAGE.KEY=VALUE", "Another value for all variants; may be given several times." },
    { "render", 0, "SECONDS", "Render each variant so long, too, and print what was measured at the end." },
    { "rate", 'r', "HZ", "Sample rate, 8000 to 384000. Default 48000." },
    { "csv", 0, NULL, "Comma-separated values with a heading, the only form there is; the default." },
    { NULL, 0, NULL, NULL },
};

struct vary {
    char name[128]; /* "pre.gain_db" */
    double from, step;
    unsigned n, at;
    bool anew; /* wants the sounds and the predictor made anew */
};

struct sweep {
    struct gs_variant variant;
    struct vary vary[VARY_MAX];
    size_t n;
    double seconds; /* to render; 0: not */
    size_t n_lines; /* printed */
};

/* What rendering a variant gave. */
struct measured {
    struct gs_report_channel end; /* loudest channel of the last wire */
    unsigned wrong;               /* channels where the prediction is */
};

/* FROM:TO:STEP */
static bool read_range(const char *range, double *from, double *to, double *step)
{
    char words[100], *rest = words;
    if ((size_t)snprintf(words, sizeof words, "%s", range) >= sizeof words) {
        return false;
    }
    double *const part[] = { from, to, step };
    for (size_t i = 0; i < 3; i++) {
        char *word = strsep(&rest, ":");
        if (!word || !gs_number_read(word, part[i])) {
            return false;
        }
    }
    return !rest;
}

static enum gs_status parse_vary(struct sweep *s, const char *text, struct gs_error *error)
{
    struct vary *v = &s->vary[s->n];
    size_t slot;
    const char *range;
    double to;
    enum gs_status status = s->n == VARY_MAX
                                ? gs_fail(error, GS_E_USAGE, "", "--vary: at most %d times", VARY_MAX)
                                : gs_variant_slot(&s->variant, text, &slot, &range, error);
    if (status) {
        return status;
    }
    if (!range || !read_range(range, &v->from, &to, &v->step) || !(fabs(v->step) > 0) ||
        !((to - v->from) / v->step >= 0) || (to - v->from) / v->step >= VARIANTS_MAX) {
        return gs_fail(error, GS_E_USAGE, "",
                       "--vary %s: expected STAGE.KEY=FROM:TO:STEP, as pre.gain_db=0:60:5", text);
    }
    snprintf(v->name, sizeof v->name, "%.*s", (int)(range - 1 - text), text);
    v->n = (unsigned)floor((to - v->from) / v->step + 1e-9) + 1;
    v->anew = gs_chain_slot_row(s->variant.chain, slot)->flags & GS_PARAM_SETUP;
    s->n++;
    return GS_OK;
}

static enum gs_status parse(struct sweep *s, const struct gs_arguments *arguments, struct gs_error *error)
{
    const char *text;
    double variants = 1;
    enum gs_status status = GS_OK;
    for (int at = 0; !status && (text = gs_option_each(arguments, "set", &at));) {
        status = gs_variant_set(&s->variant, text, error);
    }
    for (int at = 0; !status && (text = gs_option_each(arguments, "vary", &at));) {
        status = parse_vary(s, text, error);
    }
    for (size_t i = 0; i < s->n; i++) {
        variants *= s->vary[i].n;
    }
    if (!status && (s->n == 0 || variants > VARIANTS_MAX)) {
        return gs_fail(error, GS_E_USAGE, "",
                       s->n ? "%.0f variants: expected at most %.0f" : "sweep wants a --vary", variants,
                       VARIANTS_MAX);
    }
    return status;
}

static void put_number(double number)
{
    if (isfinite(number)) {
        printf(",%.4f", fabs(number) < 5e-5 ? 0.0 : number);
    } else {
        putchar(',');
    }
}

static void put_heading(const struct sweep *s)
{
    for (size_t i = 0; i < s->n; i++) {
        printf("%s%s", i ? "," : "", s->vary[i].name);
    }
    printf(",level_db,noise_db,noise_a_db,snr_db,snr_a_db,margin_db,dynamic_range_db,dynamic_range_a_db,"
           "ceiling_spread_db,clips_first,noise_bottleneck%s\r\n",
           s->seconds > 0 ? ",measured_level_db,measured_noise_db,measured_noise_a_db,model_errors" : "");
}

static void put_prediction(const struct sweep *s, const struct gs_prediction *p)
{
    const struct gs_predicted *end = &p->stage[p->end];
    const double number[] = {
        end->level_db,        end->noise_db,
        end->noise_a_db,      end->snr_db,
        end->snr_a_db,        p->clips_first < 0 ? INFINITY : p->stage[p->clips_first].margin_db,
        p->dynamic_range_db,  p->dynamic_range_a_db,
        p->ceiling_spread_db,
    };
    for (size_t i = 0; i < s->n; i++) {
        const struct vary *v = &s->vary[i];
        printf("%s%.10g", i ? "," : "", v->from + v->at * v->step);
    }
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        put_number(number[i]);
    }
    printf(",%s", p->clips_first < 0 ? "" : s->variant.chain->stages[p->clips_first].id);
    printf(",%s", p->noise_bottleneck < 0 ? "" : s->variant.chain->stages[p->noise_bottleneck].id);
}

static enum gs_status measure(const struct sweep *s, const struct gs_prediction *p, struct measured *measured,
                              struct gs_errors *errors)
{
    struct gs_render render = { .chain = s->variant.chain,
                                .rate_hz = s->variant.rate_hz,
                                .seconds = s->seconds };
    struct gs_render_report report = { 0 };
    enum gs_status status = gs_render_run(&render, &report, errors);
    if (status) {
        return status;
    }
    *measured = (struct measured){ .end = report.wires[p->end].channel[p->stage[p->end].loudest] };
    for (size_t w = 0; w < report.n_wires; w++) {
        for (unsigned c = 0; c < report.wires[w].channels; c++) {
            measured->wrong += report.wires[w].channel[c].agreement.model_error;
        }
    }
    free(report.wires);
    return GS_OK;
}

static void put_measured(const struct measured *measured)
{
    put_number(measured->end.rms_db);
    put_number(measured->end.noise_db);
    put_number(measured->end.noise_a_db);
    printf(",%u", measured->wrong);
}

/* A line is printed whole, and a heading only above a line. */
static int put_variant(struct sweep *s, bool anew)
{
    struct gs_errors errors = { 0 };
    struct measured measured = { 0 };
    const struct gs_prediction *p = gs_variant_run(&s->variant, anew);
    if (!p) {
        return 1;
    }
    int code = s->seconds > 0 && measure(s, p, &measured, &errors) ? gs_complain_all(&errors) : 0;
    gs_errors_finish(&errors);
    if (code) {
        return code;
    }
    if (!s->n_lines++) {
        put_heading(s);
    }
    put_prediction(s, p);
    if (s->seconds > 0) {
        put_measured(&measured);
    }
    printf("\r\n");
    return 0;
}

/* The next combination, the last one fastest; false behind the last of all. */
static bool turn(struct sweep *s)
{
    for (size_t i = s->n; i-- > 0;) {
        if (++s->vary[i].at < s->vary[i].n) {
            return true;
        }
        s->vary[i].at = 0;
    }
    return false;
}

static enum gs_status set_variant(struct sweep *s, bool *anew, struct gs_error *error)
{
    *anew = false;
    for (size_t i = 0; i < s->n; i++) {
        const struct vary *v = &s->vary[i];
        char text[192];
        snprintf(text, sizeof text, "%s=%.10g", v->name, v->from + v->at * v->step);
        if (gs_variant_set(&s->variant, text, error)) {
            return error->status;
        }
        *anew |= v->anew;
    }
    return GS_OK;
}

/* A value that no chain can have is refused before a line is printed or a minute rendered. */
static enum gs_status try_all(struct sweep *s, struct gs_error *error)
{
    bool anew;
    enum gs_status status;
    do {
        status = set_variant(s, &anew, error);
    } while (!status && turn(s));
    return status;
}

static int sweep(struct sweep *s)
{
    struct gs_error error;
    bool anew;
    int code = try_all(s, &error) ? gs_complain(&error) : 0;
    do {
        code = code ? code : set_variant(s, &anew, &error) ? gs_complain(&error) : put_variant(s, anew);
    } while (!code && turn(s));
    return code;
}

static int run(const struct gs_arguments *arguments)
{
    struct gs_error error;
    struct sweep s = { 0 };
    long rate_hz;
    if (arguments->n_operands != 1) {
        gs_fail(&error, GS_E_USAGE, "", "sweep wants one chain file: see gainstage sweep --help");
        return gs_complain(&error);
    }
    if (gs_option_whole(arguments, "rate", 8000, 384000, 48000, &rate_hz, &error) ||
        gs_option_number(arguments, "render", 0.1, 3600, 0, &s.seconds, &error)) {
        return gs_complain(&error);
    }
    int code = gs_variant_open(&s.variant, arguments->operand[0], (double)rate_hz);
    if (!code) {
        code = parse(&s, arguments, &error) ? gs_complain(&error) : sweep(&s);
    }
    gs_variant_close(&s.variant);
    return code;
}

const struct gs_command gs_cmd_sweep = {
    .key = "sweep",
    .operands = "CHAIN --vary STAGE.KEY=FROM:TO:STEP [--vary ...] [--render SECONDS] [--csv]",
    .doc = "Predict a chain with many values, one line each. Every combination of the values given by "
           "--vary; level, "
           "noise and SNR are those at the end of the chain, margin is what all sources could rise until "
           "something "
           "clips. See the examples sweep-parallel.sh and sweep.sbatch for spreading a sweep over machines.",
    .options = options,
    .run = run,
};
