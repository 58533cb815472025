/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See measure_roles.h. */
#include "backend/measure_roles.h"

#define CHANNELS_MAX 1024 /* libsndfile's own limit */

/* Of a file that does not say what its channels are. */
static enum gs_channel_role role_by_number(unsigned channel, unsigned channels)
{
    if (channels == 5) {
        return channel >= 3 ? GS_CHANNEL_SURROUND : GS_CHANNEL_FRONT;
    }
    if (channels == 6) {
        return channel == 3 ? GS_CHANNEL_LFE : channel >= 4 ? GS_CHANNEL_SURROUND : GS_CHANNEL_FRONT;
    }
    return GS_CHANNEL_FRONT;
}

/* BS.1770-5 annex 3, table 4: within 30 degrees of the ear's height, from 60 to 120 degrees off the middle. What
 * is called rear stands there in 5.1 and behind it in 7.1, where the sides do. */
static enum gs_channel_role role_by_place(int place, bool has_sides)
{
    switch (place) {
    case SF_CHANNEL_MAP_LFE:
        return GS_CHANNEL_LFE;
    case SF_CHANNEL_MAP_SIDE_LEFT:
    case SF_CHANNEL_MAP_SIDE_RIGHT:
        return GS_CHANNEL_SURROUND;
    case SF_CHANNEL_MAP_REAR_LEFT:
    case SF_CHANNEL_MAP_REAR_RIGHT:
        return has_sides ? GS_CHANNEL_FRONT : GS_CHANNEL_SURROUND;
    default:
        return GS_CHANNEL_FRONT;
    }
}

void gs_measure_roles(SNDFILE *file, struct gs_readout_lane *lane, unsigned channels)
{
    int place[CHANNELS_MAX];
    bool told = channels <= CHANNELS_MAX &&
                sf_command(file, SFC_GET_CHANNEL_MAP_INFO, place, (int)(channels * sizeof *place)) == SF_TRUE;
    bool has_sides = false;
    for (unsigned c = 0; told && c < channels; c++) {
        has_sides =
            has_sides || place[c] == SF_CHANNEL_MAP_SIDE_LEFT || place[c] == SF_CHANNEL_MAP_SIDE_RIGHT;
    }
    for (unsigned c = 0; c < channels; c++) {
        lane[c].role = told ? role_by_place(place[c], has_sides) : role_by_number(c, channels);
    }
}
