/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Measuring a sound file: see measure.h. */
#include "backend/measure.h"

#include "backend/measure_roles.h"
#include "base/alignment.h"
#include "meter/bank.h"

#include <sndfile.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define READ_FRAMES 4096
#define PIPE_SAYS   0x7ff00000 /* lengths from here on are none */
#define TAIL_CELLS  2          /* silence behind the end, so that the last inter-sample peak comes out */

struct job {
    const struct gs_measure *measure;
    struct gs_measurement *result;
    FILE *input; /* what came from standard input */
    SNDFILE *file;
    SF_INFO info;
    unsigned bin_hz;
    float full_scale; /* a magnitude that counts as clipped */
    void *memory;
    struct gs_bank *bank;
    struct gs_bin *bin;
    float *interleaved, *cells; /* cells: GS_CELL a channel */
    uint32_t *clip;
    unsigned filled;
    uint64_t cell; /* number of the one being filled */
    uint64_t ticks;
};

/* ---- file -------------------------------------------------------------------------------------------------- */

/* What cannot be seen in the float samples: the positive end of an integer format is short of 1. */
static float full_scale_of(int format)
{
    switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
        return 1 - 0x1p-7f;
    case SF_FORMAT_PCM_16:
        return 1 - 0x1p-15f;
    case SF_FORMAT_PCM_24:
        return 1 - 0x1p-23f;
    default:
        return 1;
    }
}

/* A RIFF or AIFF file begins with its length: a copy or a recording that was broken off is shorter. What was written
 * into a pipe says the most that fits. */
static bool ends_early(const char *path)
{
    unsigned char head[8];
    struct stat st;
    FILE *file = fopen(path, "rb");
    bool read = file && fread(head, 1, sizeof head, file) == sizeof head && !fstat(fileno(file), &st);
    if (file) {
        fclose(file);
    }
    bool riff = read && memcmp(head, "RIFF", 4) == 0, aiff = read && memcmp(head, "FORM", 4) == 0;
    uint32_t says = 0;
    for (int i = 0; i < 4 && (riff || aiff); i++) {
        says = says << 8 | head[riff ? 7 - i : 4 + i];
    }
    return (riff || aiff) && says < PIPE_SAYS && (uint64_t)says + sizeof head > (uint64_t)st.st_size + 1;
}

/* A pipe goes through a file without a name: most formats are read back and forth. */
static FILE *standard_input(void)
{
    char block[1 << 16];
    size_t got;
    FILE *copy = tmpfile();
    while (copy && (got = fread(block, 1, sizeof block, stdin)) > 0) {
        if (fwrite(block, 1, got, copy) < got) {
            break;
        }
    }
    if (copy && (ferror(stdin) || ferror(copy))) {
        int why = errno;
        fclose(copy);
        errno = why;
        return NULL;
    }
    if (copy) {
        rewind(copy);
    }
    return copy;
}

static enum gs_status expect_file(const char *path, struct gs_error *error)
{
    struct stat st;
    if (stat(path, &st)) {
        return gs_fail(error, GS_E_NOFILE, path, "no such sound file");
    }
    return S_ISREG(st.st_mode)
               ? GS_OK
               : gs_fail(error, GS_E_NOFILE, path, "%s: expected a sound file, or - for standard input",
                         S_ISDIR(st.st_mode) ? "a folder" : "a pipe or a device");
}

static enum gs_status open_file(struct job *job, struct gs_error *error)
{
    const char *path = job->measure->path;
    if (strcmp(path, "-") == 0) {
        job->input = standard_input();
        if (!job->input) {
            return gs_fail(error, GS_E_IO, path, "cannot copy standard input: %s", strerror(errno));
        }
        job->file = sf_open_fd(fileno(job->input), SFM_READ, &job->info, SF_FALSE);
    } else if (expect_file(path, error)) {
        return GS_E_NOFILE;
    } else {
        job->file = sf_open(path, SFM_READ, &job->info);
        job->result->ends_early = ends_early(path);
    }
    if (!job->file) {
        return gs_fail(error, GS_E_SYNTAX, path, "not a sound file that can be read: %s", sf_strerror(NULL));
    }
    if (job->info.samplerate < GS_MEASURE_RATE_MIN || job->info.samplerate > GS_MEASURE_RATE_MAX) {
        return gs_fail(error, GS_E_RANGE, path, "%d Hz: expected a sample rate from %d to %d Hz",
                       job->info.samplerate, GS_MEASURE_RATE_MIN, GS_MEASURE_RATE_MAX);
    }
    job->full_scale = full_scale_of(job->info.format);
    return GS_OK;
}

/* ---- meters ------------------------------------------------------------------------------------------------ */

static struct gs_readout *create_readout(const struct job *job)
{
    unsigned channels = job->result->channels;
    const struct gs_alignment fallback = gs_alignment_default();
    struct gs_readout_lane *lane = calloc(channels, sizeof *lane);
    for (unsigned c = 0; lane && c < channels; c++) {
        lane[c] = (struct gs_readout_lane){ .domain = GS_DIGITAL, .channel = c, .channels = channels };
    }
    if (lane) {
        gs_measure_roles(job->file, lane, channels);
    }
    struct gs_readout *readout =
        lane ? gs_readout_create_fine(lane, channels,
                                      job->measure->alignment ? job->measure->alignment : &fallback,
                                      job->result->rate_hz, job->bin_hz)
             : NULL;
    free(lane);
    return readout;
}

static size_t round_up(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

static enum gs_status create_meters(struct job *job, struct gs_error *error)
{
    unsigned channels = job->result->channels;
    size_t lanes = gs_bank_lanes(channels);
    job->bin_hz = job->measure->series_hz > GS_BIN_HZ ? GS_BIN_HZ_MAX : GS_BIN_HZ;
    job->memory = aligned_alloc(64, round_up(gs_bank_size(channels)));
    job->bin = calloc(1, sizeof *job->bin + gs_bank_fields() * lanes * sizeof(float));
    job->interleaved = calloc((size_t)READ_FRAMES * channels, sizeof *job->interleaved);
    job->cells = calloc((size_t)GS_CELL * channels, sizeof *job->cells);
    job->clip = calloc(channels, sizeof *job->clip);
    job->result->readout = create_readout(job);
    if (!job->memory || !job->bin || !job->interleaved || !job->cells || !job->clip ||
        !job->result->readout) {
        return gs_fail(error, GS_E_MEMORY, job->measure->path, "no memory for the meters of %u channels",
                       channels);
    }
    job->bank = gs_bank_init(job->memory, channels, job->result->rate_hz);
    for (unsigned c = 0; c < channels; c++) {
        const float *cell = job->cells + (size_t)c * GS_CELL;
        gs_bank_connect(job->bank, c, cell, cell, &job->clip[c]);
    }
    job->bin->n_fields = (uint32_t)gs_bank_fields();
    job->bin->n_lanes = (uint32_t)lanes;
    return GS_OK;
}

/* ---- the run ----------------------------------------------------------------------------------------------- */

/* Ticks stand at k / series_hz; each gets the newest bin that ends there or before. */
static void tick_until(struct job *job, double time_s, double next_s)
{
    const struct gs_measure *m = job->measure;
    for (; m->series_hz > 0; job->ticks++) {
        double at = (double)(job->ticks + 1) / m->series_hz;
        if (at >= next_s - 1e-9) {
            break;
        }
        m->tick(m->context, job->result, time_s);
    }
}

static double bin_end_s(const struct job *job)
{
    return (double)(job->bin->first_frame + job->bin->frames) / job->result->rate_hz;
}

/* `frames` of the bin are sound; what pads its last cell is not. */
static void close_bin(struct job *job, uint32_t frames)
{
    double before_s = (double)job->bin->first_frame / job->result->rate_hz;
    job->bin->frames = frames;
    if (job->bin->first_frame > 0) {
        tick_until(job, before_s, bin_end_s(job));
    }
    gs_bank_take(job->bank, job->bin->field);
    gs_readout_bin(job->result->readout, job->bin);
    job->bin->first_frame += frames;
    job->bin->frames = 0;
}

static void close_cell(struct job *job)
{
    gs_bank_cell(job->bank);
    memset(job->clip, 0, job->result->channels * sizeof *job->clip);
    job->filled = 0;
    job->cell++;
}

static void take_frames(struct job *job, const float *x, size_t frames)
{
    unsigned channels = job->result->channels;
    for (size_t i = 0; i < frames; i++) {
        for (unsigned c = 0; c < channels; c++) {
            float sample = *x++;
            job->cells[(size_t)c * GS_CELL + job->filled] = sample;
            job->clip[c] |= (uint32_t)(fabsf(sample) >= job->full_scale) << job->filled;
        }
        if (++job->filled == GS_CELL) {
            bool ends = gs_bin_ends_at(job->cell, job->result->rate_hz, job->bin_hz);
            close_cell(job);
            if (ends) {
                close_bin(job, (uint32_t)(job->cell * GS_CELL - job->bin->first_frame));
            }
        }
    }
}

/* The rest of the last cell and a little more is silence; the last bin knows how long it really is. */
static void finish_run(struct job *job)
{
    unsigned channels = job->result->channels;
    uint64_t frames = job->cell * GS_CELL + job->filled;
    for (int i = 0; i < TAIL_CELLS; i++) {
        for (unsigned c = 0; c < channels; c++) {
            memset(job->cells + (size_t)c * GS_CELL + job->filled, 0,
                   (GS_CELL - job->filled) * sizeof *job->cells);
        }
        close_cell(job);
    }
    close_bin(job, (uint32_t)(frames - job->bin->first_frame));
    tick_until(job, (double)frames / job->result->rate_hz, (double)frames / job->result->rate_hz + 2e-9);
    job->result->frames = frames;
}

static enum gs_status read_all(struct job *job, struct gs_error *error)
{
    const struct gs_measure *m = job->measure;
    sf_count_t got;
    while ((got = sf_readf_float(job->file, job->interleaved, READ_FRAMES)) > 0) {
        take_frames(job, job->interleaved, (size_t)got);
        if (m->progress && job->info.frames > 0) {
            m->progress(m->context, fmin(1, (double)(job->cell * GS_CELL) / (double)job->info.frames));
        }
    }
    if (sf_error(job->file)) {
        return gs_fail(error, GS_E_IO, m->path, "cannot read on: %s", sf_strerror(job->file));
    }
    finish_run(job);
    return GS_OK;
}

enum gs_status gs_measure_file(const struct gs_measure *measure, struct gs_measurement *measurement,
                               struct gs_error *error)
{
    struct job job = { .measure = measure, .result = measurement };
    *measurement = (struct gs_measurement){ .file = strdup(measure->path), .scales = measure->alignment };
    enum gs_status status =
        measurement->file ? open_file(&job, error) : gs_fail(error, GS_E_MEMORY, measure->path, "no memory");
    if (!status) {
        measurement->rate_hz = job.info.samplerate;
        measurement->channels = (unsigned)job.info.channels;
        status = create_meters(&job, error);
    }
    status = status ? status : read_all(&job, error);
    sf_close(job.file);
    if (job.input) {
        fclose(job.input);
    }
    free(job.memory);
    free(job.bin);
    free(job.interleaved);
    free(job.cells);
    free(job.clip);
    return status;
}

void gs_measurement_finish(struct gs_measurement *measurement)
{
    gs_readout_destroy(measurement->readout);
    free(measurement->file);
    *measurement = (struct gs_measurement){ 0 };
}
