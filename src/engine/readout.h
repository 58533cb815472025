/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The control side of the meters: folds bins into what people read. Totals since reset, windows over the
 * last bins, and for each reader the folds since that reader's last look. Sums are double and windows are
 * summed anew from bins. [control] */
#ifndef ENGINE_READOUT_H
#define ENGINE_READOUT_H

#include "gainstage/meter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one closed bin carries up: header, then for each meter field (all kinds in table order) one float
 * for each lane, lanes padded to a multiple of GS_LANES. */
struct gs_bin {
    uint64_t first_frame;
    uint32_t frames;
    uint32_t n_fields;
    uint32_t n_lanes; /* padded */
    uint32_t bin_hz;  /* GS_BIN_HZ, or GS_BIN_HZ_MAX: it may end half way */
    float field[];
};

struct gs_readout;
struct gs_reader; /* one who reads at his own pace: a peer, a page, a recorder */

/* Opaque handle of a reading, from its keys; negative when there is none. */
int gs_reading_find(const char *kind_key, const char *reading_key); /* kind_key NULL: any kind */
const struct gs_reading *gs_reading_row(int reading);
int gs_reading_count(void);

/* What a lane is: channel `channel` of a wire of `channels`, whose lanes are neighbours. */
enum gs_channel_role {
    GS_CHANNEL_FRONT,
    GS_CHANNEL_SURROUND, /* counts 1.5 dB more in loudness (ITU-R BS.1770-5 table 3) */
    GS_CHANNEL_LFE       /* counts nothing in loudness */
};
struct gs_readout_lane {
    enum gs_domain domain;
    unsigned channel, channels;
    enum gs_channel_role role;
};

/* NULL: no memory. */
struct gs_readout *gs_readout_create(const struct gs_readout_lane *lane, size_t n_lanes,
                                     const struct gs_alignment *alignment, double rate_hz);
/* The same for another number of bins a second, up to GS_BIN_HZ_MAX. */
struct gs_readout *gs_readout_create_fine(const struct gs_readout_lane *lane, size_t n_lanes,
                                          const struct gs_alignment *alignment, double rate_hz,
                                          unsigned bin_hz);
void gs_readout_destroy(struct gs_readout *readout);
void gs_readout_bin(struct gs_readout *readout, const struct gs_bin *bin);

/* Value of a reading on a lane: its own span (window or since reset). Never NAN; -INFINITY where there is
 * nothing. */
double gs_readout_value(const struct gs_readout *readout, size_t lane, int reading);
/* The loudest of the lanes `lane` .. `lane + channels - 1`. */
double gs_readout_loudest(const struct gs_readout *readout, size_t lane, unsigned channels, int reading);
/* Frame number of the first clipped frame since reset, UINT64_MAX: none; count of clipped frames. */
uint64_t gs_readout_first_clip(const struct gs_readout *readout, size_t lane);
uint64_t gs_readout_clips(const struct gs_readout *readout, size_t lane);
/* Starts the totals of a lane anew (SIZE_MAX: all lanes), and what its wire measures since reset (integrated
 * loudness, range, maxima). Windows and other readers are untouched. */
void gs_readout_reset(struct gs_readout *readout, size_t lane);
/* The programme measurement of a lane's wire, all channels: integrated loudness, range, maxima, true peak (EBU Tech
 * 3341, 2.5). It begins anew; */
void gs_readout_reset_programme(struct gs_readout *readout, size_t lane);
/* it rests or goes on; SIZE_MAX: that of all wires; */
void gs_readout_pause(struct gs_readout *readout, size_t lane, bool pause);
bool gs_readout_paused(const struct gs_readout *readout, size_t lane);
/* or it goes over to a readout that has read nothing yet, from one that will not read any more: what it has come to, and
 * whether it rests. Between wires of the same channels, unit and rate; else nothing happens. */
void gs_readout_hand_over(struct gs_readout *from, size_t from_lane, struct gs_readout *to, size_t to_lane);
uint64_t gs_readout_frames(const struct gs_readout *readout); /* folded since creation */
size_t gs_readout_lanes(const struct gs_readout *readout);
/* What a number of a lane's wire (pascal, volt, full scale) is to be multiplied with to be full scale. */
double gs_readout_to_full_scale(const struct gs_readout *readout, size_t lane);
/* What to add to a level in the unit of a lane's wire to have dBFS, by the alignment. */
double gs_readout_to_dbfs(const struct gs_readout *readout, size_t lane);

/* A reader sees every reading folded since its own last look, so that no peak falls between two looks. A
 * reader outlives readouts: it starts anew when it meets another one. */
struct gs_reader *gs_reader_create(void);
void gs_reader_destroy(struct gs_reader *reader);
/* Takes all that came since the last look (the first time: the last 100 ms); gs_reader_value() then answers
 * from it. When nothing came the values stay as they were; when memory is short the next look covers this
 * one's time again. The readout knows its readers: either may be destroyed first, and a reader whose readout
 * is gone reads -INFINITY. */
void gs_reader_look(struct gs_reader *reader, struct gs_readout *readout);
double gs_reader_value(const struct gs_reader *reader, size_t lane, int reading);

#endif
