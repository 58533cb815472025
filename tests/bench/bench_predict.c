/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the prediction costs: microseconds of processor time for chains of 64 stages after one knob was turned - a
 * line of filters, a line of stages driven into their curves, a desk whose strips meet themselves at five buses. The
 * median of many runs; the goal is 1 ms. */
#include "../support/box_chain.h"
#include "chain/predict.h"

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

static void measure(const char *name, struct box_chain *b, int runs)
{
    double us[RUNS];
    struct gs_predictor *p = gs_predictor_create(&b->chain, NULL, 48000);
    if (!p) {
        exit(1);
    }
    double first = now_us();
    gs_predictor_run(p, NULL);
    first = now_us() - first;
    for (int i = 0; i < runs; i++) {
        b->values[b->stages[1].first_slot] += i % 2 ? -0.5 : 0.5;
        double start = now_us();
        gs_predictor_run(p, NULL);
        us[i] = now_us() - start;
    }
    qsort(us, (size_t)runs, sizeof *us, by_size);
    printf("%-28s %3zu stages  first %6.0f us  after a turn %6.0f us  (goal %.0f us)\n", name,
           b->chain.n_stages, first, us[runs / 2], GOAL_US);
    gs_predictor_destroy(p);
    free(b);
}

int main(int argc, char **argv)
{
    int runs = argc > 1 && strcmp(argv[1], "--once") == 0 ? 1 : RUNS;
    measure("line of filters", line(&box_plain), runs);
    measure("line of driven curves", line(&box_tanh), runs);
    measure("desk that meets itself", desk(), runs);
    return 0;
}
