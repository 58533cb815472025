/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See offline.h. */
#include "backend/offline.h"

#include "chain/predict.h"
#include "chain/sounds.h"
#include "chain/take.h"
#include "engine/engine.h"

#include <sndfile.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX     40                   /* as Linux follows */
#define WAV_BYTES_MAX (UINT32_MAX - 4096u) /* of sound; what is left has room for the heads of the chunks */

struct job {
    const struct gs_render *render;
    struct gs_errors *errors;
    struct gs_engine *engine;
    struct gs_take *takes; /* one an input */
    const float **feed;    /* start of each external channel, NULL: silence */
    uint64_t *feed_frames;
    unsigned n_feeds;
    unsigned block, channels;
    double rate_hz;
    uint64_t frames;
    SNDFILE *out;
    char *target; /* where the output goes, behind all symbolic links: those stay links */
    char *part; /* the output while it grows; renamed when whole, so that an old file stays whole till then */
    float *buffer; /* 2 x block outputs, 2 x block interleaved, then a block for each external channel */
};

/* ---- inputs ---- */

static double file_rate(const char *path)
{
    SF_INFO info = { 0 };
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    sf_close(file);
    return file ? info.samplerate : 0;
}

static enum gs_status connect_input(struct job *job, size_t i)
{
    const struct gs_render_input *input = &job->render->inputs[i];
    const struct gs_plan *plan = gs_engine_plan(job->engine);
    int stage = gs_chain_find(job->render->chain, input->stage);
    if (stage < 0) {
        return gs_errors_add(job->errors, GS_E_UNKNOWN, "--input", "no stage '%s' in the chain",
                             input->stage);
    }
    if (!gs_sounds_signal_is(job->render->chain, (size_t)stage, "jack")) {
        return gs_errors_add(job->errors, GS_E_TYPE, "--input",
                             "stage '%s' is no source of signal \"jack\": only such a source takes an input",
                             input->stage);
    }
    const struct gs_stage_setup *setup = &plan->steps[stage].setup;
    struct gs_error error;
    enum gs_status status =
        gs_take_read(&job->takes[i], input->path, job->rate_hz, setup->channels_out, &error);
    if (status) {
        return gs_errors_add(job->errors, status, error.where, "%s", error.text);
    }
    for (unsigned c = 0; c < setup->channels_out; c++) {
        job->feed[setup->input + c] = job->takes[i].ch[c];
        job->feed_frames[setup->input + c] = job->takes[i].frames;
    }
    return GS_OK;
}

static enum gs_status connect_inputs(struct job *job)
{
    job->n_feeds = gs_engine_plan(job->engine)->n_inputs;
    job->takes = calloc(job->render->n_inputs + 1, sizeof *job->takes);
    job->feed = calloc(job->n_feeds + 1, sizeof *job->feed);
    job->feed_frames = calloc(job->n_feeds + 1, sizeof *job->feed_frames);
    if (!job->takes || !job->feed || !job->feed_frames) {
        return gs_errors_add(job->errors, GS_E_MEMORY, "", "no memory for the inputs");
    }
    enum gs_status result = GS_OK;
    uint64_t longest = 0;
    for (size_t i = 0; i < job->render->n_inputs; i++) {
        enum gs_status status = connect_input(job, i);
        result = result ? result : status;
        longest = job->takes[i].frames > longest ? job->takes[i].frames : longest;
    }
    double seconds = job->render->seconds > 0 ? job->render->seconds : GS_RENDER_SECONDS_DEFAULT;
    job->frames =
        !(job->render->seconds > 0) && longest ? longest : (uint64_t)llround(seconds * job->rate_hz);
    return result;
}

/* ---- output ---- */

/* A WAV file counts its bytes in 32 bits: three hours of stereo. Beyond, the same in 64 bits: EBU Tech 3306. */
static bool too_long_for_wav(const struct job *job)
{
    return job->frames * job->channels * sizeof(float) > WAV_BYTES_MAX;
}

static mode_t permitted(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* Where a link leads that leads nowhere yet; NULL: it never will, errno says why. Owner: the caller. */
static char *end_of_link(const char *path)
{
    char at[PATH_MAX], to[PATH_MAX], next[2 * PATH_MAX];
    snprintf(at, sizeof at, "%s", path);
    for (unsigned i = 0; i < LINKS_MAX; i++) {
        ssize_t length = readlink(at, to, sizeof to);
        if (length < 0) {
            return errno == EINVAL || errno == ENOENT ? strdup(at) : NULL;
        }
        const char *slash = *to == '/' ? NULL : strrchr(at, '/');
        int size =
            snprintf(next, sizeof next, "%.*s%.*s", slash ? (int)(slash - at) + 1 : 0, at, (int)length, to);
        if (size >= PATH_MAX) {
            break;
        }
        memcpy(at, next, (size_t)size + 1);
    }
    errno = ELOOP;
    return NULL;
}

/* Only a file is written over: whatever else has that name would be gone, /dev/null for everybody. */
static enum gs_status find_target(struct job *job)
{
    const char *path = job->render->out_path;
    struct stat status;
    bool exists = stat(path, &status) == 0, link = !exists && lstat(path, &status) == 0;
    if (exists && !S_ISREG(status.st_mode)) {
        return gs_errors_add(job->errors, GS_E_IO, path, "found %s, expected a file or nothing there yet",
                             S_ISDIR(status.st_mode) ? "a folder" : "a device or a pipe");
    }
    job->target = exists ? realpath(path, NULL) : link ? end_of_link(path) : strdup(path);
    return job->target ? GS_OK
                       : gs_errors_add(job->errors, GS_E_IO, path, "cannot write: %s", strerror(errno));
}

static enum gs_status open_part(struct job *job)
{
    SF_INFO info = { .samplerate = (int)job->rate_hz,
                     .channels = (int)job->channels,
                     .format = (too_long_for_wav(job) ? SF_FORMAT_RF64 : SF_FORMAT_WAV) | SF_FORMAT_FLOAT };
    if (asprintf(&job->part, "%s.XXXXXX", job->target) < 0) {
        job->part = NULL;
        return gs_errors_add(job->errors, GS_E_MEMORY, "", "no memory");
    }
    int fd = mkostemp(job->part, O_CLOEXEC);
    if (fd < 0 || fchmod(fd, permitted())) {
        free(job->part);
        job->part = NULL;
        return gs_errors_add(job->errors, GS_E_IO, job->render->out_path, "cannot write: %s",
                             strerror(errno));
    }
    job->out = sf_open_fd(fd, SFM_WRITE, &info, SF_TRUE);
    return job->out ? GS_OK
                    : gs_errors_add(job->errors, GS_E_IO, job->render->out_path, "cannot write: %s",
                                    sf_strerror(NULL));
}

static enum gs_status open_output(struct job *job)
{
    const struct gs_chain *chain = job->render->chain;
    job->channels = chain->stages[chain->listen_stage].channels_out;
    enum gs_status status = job->render->out_path ? find_target(job) : GS_OK;
    status = status || !job->target ? status : open_part(job);
    if (job->out) {
        /* The PEAK chunk bears the time of day: without it the same render is the same file. */
        sf_command(job->out, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    }
    return status;
}

static enum gs_status close_output(struct job *job, enum gs_status status)
{
    bool whole = !job->out || sf_close(job->out) == 0;
    if (!status && job->part && (!whole || rename(job->part, job->target))) {
        status = gs_errors_add(job->errors, GS_E_IO, job->render->out_path, "cannot finish the file: %s",
                               strerror(errno));
    }
    if (status && job->part) {
        unlink(job->part);
    }
    free(job->part);
    free(job->target);
    return status;
}

static bool write_block(struct job *job, unsigned frames)
{
    if (!job->out) {
        return true;
    }
    float *mixed = job->buffer + 2 * job->block;
    for (unsigned c = 0; c < job->channels; c++) {
        for (unsigned f = 0; f < frames; f++) {
            mixed[f * job->channels + c] = job->buffer[c * job->block + f];
        }
    }
    return sf_writef_float(job->out, mixed, frames) == (sf_count_t)frames;
}

/* ---- the render itself ---- */

static void feed_block(struct job *job, uint64_t at, unsigned frames, const float **in)
{
    for (unsigned i = 0; i < job->n_feeds; i++) {
        float *to = job->buffer + (4 + i) * job->block;
        uint64_t left = at < job->feed_frames[i] ? job->feed_frames[i] - at : 0;
        unsigned copy = left < frames ? (unsigned)left : frames;
        if (copy) {
            memcpy(to, job->feed[i] + at, copy * sizeof *to);
        }
        memset(to + copy, 0, (frames - copy) * sizeof *to);
        in[i] = to;
    }
}

static enum gs_status run_blocks(struct job *job)
{
    job->block = job->render->block ? job->render->block : GS_RENDER_BLOCK_DEFAULT;
    job->buffer = calloc((size_t)(4 + job->n_feeds) * job->block, sizeof *job->buffer);
    const float **in = calloc(job->n_feeds + 1, sizeof *in);
    if (!job->buffer || !in) {
        free(in);
        return gs_errors_add(job->errors, GS_E_MEMORY, "", "no memory to render");
    }
    enum gs_status status = GS_OK;
    float *out[2] = { job->buffer, job->buffer + job->block };
    gs_engine_unpark(job->engine);
    for (uint64_t at = 0; at < job->frames && !status;) {
        unsigned frames = job->frames - at < job->block ? (unsigned)(job->frames - at) : job->block;
        feed_block(job, at, frames, in);
        gs_engine_process(job->engine, in, job->n_feeds, out, 2, frames);
        gs_engine_poll(job->engine);
        if (!write_block(job, frames)) {
            status = gs_errors_add(job->errors, GS_E_IO, job->render->out_path, "cannot write: %s",
                                   sf_strerror(job->out));
        }
        at += frames;
        if (job->render->progress) {
            job->render->progress(job->render->context, (double)at / (double)job->frames);
        }
    }
    gs_engine_flush(job->engine);
    gs_engine_park(job->engine);
    free(in);
    return status;
}

/* ---- report ---- */

static struct gs_report_channel read_channel(struct gs_readout *readout, size_t lane, double rate_hz)
{
    uint64_t first = gs_readout_first_clip(readout, lane);
    return (struct gs_report_channel){
        .peak_db = gs_readout_value(readout, lane, gs_reading_find("peak", "peak")),
        .ideal_peak_db = gs_readout_value(readout, lane, gs_reading_find("peak", "ideal_peak")),
        .rms_db = gs_readout_value(readout, lane, gs_reading_find("rms", "rms_total")),
        .sinad_db = gs_readout_value(readout, lane, gs_reading_find("error", "sinad_total")),
        .noise_db = gs_readout_value(readout, lane, gs_reading_find("noise", "error_noise_total")),
        .noise_a_db = gs_readout_value(readout, lane, gs_reading_find("noise", "error_noise_a_total")),
        .overs = gs_readout_clips(readout, lane),
        .first_over_s = first == UINT64_MAX ? NAN : (double)first / rate_hz,
    };
}

/* Sounds of the sources, and what was fed into the live ones. */
static struct gs_take *sounds_of(const struct job *job)
{
    const struct gs_chain *chain = job->render->chain;
    const struct gs_plan *plan = gs_engine_plan(job->engine);
    struct gs_take *takes = calloc(chain->n_stages, sizeof *takes);
    for (size_t i = 0; takes && i < chain->n_stages; i++) {
        takes[i] = plan->takes[i];
    }
    for (size_t i = 0; takes && i < job->render->n_inputs; i++) {
        takes[gs_chain_find(chain, job->render->inputs[i].stage)] = job->takes[i];
    }
    return takes;
}

static bool whole_loops(const struct job *job, const struct gs_take *takes)
{
    for (size_t i = 0; i < job->render->chain->n_stages; i++) {
        if (takes[i].frames && job->frames % takes[i].frames) {
            return false;
        }
    }
    return true;
}

static enum gs_status predict(struct job *job, struct gs_render_report *report)
{
    struct gs_take *takes = sounds_of(job);
    struct gs_predictor *predictor =
        takes ? gs_predictor_create(job->render->chain, takes, job->rate_hz) : NULL;
    if (predictor) {
        gs_render_report_compare(report, gs_predictor_run(predictor, NULL),
                                 (double)job->frames / job->rate_hz, !whole_loops(job, takes));
    }
    enum gs_status status =
        predictor ? GS_OK : gs_errors_add(job->errors, GS_E_MEMORY, "", "no memory for the prediction");
    gs_predictor_destroy(predictor);
    free(takes);
    return status;
}

static enum gs_status fill_report(struct job *job, struct gs_render_report *report)
{
    const struct gs_chain *chain = job->render->chain;
    const struct gs_plan *plan = gs_engine_plan(job->engine);
    struct gs_readout *readout = gs_engine_readout(job->engine);
    *report = (struct gs_render_report){ chain->name, job->rate_hz, job->frames,
                                         calloc(chain->n_stages, sizeof *report->wires), chain->n_stages };
    if (!report->wires) {
        return gs_errors_add(job->errors, GS_E_MEMORY, "", "no memory for the report");
    }
    for (size_t i = 0; i < chain->n_stages; i++) {
        const struct gs_plan_wire *wire = &plan->wires[i];
        struct gs_report_wire *row = &report->wires[i];
        row->stage = chain->stages[i].id;
        row->domain = wire->domain;
        row->channels = wire->channels;
        for (unsigned c = 0; c < wire->channels; c++) {
            row->channel[c] = read_channel(readout, wire->first_lane + c, job->rate_hz);
        }
        gs_wire_figures_read(readout, wire->first_lane, wire->channels, &row->meters);
    }
    return predict(job, report);
}

static void finish(struct job *job)
{
    for (size_t i = 0; job->takes && i < job->render->n_inputs; i++) {
        gs_take_finish(&job->takes[i]);
    }
    free(job->takes);
    free(job->feed);
    free(job->feed_frames);
    free(job->buffer);
    gs_engine_destroy(job->engine);
}

enum gs_status gs_render_run(const struct gs_render *render, struct gs_render_report *report,
                             struct gs_errors *errors)
{
    struct gs_engine_setup setup = { render->out_ceiling_db, 50.0, render->safety };
    struct job job = { .render = render, .errors = errors, .engine = gs_engine_create(&setup) };
    if (!job.engine) {
        return gs_errors_add(errors, GS_E_MEMORY, "", "no memory for the engine");
    }
    job.rate_hz = render->rate_hz > 0 ? render->rate_hz
                  : render->n_inputs  ? file_rate(render->inputs[0].path)
                                      : 0;
    job.rate_hz = job.rate_hz > 0 ? job.rate_hz : 48000.0;
    gs_engine_set_rate(job.engine, job.rate_hz);
    enum gs_status status = gs_engine_load(job.engine, render->chain, errors);
    status = status ? status : connect_inputs(&job);
    status = status ? status : open_output(&job);
    status = status ? status : run_blocks(&job);
    status = close_output(&job, status);
    if (!status && report) {
        status = fill_report(&job, report);
    }
    finish(&job);
    return status;
}
