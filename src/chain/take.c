/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See take.h. */
#include "chain/take.h"

#include "dsp/fft.h"

#include <sndfile.h>
#include <soxr.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BAND_LOW_HZ  20.0 /* AES17: the audio band */
#define BAND_HIGH_HZ 20000.0

char *gs_take_path(const char *chain_path, const char *file)
{
    const char *slash = chain_path ? strrchr(chain_path, '/') : NULL;
    char *path = NULL;
    if (file[0] == '/' || !slash) {
        return strdup(file);
    }
    return asprintf(&path, "%.*s/%s", (int)(slash - chain_path), chain_path, file) < 0 ? NULL : path;
}

/* Level facts, once all samples stand. */
static void measure(struct gs_take *take)
{
    double energy = 0, peak = 0;
    for (unsigned c = 0; c < take->channels; c++) {
        for (uint64_t i = 0; i < take->frames; i++) {
            double x = take->ch[c][i];
            energy += x * x;
            peak = fmax(peak, fabs(x));
        }
    }
    double samples = (double)take->frames * take->channels;
    take->rms = samples > 0 ? sqrt(energy / samples) : 0.0;
    take->peak = peak;
}

static enum gs_status allocate(struct gs_take *take, const struct gs_take_origin *origin, uint64_t frames,
                               struct gs_error *error)
{
    unsigned channels = origin->channels;
    struct gs_take_stock *stock = calloc(1, sizeof *stock);
    *take = (struct gs_take){ .frames = frames, .channels = channels, .stock = stock };
    bool whole = stock;
    for (unsigned c = 0; whole && c < channels; c++) {
        take->ch[c] = stock->sample[c] = calloc(frames ? frames : 1, sizeof(float));
        whole = stock->sample[c];
    }
    if (stock) {
        stock->origin = *origin;
        stock->users = 1;
    }
    if (!whole) {
        gs_take_finish(take);
        return gs_fail(error, GS_E_MEMORY, "", "no memory for %llu frames of sound",
                       (unsigned long long)frames);
    }
    return GS_OK;
}

void gs_take_finish(struct gs_take *take)
{
    struct gs_take_stock *stock = take->stock;
    if (stock && --stock->users == 0) {
        for (unsigned c = 0; c < GS_CHANNELS; c++) {
            free(stock->sample[c]);
        }
        free(stock);
    }
    *take = (struct gs_take){ 0 };
}

/* ---- sharing ---- */

struct gs_take_origin gs_take_noise_origin(enum gs_noise_colour colour, double rate_hz, unsigned channels,
                                           uint64_t seed)
{
    return (
        struct gs_take_origin){ .rate_hz = rate_hz, .channels = channels, .colour = colour, .seed = seed };
}

bool gs_take_file_origin(struct gs_take_origin *origin, const char *path, double rate_hz, unsigned channels)
{
    struct stat st;
    bool there = stat(path, &st) == 0;
    *origin = (struct gs_take_origin){ .rate_hz = rate_hz, .channels = channels, .file = true };
    if (there) {
        origin->device = st.st_dev;
        origin->inode = st.st_ino;
        origin->size = st.st_size;
        origin->changed = st.st_mtim;
    }
    return there;
}

static bool same_origin(const struct gs_take_origin *a, const struct gs_take_origin *b)
{
    return a->rate_hz == b->rate_hz && a->channels == b->channels && a->file == b->file &&
           a->colour == b->colour && a->seed == b->seed && a->device == b->device && a->inode == b->inode &&
           a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

bool gs_take_share(struct gs_take *take, const struct gs_take *from, const struct gs_take_origin *origin)
{
    if (!from->stock || !same_origin(&from->stock->origin, origin)) {
        return false;
    }
    *take = *from;
    take->stock->users++;
    return true;
}

/* ---- noise ---- */

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* The spectrum of z = left + i right, both real: bins k and n-k carry the two together. */
static void noise_spectrum(double complex *z, size_t n, enum gs_noise_colour colour, double rate_hz,
                           uint64_t seed)
{
    double bin_hz = rate_hz / (double)n;
    memset(z, 0, n * sizeof *z);
    for (size_t k = 1; k < (n + 1) / 2; k++) {
        double hz = (double)k * bin_hz;
        uint64_t a = splitmix(&seed), b = splitmix(&seed);
        if (hz < BAND_LOW_HZ || hz > BAND_HIGH_HZ) {
            continue;
        }
        double magnitude = colour == GS_PINK ? 1.0 / sqrt(hz) : 1.0;
        double complex left = magnitude * cexp(I * 2.0 * M_PI * (double)(a >> 11) * 0x1p-53);
        double complex right = magnitude * cexp(I * 2.0 * M_PI * (double)(b >> 11) * 0x1p-53);
        z[k] = left + I * right;
        z[n - k] = conj(left) + I * conj(right);
    }
}

static void store_noise(struct gs_take *take, const double complex *sound)
{
    for (unsigned c = 0; c < take->channels; c++) {
        float *to = take->stock->sample[c];
        double energy = 0;
        for (uint64_t i = 0; i < take->frames; i++) {
            double x = c ? cimag(sound[i]) : creal(sound[i]);
            energy += x * x;
        }
        double scale = GS_TAKE_NOISE_RMS / sqrt(energy / (double)take->frames);
        for (uint64_t i = 0; i < take->frames; i++) {
            to[i] = (float)(scale * (c ? cimag(sound[i]) : creal(sound[i])));
        }
    }
}

enum gs_status gs_take_noise(struct gs_take *take, enum gs_noise_colour colour, double rate_hz,
                             unsigned channels, uint64_t seed, struct gs_error *error)
{
    size_t n = gs_fft_length((size_t)llround(GS_TAKE_NOISE_SECONDS * rate_hz));
    struct gs_take_origin origin = gs_take_noise_origin(colour, rate_hz, channels, seed);
    enum gs_status status = allocate(take, &origin, n, error);
    if (status) {
        return status;
    }
    double complex *work = malloc(3 * n * sizeof *work);
    if (!work) {
        gs_take_finish(take);
        return gs_fail(error, GS_E_MEMORY, "", "no memory to compute noise");
    }
    noise_spectrum(work, n, colour, rate_hz, seed);
    gs_fft_twiddle(work + n, n, +1);
    gs_fft(work, work + 2 * n, work + n, n);
    store_noise(take, work + 2 * n);
    free(work);
    measure(take);
    return GS_OK;
}

/* ---- files ---- */

static enum gs_status open_sound(SNDFILE **file, SF_INFO *info, const char *path, struct gs_error *error)
{
    struct stat st;
    if (stat(path, &st)) {
        return gs_fail(error, GS_E_NOFILE, path, "cannot read the sound file: %s", strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return gs_fail(error, GS_E_NOFILE, path, "not a regular file: expected a sound file");
    }
    *info = (SF_INFO){ 0 };
    *file = sf_open(path, SFM_READ, info);
    if (!*file) {
        return gs_fail(error, GS_E_IO, path, "not a sound file that can be read: %s", sf_strerror(NULL));
    }
    if (info->frames < 1 || info->channels < 1 ||
        (uint64_t)info->frames * (uint64_t)info->channels > GS_TAKE_SAMPLES_MAX) {
        sf_close(*file);
        return gs_fail(error, GS_E_LIMIT, path, "%lld frames of %d channels: expected 1 to %u samples in all",
                       (long long)info->frames, info->channels, GS_TAKE_SAMPLES_MAX);
    }
    return GS_OK;
}

static enum gs_status read_interleaved(const char *path, SF_INFO *info, float **samples,
                                       struct gs_error *error)
{
    SNDFILE *file = NULL;
    enum gs_status status = open_sound(&file, info, path, error);
    if (status) {
        return status;
    }
    *samples = malloc((size_t)info->frames * (size_t)info->channels * sizeof **samples);
    sf_count_t got = *samples ? sf_readf_float(file, *samples, info->frames) : -1;
    sf_close(file);
    if (got == info->frames) {
        return GS_OK;
    }
    bool memory = !*samples;
    free(*samples);
    return memory ? gs_fail(error, GS_E_MEMORY, path, "no memory for the sound file")
                  : gs_fail(error, GS_E_IO, path, "the sound file is cut short: %lld of %lld frames",
                            (long long)got, (long long)info->frames);
}

static enum gs_status resample(float **samples, SF_INFO *info, double rate_hz, const char *path,
                               struct gs_error *error)
{
    double wanted = round((double)info->frames * rate_hz / info->samplerate);
    if (wanted * info->channels > GS_TAKE_RESAMPLED_MAX) {
        return gs_fail(
            error, GS_E_LIMIT, path,
            "%d Hz in the head of the file: it would be %.0f frames at %g Hz, expected at most %u samples",
            info->samplerate, wanted, rate_hz, GS_TAKE_RESAMPLED_MAX);
    }
    size_t frames = (size_t)wanted, done = 0;
    size_t room = frames ? frames : 1;
    float *out = calloc(room * (size_t)info->channels, sizeof *out);
    soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    soxr_error_t failed =
        !out ? "no memory"
             : soxr_oneshot(info->samplerate, rate_hz, (unsigned)info->channels, *samples,
                            (size_t)info->frames, NULL, out, room, &done, NULL, &quality, NULL);
    if (failed) {
        free(out);
        return gs_fail(error, GS_E_IO, path, "cannot resample from %d to %g Hz: %s", info->samplerate,
                       rate_hz, failed);
    }
    free(*samples);
    *samples = out;
    info->frames = (sf_count_t)room;
    return GS_OK;
}

enum gs_status gs_take_read(struct gs_take *take, const char *path, double rate_hz, unsigned channels,
                            struct gs_error *error)
{
    SF_INFO info;
    float *samples;
    struct gs_take_origin origin;
    gs_take_file_origin(&origin, path, rate_hz,
                        channels); /* before it is read: what is written later is newer */
    enum gs_status status = read_interleaved(path, &info, &samples, error);
    if (status) {
        return status;
    }
    if (info.samplerate != rate_hz) {
        status = resample(&samples, &info, rate_hz, path, error);
    }
    status = status ? status : allocate(take, &origin, (uint64_t)info.frames, error);
    for (unsigned c = 0; !status && c < channels; c++) {
        unsigned from = (int)c < info.channels ? c : 0;
        for (sf_count_t i = 0; i < info.frames; i++) {
            float x = samples[i * info.channels + from];
            take->stock->sample[c][i] = isfinite(x) ? x : 0.0f;
        }
    }
    free(samples);
    if (!status) {
        measure(take);
    }
    return status;
}
