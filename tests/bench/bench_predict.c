/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the prediction costs: microseconds of processor time for chains of 64 stages after one knob was turned - a
 * line of filters, a line of stages driven into their curves, a desk whose strips meet themselves at five buses, and
 * ten strips of real kinds with a compressor at work in each. The median of many runs; the goal is 1 ms. */
#include "../support/box_chain.h"
#include "chain/chain.h"
#include "chain/predict.h"
#include "chain/sounds.h"
#include "chain/take.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STAGES  64
#define RUNS    101 /* --once: 1 */
#define GOAL_US 1000.0

static struct box_chain *line(const struct gs_stage_kind *kind)
{
    struct box_chain *b = box_chain_new();
    box_add(b, &box_source, -10);
    for (int i = 0; i < STAGES - 2; i++) {
        unsigned s = box_add(b, kind, i % 2 ? 6 : -6);
        box_set(b, s, BOX_NOISE_OUT, -110);
        box_set(b, s, BOX_CEILING, 0);
        box_set(b, s, BOX_HIGH_PASS_HZ, 20);
    }
    box_add(b, &box_master, 0);
    return b;
}

static struct box_chain *desk(void)
{
    struct box_chain *b = box_chain_new();
    unsigned end[12], bus[5];
    for (int strip = 0; strip < 12; strip++) {
        unsigned s = box_add(b, &box_source, -40);
        box_set(b, s, BOX_HIGH_PASS_HZ, 100 * strip + 100);
        for (int i = 0; i < 3; i++) {
            s = box_add(b, &box_plain, 6);
            box_set(b, s, BOX_NOISE_IN, -120);
            box_set(b, s, BOX_HIGH_PASS_HZ, 20);
        }
        end[strip] = s;
    }
    for (int i = 0; i < 5; i++) {
        bus[i] = box_add_sum(b, &box_sum, 12, end);
    }
    box_add_sum(b, &box_sum, 5, bus);
    while (b->chain.n_stages < STAGES - 1) {
        box_add(b, &box_plain, 0);
    }
    box_add(b, &box_master, 0);
    return b;
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void time_turns(const char *name, const struct gs_chain *chain, const struct gs_take *takes,
                       double *values, size_t turned, int runs)
{
    double us[RUNS];
    struct gs_predictor *p = gs_predictor_create(chain, takes, 48000);
    if (!p) {
        exit(1);
    }
    double first = now_us();
    gs_predictor_run(p, NULL);
    first = now_us() - first;
    for (int i = 0; i < runs; i++) {
        values[turned] += i % 2 ? -0.5 : 0.5;
        double start = now_us();
        gs_predictor_run(p, NULL);
        us[i] = now_us() - start;
    }
    qsort(us, (size_t)runs, sizeof *us, by_size);
    printf("%-28s %3zu stages  first %6.0f us  after a turn %6.0f us  (goal %.0f us)\n", name,
           chain->n_stages, first, us[runs / 2], GOAL_US);
    gs_predictor_destroy(p);
}

static void measure(const char *name, struct box_chain *b, int runs)
{
    time_turns(name, &b->chain, NULL, b->values, b->stages[1].first_slot, runs);
    free(b);
}

static void measure_compressors(const char *name, const char *signal, int runs)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    fputs("{\"gainstage\":1,\"stages\":[", to);
    for (int i = 0; i < 10; i++) {
        fprintf(to,
                "{\"id\":\"s%d\",\"kind\":\"source\",\"domain\":\"line\",\"signal\":\"%s\","
                "\"frequency_hz\":%d,\"level_dbu\":-50},"
                "{\"id\":\"p%d\",\"kind\":\"preamp\",\"gain_db\":50,\"ein_dbu\":-128},"
                "{\"id\":\"a%d\",\"kind\":\"adc\",\"dynamic_range_db\":111},"
                "{\"id\":\"e%d\",\"kind\":\"eq\",\"highpass_hz\":80},"
                "{\"id\":\"c%d\",\"kind\":\"compressor\",\"threshold_db\":-24,\"ratio\":4},"
                "{\"id\":\"f%d\",\"kind\":\"fader\",\"gain_db\":-10},",
                i, signal, 200 + 90 * i, i, i, i, i, i);
    }
    fputs("{\"id\":\"mix\",\"kind\":\"bus\",\"from\":[", to);
    for (int i = 0; i < 10; i++) {
        fprintf(to, "%s\"f%d\"", i ? "," : "", i);
    }
    fputs("]},{\"id\":\"g\",\"kind\":\"gain\"},{\"id\":\"h\",\"kind\":\"gain\"},"
          "{\"id\":\"out\",\"kind\":\"master\"}]}",
          to);
    fclose(to);
    struct gs_chain *chain = NULL;
    struct gs_errors errors = { 0 };
    if (gs_chain_parse(text, size, "bench", &chain, &errors)) {
        fprintf(stderr, "%s: %s\n", errors.list[0].where, errors.list[0].text);
        exit(1);
    }
    struct gs_take *takes = calloc(chain->n_stages, sizeof *takes);
    if (!takes || gs_sounds_make(chain, 48000, NULL, 0, takes, &errors)) {
        exit(1);
    }
    int gain = gs_stage_param_index(chain->stages[1].kind, "gain_db");
    time_turns(name, chain, takes, chain->value, gs_chain_slot(chain, 1, (size_t)gain), runs);
    for (size_t i = 0; i < chain->n_stages; i++) {
        gs_take_finish(&takes[i]);
    }
    free(takes);
    gs_chain_destroy(chain);
    free(text);
}

int main(int argc, char **argv)
{
    int runs = argc > 1 && strcmp(argv[1], "--once") == 0 ? 1 : RUNS;
    measure("line of filters", line(&box_plain), runs);
    measure("line of driven curves", line(&box_tanh), runs);
    measure("desk that meets itself", desk(), runs);
    measure_compressors("ten compressors, on tones", "sine", runs);
    measure_compressors("ten compressors, on noise", "pink", runs);
    return 0;
}
