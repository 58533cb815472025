/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A day of sound through the whole bank and its readout: integrated loudness and energies are exact to 0.01 dB at the
 * end, counts to one, and the memory is what it was after the first minute. Some minutes of processor time; with
 * --hours N a part of the day. Says what it found, ends with 1 where that is wrong. */
#include "engine/readout.h"
#include "meter/bank.h"
#include "meter/weighting.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RATE         48000
#define CELLS        (RATE / GS_CELL) /* of a second */
#define WIRES        4                /* stereo */
#define LANES        (2 * WIRES)
#define HZ           997 /* whole periods in a second */
#define TOLERANCE_DB 0.01

/* What a wire carries in the first and in the second half of the day, in dBFS; and one clipped frame a second. */
static const struct {
    const char *name;
    double first_dbfs, second_dbfs;
} wires[WIRES] = {
    { "steady at -23 dBFS", -23, -23 },
    { "half a day at -20, half at -26 dBFS", -20, -26 },
    { "half a day at -60, half at -65 dBFS", -60, -65 },
    { "half a day at -3, half at -9 dBFS", -3, -9 },
};

static float sound[LANES][2][RATE]; /* a second of either half */
static float cell[LANES][GS_CELL];
static uint32_t clip[LANES];

static void make_sound(void)
{
    for (int lane = 0; lane < LANES; lane++) {
        for (int half = 0; half < 2; half++) {
            double dbfs = half ? wires[lane / 2].second_dbfs : wires[lane / 2].first_dbfs;
            for (int i = 0; i < RATE; i++) {
                sound[lane][half][i] = (float)(pow(10, dbfs / 20) * sin(2 * M_PI * HZ * i / RATE));
            }
        }
    }
}

static long resident_kb(void)
{
    long pages = 0;
    FILE *from = fopen("/proc/self/statm", "r");
    if (from && fscanf(from, "%*d %ld", &pages) != 1) {
        pages = 0;
    }
    if (from) {
        fclose(from);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

struct soak {
    void *memory;
    struct gs_bank *bank;
    struct gs_readout *readout;
    struct gs_bin *bin;
    uint64_t cells;
};

static void run_second(struct soak *s, int half)
{
    for (int c = 0; c < CELLS; c++) {
        for (int lane = 0; lane < LANES; lane++) {
            memcpy(cell[lane], &sound[lane][half][c * GS_CELL], sizeof cell[lane]);
            clip[lane] = c == 0;
        }
        gs_bank_cell(s->bank);
        if (gs_bin_ends(s->cells++, RATE)) {
            s->bin->frames = (uint32_t)(s->cells * GS_CELL - s->bin->first_frame);
            gs_bank_take(s->bank, s->bin->field);
            gs_readout_bin(s->readout, s->bin);
            s->bin->first_frame += s->bin->frames;
        }
    }
}

static int failures;

static void check(const char *wire, const char *key, double found, double expected, double tolerance)
{
    bool good = fabs(found - expected) <= tolerance;
    failures += !good;
    printf("  %-38s %-16s %12.4f, expected %12.4f %s\n", wire, key, found, expected, good ? "" : "WRONG");
}

static double power_mean(double a_db, double b_db)
{
    return 10 * log10((pow(10, a_db / 10) + pow(10, b_db / 10)) / 2);
}

/* What the measuring band, whose noise bandwidth is exact, makes of a tone. */
static double band_db(void)
{
    struct gs_band band;
    gs_band_design(&band, RATE);
    return 10 * log10(gs_band_power(&band, 2 * M_PI * HZ / RATE));
}

static void check_wire(const struct soak *s, int w, long seconds)
{
    const struct {
        const char *key;
        double gain_db;
    } energies[] = { { "rms_total", 0 }, { "noise_total", band_db() } };
    double mean = power_mean(wires[w].first_dbfs, wires[w].second_dbfs);
    size_t lane = 2 * (size_t)w;
    for (int i = 0; i < 2; i++) {
        double found = gs_readout_value(s->readout, lane, gs_reading_find(NULL, energies[i].key));
        check(wires[w].name, energies[i].key, found, mean + energies[i].gain_db, TOLERANCE_DB);
    }
    check(wires[w].name, "integrated",
          gs_readout_value(s->readout, lane, gs_reading_find(NULL, "integrated")), mean, TOLERANCE_DB);
    check(wires[w].name, "loudness_range",
          gs_readout_value(s->readout, lane, gs_reading_find(NULL, "loudness_range")),
          wires[w].first_dbfs - wires[w].second_dbfs, TOLERANCE_DB);
    check(wires[w].name, "over1", gs_readout_value(s->readout, lane, gs_reading_find(NULL, "over1")),
          (double)seconds, 0);
    check(wires[w].name, "loudness_time",
          gs_readout_value(s->readout, lane, gs_reading_find(NULL, "loudness_time")), (double)seconds, 0);
}

static struct soak start(void)
{
    struct soak s = { 0 };
    struct gs_readout_lane lane[LANES];
    for (unsigned i = 0; i < LANES; i++) {
        lane[i] = (struct gs_readout_lane){ .domain = GS_DIGITAL, .channel = i % 2, .channels = 2 };
    }
    s.memory = aligned_alloc(64, (gs_bank_size(LANES) + 63) / 64 * 64);
    s.bank = gs_bank_init(s.memory, LANES, RATE);
    for (size_t i = 0; i < LANES; i++) {
        gs_bank_connect(s.bank, i, cell[i], cell[i], &clip[i]);
    }
    s.readout = gs_readout_create(lane, LANES, &(struct gs_alignment){ 18, -18 }, RATE);
    s.bin = calloc(1, sizeof *s.bin + gs_bank_fields() * LANES * sizeof(float));
    s.bin->n_fields = (uint32_t)gs_bank_fields();
    s.bin->n_lanes = LANES;
    return s;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    double hours = argc == 3 && strcmp(argv[1], "--hours") == 0 ? atof(argv[2]) : 24;
    if (!(hours > 0) || argc == 2 || argc > 3) {
        fprintf(stderr, "Usage: soak_meters [--hours N]\n");
        return 64;
    }
    long seconds = lround(hours * 1800) * 2, before_kb = 0;
    make_sound();
    struct soak s = start();
    double begin_s = now_s();
    for (long i = 0; i < seconds; i++) {
        run_second(&s, i >= seconds / 2);
        if (i == (seconds > 120 ? 60 : seconds / 2)) {
            before_kb = resident_kb();
        }
    }
    long after_kb = resident_kb();
    printf("%.2f hours of %d channels, %s, %.0f s of processor time:\n", (double)seconds / 3600, LANES,
           gs_meter_isa(0)->name, now_s() - begin_s);
    for (int w = 0; w < WIRES; w++) {
        check_wire(&s, w, seconds);
    }
    printf("  memory: %ld kB after the first minute, %ld kB at the end\n", before_kb, after_kb);
    gs_readout_destroy(s.readout);
    free(s.bin);
    free(s.memory);
    return failures > 0 || after_kb - before_kb > 256;
}
