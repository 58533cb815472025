/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sounds that sources loop: sound files, and noise computed once. Noise is periodic, 5 s long, built
 * from its spectrum: exactly flat or exactly pink (-3.01 dB an octave) between 20 Hz and 20 kHz and nothing
 * outside, with random phases. So its level is exact over every whole number of periods, the same at every
 * sample rate, and the AES17 band limit takes nothing away.
 *
 * Computing noise and resampling a file take a tenth of a second and more, so a sound that is there already is
 * shared: by the sources of one chain, and by a chain with the one that it replaces. [control] */
#ifndef CHAIN_TAKE_H
#define CHAIN_TAKE_H

#include "chain/grid.h"
#include "gainstage/stage.h"
#include "gainstage/status.h"

#include <sys/types.h>
#include <time.h>

#define GS_TAKE_NOISE_SECONDS 5
#define GS_TAKE_NOISE_RMS     0.125       /* of the stored loop, full scale; the source scales to its level */
#define GS_TAKE_SAMPLES_MAX   (64u << 20) /* of a file */
#define GS_TAKE_RESAMPLED_MAX (4u * GS_TAKE_SAMPLES_MAX) /* of what it becomes: 48 to 192 kHz */

enum gs_noise_colour {
    GS_WHITE,
    GS_PINK
};

/* What a sound was made from: equal origins give equal samples. */
struct gs_take_origin {
    double rate_hz;
    unsigned channels;
    bool file;
    enum gs_noise_colour colour; /* noise */
    uint64_t seed;
    dev_t device; /* file: one that was written anew is another one */
    ino_t inode;
    off_t size;
    struct timespec changed;
};

/* Samples and what is known of them; freed with the last take that uses them. */
struct gs_take_stock {
    struct gs_take_origin origin;
    unsigned users;
    bool analysed;
    double power[3][GS_GRID_MAX]; /* once analysed: ll, rr, lr of gs_grid_analyse() */
    float *sample[GS_CHANNELS];
};

struct gs_take_origin gs_take_noise_origin(enum gs_noise_colour colour, double rate_hz, unsigned channels,
                                           uint64_t seed);
/* False: there is no such file. */
bool gs_take_file_origin(struct gs_take_origin *origin, const char *path, double rate_hz, unsigned channels);

/* Makes `take` a second user of what `from` plays, if that is of this origin. */
bool gs_take_share(struct gs_take *take, const struct gs_take *from, const struct gs_take_origin *origin);

/* Where a sound file named in a chain lies: absolute names as they are, others beside the chain file (or in
 * the working directory when `chain_path` is NULL). Owner of the text: the caller. */
char *gs_take_path(const char *chain_path, const char *file);

/* Reads `path` and resamples it to `rate_hz`. A file with more channels gives its first ones, a mono file
 * serves both. Errors: GS_E_NOFILE, GS_E_IO (not a sound), GS_E_LIMIT, GS_E_MEMORY. */
enum gs_status gs_take_read(struct gs_take *take, const char *path, double rate_hz, unsigned channels,
                            struct gs_error *error);

/* Independent noise on each channel; the same seed gives the same noise. Errors: GS_E_MEMORY. */
enum gs_status gs_take_noise(struct gs_take *take, enum gs_noise_colour colour, double rate_hz,
                             unsigned channels, uint64_t seed, struct gs_error *error);

void gs_take_finish(struct gs_take *take);

#endif
