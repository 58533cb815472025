/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See random_chain.h. */
#include "random_chain.h"

#include "chain/chain.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_SIZE   65536
#define TRIES       200
#define STAGES_MOST 40

struct author {
    uint64_t state;
    unsigned flavour, n;
    char *text;
    size_t length;
    enum gs_domain domain;
    char last[16];
};

/* splitmix64 */
static uint64_t next(struct author *a)
{
    uint64_t z = a->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static unsigned below(struct author *a, unsigned n)
{
    return (unsigned)(next(a) % n);
}

static double between(struct author *a, double low, double high)
{
    return low + (high - low) * (double)(next(a) >> 11) * 0x1p-53;
}

static void write_text(struct author *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void write_text(struct author *a, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    a->length += (size_t)vsnprintf(a->text + a->length, TEXT_SIZE - a->length, format, arguments);
    va_end(arguments);
    cr_assert_lt(a->length, (size_t)TEXT_SIZE);
}

/* ---- one value ---- */

static bool has(const char *key, const char *part)
{
    return strstr(key, part) != NULL;
}

static bool is_noise(const char *key)
{
    return has(key, "noise") || has(key, "ein_") || has(key, "bits") || has(key, "dither") ||
           has(key, "dynamic_range") || has(key, "dba");
}

static bool is_bend(const char *key)
{
    return has(key, "max_") || has(key, "ceiling") || has(key, "percent") || has(key, "knee") ||
           has(key, "threshold") || has(key, "limiter") || has(key, "full_scale");
}

static bool left_out(struct author *a, const struct gs_param *row)
{
    if (row->type == GS_TEXT || has(row->key, "signal") || has(row->key, "domain") ||
        has(row->key, "channels") || has(row->key, "source_impedance") || has(row->key, "level_db") ||
        has(row->key, "spl_db") || has(row->key, "input_impedance")) {
        return true;
    }
    if ((a->flavour & RANDOM_NOISELESS) && is_noise(row->key)) {
        return true;
    }
    if ((a->flavour & RANDOM_CLEAN) && is_bend(row->key)) {
        return true;
    }
    return below(a, 100) < (row->flags & GS_PARAM_GAIN ? 15u : isnan(row->def) ? 40u : 70u);
}

/* Gains keep the signal alive and mostly unbent; noise figures where equipment has them; the rest from all over
 * the row. */
static double number_of(struct author *a, const struct gs_param *row)
{
    double low = row->min, high = row->max;
    if (has(row->key, "gain") || has(row->key, "trim") || has(row->key, "makeup")) {
        low = fmax(low, -12);
        high = fmin(high, 12);
    } else if (has(row->key, "ein_dbu")) {
        low = -128.5;
        high = -100;
    } else if (has(row->key, "noise_db") || has(row->key, "output_noise")) {
        low = fmax(low, -120);
        high = fmin(high, -70);
    } else if (has(row->key, "max_") || has(row->key, "ceiling")) {
        low = fmax(low, high - 20);
    } else if (has(row->key, "percent")) {
        high = fmin(high, 0.1);
    }
    double value = row->taper == GS_TAPER_LOG && low > 0 ? low * pow(high / low, between(a, 0, 1))
                                                         : between(a, low, high);
    return gs_param_snap(row, round(value * 100) / 100);
}

static void write_value(struct author *a, const struct gs_param *row)
{
    write_text(a, ",\"%s\":", row->key);
    if (row->type == GS_SWITCH) {
        write_text(a, below(a, 2) ? "true" : "false");
    } else if (row->type == GS_CHOICE) {
        write_text(a, "\"%s\"", row->choices[below(a, (unsigned)gs_param_choices(row))].word);
    } else {
        double value = number_of(a, row);
        if (isinf(value)) {
            write_text(a, "\"-inf\"");
        } else {
            write_text(a, "%.10g", value);
        }
    }
}

/* A resistor is never without noise, except one of 0 ohm. */
static void write_values(struct author *a, const struct gs_stage_kind *kind)
{
    for (size_t i = 0; i < kind->n_params; i++) {
        if ((a->flavour & RANDOM_NOISELESS) && has(kind->params[i].key, "source_impedance") &&
            kind->params[i].min == 0) {
            write_text(a, ",\"%s\":0", kind->params[i].key);
        }
        if (!left_out(a, &kind->params[i])) {
            write_value(a, &kind->params[i]);
        }
    }
    if ((kind->flags & GS_STAGE_BYPASS) && below(a, 20) == 0) {
        write_text(a, ",\"bypass\":true");
    }
}

/* ---- stages ---- */

static void open_stage(struct author *a, const char *kind)
{
    snprintf(a->last, sizeof a->last, "%s%u", kind, a->n);
    write_text(a, "%s\n{\"id\":\"%s\",\"kind\":\"%s\"", a->n++ ? "," : "", a->last, kind);
}

static void add_source(struct author *a)
{
    static const char *const domain[] = { "acoustic", "line", "digital" };
    static const char *const level[] = { "spl_db", "level_dbu", "level_dbfs" };
    static const double low[] = { 60, -55, -45 }, high[] = { 100, -20, -15 };
    bool microphone = gs_stage_kind("microphone") != NULL;
    unsigned d = below(a, 3);
    d = d == 0 && !microphone ? 1 : d;
    static const char *const signal[] = { "sine", "pink", "white" };
    open_stage(a, "source");
    write_text(a, ",\"domain\":\"%s\",\"signal\":\"%s\",\"%s\":%.1f,\"frequency_hz\":%.0f", domain[d],
               signal[a->flavour & RANDOM_TONES ? 0 : below(a, 3)], level[d], between(a, low[d], high[d]),
               200 * exp2(between(a, 0, 5)));
    write_text(a, below(a, 4) == 0 ? ",\"channels\":2}" : "}");
    a->domain = (enum gs_domain)d;
}

/* Any kind that takes this domain and gives that one, in the middle of a strip. */
static const struct gs_stage_kind *find_kind(struct author *a, enum gs_domain from, enum gs_domain to)
{
    for (int tries = 0; tries < TRIES; tries++) {
        unsigned n = 0;
        while (gs_stage_kinds[n]) {
            n++;
        }
        const struct gs_stage_kind *kind = gs_stage_kinds[below(a, n)];
        bool fits = (kind->domains_in & 1u << from) && !(kind->flags & (GS_STAGE_SUMS | GS_STAGE_MASTER));
        bool gives = kind->domain_out == (int)to || (kind->domain_out == GS_OUT_SAME && from == to);
        /* these two are there to bend and to be noisy */
        bool allowed =
            !((a->flavour & RANDOM_CLEAN) && (kind->reduction_db || strcmp(kind->key, "saturator") == 0)) &&
            !((a->flavour & RANDOM_NOISELESS) && strcmp(kind->key, "noise") == 0);
        if (fits && gives && allowed) {
            return kind;
        }
    }
    cr_assert_fail("no kind leads from domain %d to %d", from, to);
    abort();
}

static void add_kind(struct author *a, enum gs_domain to)
{
    const struct gs_stage_kind *kind = find_kind(a, a->domain, to);
    open_stage(a, kind->key);
    write_values(a, kind);
    write_text(a, "}");
    a->domain = to;
}

/* Amplified to about line level: what the source gives is between -55 and -20 dBu. */
static void add_preamp(struct author *a)
{
    const struct gs_stage_kind *kind = gs_stage_kind("preamp");
    open_stage(a, "preamp");
    write_text(a, ",\"gain_db\":%.0f", between(a, 10, 30));
    for (size_t i = 0; i < kind->n_params; i++) {
        bool gain = kind->params[i].flags & GS_PARAM_GAIN || has(kind->params[i].key, "gain_step");
        if (!gain && !left_out(a, &kind->params[i])) {
            write_value(a, &kind->params[i]);
        }
    }
    write_text(a, "}");
}

static void add_strip(struct author *a)
{
    add_source(a);
    if (a->domain == GS_ACOUSTIC) {
        add_kind(a, GS_ANALOG);
    }
    if (a->domain == GS_ANALOG) {
        add_preamp(a);
        add_kind(a, GS_DIGITAL);
    }
    for (unsigned i = below(a, 4); i > 0; i--) {
        add_kind(a, GS_DIGITAL);
    }
}

static void write_send(struct author *a, const char *stage, bool first)
{
    write_text(a, "%s{\"stage\":\"%s\",\"gain_db\":%.1f", first ? "" : ",", stage, between(a, -12, 3));
    if (below(a, 2)) {
        write_text(a, ",\"pan\":%.2f", between(a, -1, 1));
    }
    write_text(a, "}");
}

static void add_bus(struct author *a, char from[][16], unsigned n)
{
    open_stage(a, "bus");
    write_text(a, ",\"from\":[");
    for (unsigned i = 0; i < n; i++) {
        write_send(a, from[i], i == 0);
    }
    write_text(a, "]");
    write_values(a, gs_stage_kind("bus"));
    write_text(a, "}");
    a->domain = GS_DIGITAL;
}

/* A second way from the end of the strip at hand through one plugin: what leaves both meets again. */
static unsigned add_parallel(struct author *a, char end[][16], unsigned n)
{
    char strip[16];
    memcpy(strip, a->last, sizeof strip);
    const struct gs_stage_kind *kind = find_kind(a, GS_DIGITAL, GS_DIGITAL);
    open_stage(a, kind->key);
    write_text(a, ",\"from\":\"%s\"", strip);
    write_values(a, kind);
    write_text(a, "}");
    memcpy(end[n], a->last, sizeof a->last);
    return n + 1;
}

static void add_mix(struct author *a)
{
    char end[16][16];
    unsigned strips = 1 + below(a, 3), n = 0;
    for (unsigned s = 0; s < strips; s++) {
        add_strip(a);
        memcpy(end[n++], a->last, sizeof a->last);
        if (below(a, 3) == 0) {
            n = add_parallel(a, end, n);
        }
    }
    if (n == 1 && below(a, 2)) {
        return;
    }
    add_bus(a, end, n);
    if (below(a, 4) == 0) { /* a second bus of the same strips, and both together */
        char both[2][16];
        memcpy(both[0], a->last, sizeof a->last);
        add_bus(a, end, n);
        memcpy(both[1], a->last, sizeof a->last);
        add_bus(a, both, 2);
    }
}

static void compose(struct author *a)
{
    write_text(a, "{\"gainstage\":1,\"name\":\"random\",\"stages\":[");
    add_mix(a);
    for (unsigned i = below(a, 2); i > 0; i--) {
        add_kind(a, GS_DIGITAL);
    }
    open_stage(a, "master");
    write_values(a, gs_stage_kind("master"));
    write_text(a, "}");
    if (below(a, 2)) {
        add_kind(a, GS_ANALOG);
        if (gs_stage_kind("monitor") && below(a, 2)) {
            add_kind(a, GS_ACOUSTIC);
        }
    }
    write_text(a, "]}\n");
}

/* Sheets drawn at random may contradict themselves; those the loader refuses, and the next one is drawn. */
struct gs_chain *random_chain(uint64_t seed, unsigned flavour, char **text)
{
    struct author a = { .state = seed, .flavour = flavour, .text = malloc(TEXT_SIZE) };
    for (int tries = 0; tries < TRIES; tries++) {
        struct gs_errors errors = { 0 };
        struct gs_chain *chain = NULL;
        a.n = 0;
        a.length = 0;
        compose(&a);
        enum gs_status status = gs_chain_parse(a.text, a.length, "random", &chain, &errors);
        bool impossible = status == GS_E_IMPOSSIBLE || status == GS_E_RANGE;
        cr_assert(!status || impossible, "seed %llu: %s: %s\n%s", (unsigned long long)seed,
                  errors.count ? errors.list[0].where : "", errors.count ? errors.list[0].text : "", a.text);
        gs_errors_finish(&errors);
        if (!status && a.n <= STAGES_MOST) {
            if (text) {
                *text = a.text;
            } else {
                free(a.text);
            }
            return chain;
        }
        gs_chain_destroy(chain);
    }
    cr_assert_fail("seed %llu: no valid chain in %d tries", (unsigned long long)seed, TRIES);
    abort();
}
