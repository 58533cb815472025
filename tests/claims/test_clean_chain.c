/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With noise off and below every knee the equipment does nothing wrong: at the end of a chain of all kinds the real
 * and the ideal path are the same bits. The chain is made from the table of kinds: one that is added stands in it
 * unasked, with its defaults, and must be clean or say below what makes it so. */
#include "../support/bench_chain.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What is noisy or bent by default; a kind that is nothing but noise is taken out, and its delay line stays. */
static const struct {
    const char *kind, *clean;
} clean[] = {
    { "noise", "\"bypass\":true" },
    { "wordlength", "\"bypass\":true" },
    { "saturator", "\"d2_percent\":0,\"d3_percent\":0,\"ceiling_dbfs\":6" },
    { "preamp", "\"gain_db\":20,\"max_input_dbu\":10,\"max_output_dbu\":24,\"highpass\":true" },
    { "microphone", "\"max_spl_db\":150" },
    { "compressor", "\"threshold_db\":-30,\"ratio\":2" }, /* at work, and clean all the same */
    { "eq", "\"peak1_db\":6,\"high_shelf_db\":-4" },
    { "dac", "\"overs_headroom_db\":3" },
    { "monitor", "\"max_spl_db\":120" },
};

struct author {
    char text[8192];
    size_t length;
    unsigned stages;
};

static void write_text(struct author *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void write_text(struct author *a, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    a->length += (size_t)vsnprintf(a->text + a->length, sizeof a->text - a->length, format, arguments);
    va_end(arguments);
    cr_assert_lt(a->length, sizeof a->text);
}

static void write_stage(struct author *a, const struct gs_stage_kind *kind, const char *more)
{
    write_text(a, "%s{\"id\":\"s%u\",\"kind\":\"%s\"%s", a->stages ? "," : "", a->stages, kind->key, more);
    if (kind->flags & GS_STAGE_SUMS) {
        write_text(a, ",\"from\":[\"s%u\"]", a->stages - 1);
    }
    for (size_t i = 0; i < sizeof clean / sizeof *clean; i++) {
        if (strcmp(clean[i].kind, kind->key) == 0) {
            write_text(a, ",%s", clean[i].clean);
        }
    }
    write_text(a, "}");
    a->stages++;
}

static bool leads(const struct gs_stage_kind *kind, enum gs_domain from, enum gs_domain to)
{
    bool takes = kind->domains_in & 1u << from;
    return takes && (kind->domain_out == (int)to || (kind->domain_out == GS_OUT_SAME && from == to));
}

/* All kinds that keep this domain and have not stood in the chain, then those that lead on to the next one. */
static void write_domain(struct author *a, enum gs_domain from, enum gs_domain to, bool *used)
{
    for (int leaves = 0; leaves < 2; leaves++) {
        bool left = false;
        for (size_t i = 0; gs_stage_kinds[i] && !left; i++) {
            const struct gs_stage_kind *kind = gs_stage_kinds[i];
            if (!used[i] && !(kind->flags & GS_STAGE_MASTER) && leads(kind, from, leaves ? to : from)) {
                write_stage(a, kind, "");
                used[i] = true;
                left = leaves;
            }
        }
    }
}

/* From the sound in front of a microphone to the sound at the ear. */
static void write_chain(struct author *a)
{
    bool used[64] = { false };
    write_text(a, "{\"gainstage\":1,\"stages\":[");
    for (size_t i = 0; gs_stage_kinds[i]; i++) {
        if (!gs_stage_kinds[i]->domains_in) {
            write_stage(a, gs_stage_kinds[i],
                        ",\"domain\":\"acoustic\",\"signal\":\"sine\",\"spl_db\":80,\"channels\":2");
            used[i] = true;
        }
    }
    write_domain(a, GS_ACOUSTIC, GS_ANALOG, used);
    write_domain(a, GS_ANALOG, GS_DIGITAL, used);
    write_domain(a, GS_DIGITAL, GS_DIGITAL, used);
    for (size_t i = 0; gs_stage_kinds[i]; i++) {
        if (gs_stage_kinds[i]->flags & GS_STAGE_MASTER) {
            write_stage(a, gs_stage_kinds[i], "");
            used[i] = true;
        }
    }
    write_domain(a, GS_DIGITAL, GS_ANALOG, used);
    write_domain(a, GS_ANALOG, GS_ACOUSTIC, used);
    write_text(a, "]}");
    for (size_t i = 0; gs_stage_kinds[i]; i++) {
        cr_assert(used[i], "%s has no place in the chain of all kinds", gs_stage_kinds[i]->key);
    }
}

Test(clean_chain, of_all_kinds_gives_the_ideal_bits_at_its_end)
{
    static const double rates[] = { 44100, 48000, 96000 };
    struct author a = { .length = 0 };
    write_chain(&a);
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        struct bench bench = bench_open(a.text, rates[r]);
        bench_run(&bench, NULL, NULL, NULL, (unsigned)rates[r], 1024);
        gs_engine_flush(bench.engine);
        gs_engine_poll(bench.engine);
        for (size_t i = 0; i < bench.chain->n_stages; i++) {
            const struct gs_chain_stage *s = &bench.chain->stages[i];
            cr_assert_gt(bench_reading(&bench, s->id, "rms_total"), -100, "%s is silent", s->kind->key);
            cr_assert_eq(bench_reading(&bench, s->id, "error_total"), -INFINITY,
                         "%s errs by %.1f dB at %g Hz: what makes it clean?\n%s", s->kind->key,
                         bench_reading(&bench, s->id, "error_total"), rates[r], a.text);
        }
        bench_close(&bench);
    }
}
