/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the meters cost: nanoseconds of processor time per channel and sample, for the whole set at 1 to 1024
 * channels and periods of 16 to 1024 frames, for each kind alone, for the control side that folds the bins,
 * beside a plain copy of the same data (the floor) and libebur128 with integrated loudness, range and true
 * peak. All rows are measured in turn, many times over; the median is shown, and the quarters around it.
 * --isa measures another instruction set than the fastest. */
#include "engine/readout.h"
#include "meter/bank.h"
#include "meter/flush.h"
#include "meter/gather.h"

#ifdef HAVE_EBUR128
#include <ebur128.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE 48000.0
#define SOUND                                                                                                \
    4096 /* frames of sound, repeated: few, since what a stage writes was never far from its cache */
#define APART        52     /* frames that one channel is ahead of the next */
#define SAMPLES      400000 /* channels x frames of a run, about */
#define REPEATS      15     /* --once: 1 */
#define ROWS         96
#define CHANNELS_MAX 1024
#define GOAL_NS      5.0
#define GOAL_RATIO   25.0

static const unsigned channel_counts[] = { 1, 8, 64, 256, 1024 };
static const unsigned periods[] = { 16, 64, 256, 1024 };
#define COUNTS    (sizeof channel_counts / sizeof channel_counts[0])
#define PERIODS   (sizeof periods / sizeof periods[0])
#define SET       "all meters"
#define FLOOR     "plain copy"
#define OTHER     "libebur128"
#define OTHER_MAX 64 /* channels */

struct row {
    char name[24];
    unsigned channels, period;
    const struct gs_meter_kind *kind; /* alone; NULL: the set or what `run` is */
    double (*run)(const struct row *row);
    double ns[REPEATS];
};

static const struct gs_meter_isa *isa;
static int repeats = REPEATS;
static struct row rows[ROWS];
static size_t n_rows;
static float sound[SOUND + GS_CELL];
static float path[GS_PATHS][CHANNELS_MAX][GS_CELL];
static uint32_t clip[CHANNELS_MAX];
static const float no_reduction;
static float bin_memory[64 * CHANNELS_MAX + 16];

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static unsigned frames_of(unsigned channels)
{
    unsigned frames = SAMPLES / channels / 1024 * 1024;
    return frames > 2048 ? frames : 2048;
}

/* Noise that swells and fades: peaks rise all the time, so that no shortcut holds. */
static void make_sound(void)
{
    uint32_t seed = 1;
    for (unsigned i = 0; i < SOUND; i++) {
        seed = seed * 69069u + 1;
        sound[i] = (float)(seed / 2147483648.0 - 1) * 0.5f * (float)(i % 960 + 40) / 1000;
    }
    memcpy(sound + SOUND, sound, GS_CELL * sizeof *sound);
}

/* A cell of sound, at most, of one channel. */
static const float *sound_of(unsigned channel, unsigned at)
{
    return sound + (at + channel * APART) % SOUND;
}

/* A piece of a period, as the engine leaves it on the wires. */
static void copy(unsigned channels, unsigned at, unsigned to, unsigned frames)
{
    for (unsigned c = 0; c < channels; c++) {
        memcpy(path[GS_REAL][c] + to, sound_of(c, at), frames * sizeof(float));
        memcpy(path[GS_IDEAL][c] + to, sound_of(c, at), frames * sizeof(float));
    }
}

/* Periods cut into cells; `bank` NULL: the copy alone. */
static double run_periods(const struct row *row, struct gs_bank *bank)
{
    unsigned frames = frames_of(row->channels), filled = 0;
    uint64_t cell = 0;
    double begin = now_ns();
    for (unsigned at = 0; at < frames; at += row->period) {
        for (unsigned done = 0; done < row->period;) {
            unsigned left = row->period - done, room = GS_CELL - filled, n = left < room ? left : room;
            copy(row->channels, at + done, filled, n);
            done += n;
            filled = (filled + n) % GS_CELL;
            if (filled == 0 && bank) {
                gs_bank_cell(bank);
                if (gs_bin_ends(cell++, RATE)) {
                    gs_bank_take(bank, bin_memory);
                }
            }
        }
    }
    return (now_ns() - begin) / ((double)frames * row->channels);
}

static double run_set(const struct row *row)
{
    void *memory = aligned_alloc(64, (gs_bank_size(row->channels) + 63) / 64 * 64);
    struct gs_bank *bank = gs_bank_init_isa(memory, row->channels, RATE, isa);
    for (unsigned c = 0; c < row->channels; c++) {
        gs_bank_connect(bank, c, path[GS_REAL][c], path[GS_IDEAL][c], &clip[c]);
    }
    double ns = run_periods(row, bank);
    free(memory);
    return ns;
}

static double run_copy(const struct row *row)
{
    return run_periods(row, NULL);
}

/* One kind over cells that are already gathered. */
static double run_kind(const struct row *row)
{
    enum {
        GROUPS = 64 / GS_LANES,
        CELLS = 240
    };
    const struct gs_meter_setup setup = { .rate_hz = RATE, .bin_hz = GS_BIN_HZ };
    static struct gs_lanes_cell cell[GROUPS];
    size_t shared_bytes = row->kind->shared_size;
    void *shared = aligned_alloc(64, (shared_bytes + 64) / 64 * 64), *state[GROUPS];
    memset(shared, 0, (shared_bytes + 64) / 64 * 64);
    if (row->kind->prepare) {
        row->kind->prepare(shared, &setup);
    }
    for (int g = 0; g < GROUPS; g++) {
        size_t bytes = (row->kind->size + 63) / 64 * 64;
        state[g] = memset(aligned_alloc(64, bytes), 0, bytes);
        if (row->kind->init) {
            row->kind->init(state[g], shared);
        }
        struct gs_gather from;
        for (int lane = 0; lane < GS_LANES; lane++) {
            from.real[lane] = from.ideal[lane] = sound_of((unsigned)(g * GS_LANES + lane), 0);
            from.clip[lane] = &clip[lane];
            from.reduction_db[lane] = &no_reduction;
        }
        cell[g].lanes = GS_LANES;
        isa->gather(&from, &cell[g]);
    }
    float field[GS_METER_FIELDS_MAX][GS_LANES] GS_LANES_ALIGNED;
    unsigned mode = gs_flush_begin();
    double begin = now_ns();
    for (int i = 0; i < CELLS; i++) {
        for (int g = 0; g < GROUPS; g++) {
            row->kind->cell(state[g], shared, &cell[g]);
            if (i % 15 == 14) {
                row->kind->take(state[g], shared, field);
            }
        }
    }
    double ns = (now_ns() - begin) / (CELLS * GROUPS * GS_CELL * GS_LANES);
    gs_flush_end(mode);
    for (int g = 0; g < GROUPS; g++) {
        free(state[g]);
    }
    free(shared);
    return ns;
}

/* The control side: stereo wires, bins of 10 ms. */
static double run_fold(const struct row *row)
{
    enum {
        BINS = 100
    };
    static struct gs_readout_lane lane[CHANNELS_MAX];
    for (unsigned c = 0; c < row->channels; c++) {
        lane[c] = (struct gs_readout_lane){ .domain = GS_DIGITAL, .channel = c % 2, .channels = 2 };
    }
    struct gs_readout *readout =
        gs_readout_create(lane, row->channels, &(struct gs_alignment){ 18, -18 }, RATE);
    struct gs_bin *bin = (struct gs_bin *)(void *)bin_memory;
    *bin = (struct gs_bin){ .frames = (uint32_t)(RATE / GS_BIN_HZ),
                            .n_fields = (uint32_t)gs_bank_fields(),
                            .n_lanes = (uint32_t)gs_bank_lanes(row->channels) };
    for (size_t i = 0; i < (size_t)bin->n_fields * bin->n_lanes; i++) {
        bin->field[i] = 0.1f;
    }
    double begin = now_ns();
    for (int i = 0; i < BINS; i++) {
        gs_readout_bin(readout, bin);
        bin->first_frame += bin->frames;
    }
    double ns = (now_ns() - begin) / (BINS * RATE / GS_BIN_HZ * row->channels);
    gs_readout_destroy(readout);
    return ns;
}

#ifdef HAVE_EBUR128
static double run_ebur128(const struct row *row)
{
    unsigned n = row->channels > 2 ? row->channels / 2 : 1, per = row->channels > 1 ? 2 : 1;
    unsigned frames = frames_of(row->channels);
    ebur128_state **state = calloc(n, sizeof *state);
    float *mixed = calloc((size_t)row->period * per, sizeof *mixed);
    for (unsigned i = 0; i < n; i++) {
        state[i] = ebur128_init(per, (unsigned long)RATE,
                                EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK);
    }
    double begin = now_ns();
    for (unsigned at = 0; at < frames; at += row->period) {
        for (unsigned i = 0; i < n; i++) {
            for (unsigned k = 0; k < row->period * per; k++) {
                mixed[k] = *sound_of(i * per + k % per, at + k / per);
            }
            ebur128_add_frames_float(state[i], mixed, row->period);
        }
    }
    double ns = (now_ns() - begin) / ((double)frames * row->channels);
    for (unsigned i = 0; i < n; i++) {
        ebur128_destroy(&state[i]);
    }
    free(state);
    free(mixed);
    return ns;
}
#endif

/* ---- rows -------------------------------------------------------------------------------------------------- */

static void add(const char *name, unsigned channels, unsigned period, const struct gs_meter_kind *kind,
                double (*run)(const struct row *row))
{
    struct row *row = &rows[n_rows++];
    snprintf(row->name, sizeof row->name, "%s", name);
    row->channels = channels;
    row->period = period;
    row->kind = kind;
    row->run = run;
}

static void list_rows(void)
{
    for (size_t i = 0; i < COUNTS; i++) {
        for (size_t p = 0; p < PERIODS; p++) {
            add(SET, channel_counts[i], periods[p], NULL, run_set);
        }
    }
    for (size_t i = 0; i < COUNTS; i++) {
        for (size_t p = 0; p < PERIODS; p++) {
            add(FLOOR, channel_counts[i], periods[p], NULL, run_copy);
        }
    }
#ifdef HAVE_EBUR128
    /* Each of its states keeps 3 s of sound: a thousand channels would be a gigabyte. */
    for (size_t i = 0; i < COUNTS && channel_counts[i] <= OTHER_MAX; i++) {
        for (size_t p = 0; p < PERIODS; p++) {
            add(OTHER, channel_counts[i], periods[p], NULL, run_ebur128);
        }
    }
#endif
    add("folding of bins", 64, 0, NULL, run_fold);
    add("folding of bins", 1024, 0, NULL, run_fold);
    for (const struct gs_meter_kind *const *kind = isa->kind; *kind; kind++) {
        add((*kind)->key, 64, GS_CELL, *kind, run_kind);
    }
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Sorted when all is measured: quarter, median, three quarters. */
static double share(const struct row *row, int quarters)
{
    return row->ns[(repeats - 1) * quarters / 4];
}

static const struct row *find(const char *name, unsigned channels, unsigned period)
{
    for (size_t i = 0; i < n_rows; i++) {
        if (strcmp(rows[i].name, name) == 0 && rows[i].channels == channels && rows[i].period == period) {
            return &rows[i];
        }
    }
    return NULL;
}

static void measure_all(void)
{
    for (int r = 0; r < repeats; r++) {
        for (size_t i = 0; i < n_rows; i++) {
            rows[i].ns[r] = rows[i].run(&rows[i]);
        }
    }
    for (size_t i = 0; i < n_rows; i++) {
        qsort(rows[i].ns, (size_t)repeats, sizeof rows[i].ns[0], by_size);
    }
}

/* How many times a row of the set is dearer than the floor, and libebur128 than it, at the same size; of more channels
 * than libebur128 is measured with, at the most of these. 0: not measured. */
static double times_floor(const struct row *row)
{
    const struct row *floor = find(FLOOR, row->channels, row->period);
    return strcmp(row->name, SET) == 0 && floor ? share(row, 2) / share(floor, 2) : 0;
}

static double times_faster(const struct row *row)
{
    const struct row *other = find(OTHER, row->channels < OTHER_MAX ? row->channels : OTHER_MAX, row->period);
    return strcmp(row->name, SET) == 0 && other ? share(other, 2) / share(row, 2) : 0;
}

static void print_table(void)
{
    printf(
        "Meters, %s, 48 kHz, real and ideal path: ns of processor time per channel and sample, median of %d "
        "runs\n%-18s %8s %7s %9s   %-18s %9s %12s\n",
        isa->name, repeats, "", "channels", "period", "median", "middle half", "x copy", "libebur128 x");
    for (size_t i = 0; i < n_rows; i++) {
        const struct row *row = &rows[i];
        printf("%-18s %8u %7u %9.3f   %7.3f .. %7.3f", row->name, row->channels, row->period, share(row, 2),
               share(row, 1), share(row, 3));
        if (times_floor(row) > 0) {
            printf(" %9.1f", times_floor(row));
        }
        if (times_faster(row) > 0) {
            printf(" %12.1f", times_faster(row));
        }
        putchar('\n');
    }
}

/* How much dearer a channel is among 1024 than among `few`. */
static void print_growth(unsigned few)
{
    double set = share(find(SET, few, 64), 2), copied = share(find(FLOOR, few, 64), 2);
    double set_of_many = share(find(SET, 1024, 64), 2), copied_of_many = share(find(FLOOR, 1024, 64), 2);
    printf(".\nFrom %u to 1024 channels a channel's cost changes by %+.0f %%, without the copy by %+.0f %%",
           few, 100 * (set_of_many / set - 1), 100 * ((set_of_many - copied_of_many) / (set - copied) - 1));
}

static void print_verdict(void)
{
    const struct row *set = find(SET, 64, 64), *floor = find(FLOOR, 64, 64);
    const struct row *other = find(OTHER, 64, 64), *wide = find(SET, 256, 64);
    const struct row *fold = find("folding of bins", 64, 0);
    printf("\nWhole set: %.2f ns (goal %.0f), %.0f times the plain copy", share(set, 2), GOAL_NS,
           share(set, 2) / share(floor, 2));
    if (other) {
        printf(", libebur128 takes %.1f times as long (goal %.0f)", share(other, 2) / share(set, 2),
               GOAL_RATIO);
    }
    if (other) {
        double same = share(find("loudness", 64, GS_CELL), 2) + share(find("true_peak", 64, GS_CELL), 2);
        printf(".\nOf the set, loudness and true peak alone: %.2f ns, a %.0fth of libebur128", same,
               share(other, 2) / same);
    }
    print_growth(8);
    print_growth(64);
    printf(".\n128 stereo stages at 48 kHz, 64 frames: %.1f %% of a core, and %.1f %% to fold their bins.\n",
           share(wide, 2) * 256 * RATE / 1e7, share(fold, 2) * 256 * RATE / 1e7);
}

static int write_json(const char *name)
{
    FILE *to = fopen(name, "w");
    if (!to) {
        fprintf(stderr, "bench_meters: cannot write %s\n", name);
        return 1;
    }
    fprintf(to,
            "{ \"gainstage_bench_meters\": 1, \"isa\": \"%s\", \"rate_hz\": %.0f, \"runs\": %d, \"rows\": [",
            isa->name, RATE, repeats);
    for (size_t i = 0; i < n_rows; i++) {
        fprintf(
            to,
            "%s\n  { \"name\": \"%s\", \"channels\": %u, \"period\": %u, \"ns\": %.4f, \"ns_quarter\": %.4f, "
            "\"ns_three_quarters\": %.4f",
            i ? "," : "", rows[i].name, rows[i].channels, rows[i].period, share(&rows[i], 2),
            share(&rows[i], 1), share(&rows[i], 3));
        if (times_floor(&rows[i]) > 0) {
            fprintf(to, ", \"times_copy\": %.2f", times_floor(&rows[i]));
        }
        if (times_faster(&rows[i]) > 0) {
            fprintf(to, ", \"libebur128_times\": %.2f", times_faster(&rows[i]));
        }
        fputs(" }", to);
    }
    fprintf(to, " ] }\n");
    return fclose(to) != 0;
}

static const struct gs_meter_isa *isa_named(const char *name)
{
    size_t i = 0;
    while (gs_meter_isa(i) && strcmp(gs_meter_isa(i)->name, name) != 0) {
        i++;
    }
    return gs_meter_isa(i);
}

static int usage(void)
{
    fprintf(stderr, "Usage: bench_meters [--once] [--json FILE] [--isa ISA]\nISA of this machine:");
    for (size_t i = 0; gs_meter_isa(i); i++) {
        fprintf(stderr, " %s", gs_meter_isa(i)->name);
    }
    fputc('\n', stderr);
    return 64;
}

int main(int argc, char **argv)
{
    const char *json = NULL;
    isa = gs_meter_isa(0);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--once") == 0) {
            repeats = 1;
        } else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
            json = argv[++i];
        } else if (strcmp(argv[i], "--isa") == 0 && i + 1 < argc) {
            isa = isa_named(argv[++i]);
        } else {
            isa = NULL;
        }
    }
    if (!isa) {
        return usage();
    }
    make_sound();
    list_rows();
    measure_all();
    print_table();
    print_verdict();
    return json ? write_json(json) : 0;
}
