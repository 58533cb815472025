/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the channels of a sound file are to a measurement of loudness. [control] */
#ifndef BACKEND_MEASURE_ROLES_H
#define BACKEND_MEASURE_ROLES_H

#include "engine/readout.h"

#include <sndfile.h>

/* By what the file says, or, where it says nothing, by their number: see gs_measure_file(). */
void gs_measure_roles(SNDFILE *file, struct gs_readout_lane *lane, unsigned channels);

#endif
