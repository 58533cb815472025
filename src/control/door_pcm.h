/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sound of wires to WebSocket clients: a client says /pcm with a stage and a path and gets binary frames until it
 * says /pcm alone. Clients that want the same share one tap of the engine. A frame has 32 bytes of header, all
 * little-endian, then 32-bit floats, interleaved, full scale by the alignment:
 *
 *   0  "PCM1"            4  u16 channels      6  u16 path: 0 real, 1 ideal, 2 error
 *   8  u64 number of the first frame: a jump is a gap
 *  16  u32 rate in hertz  20  u32 frames      24  u16 number of the stage, from 1      26  zeros
 * [control] */
#ifndef CONTROL_DOOR_PCM_H
#define CONTROL_DOOR_PCM_H

#include "control/door_client.h"
#include "engine/engine.h"

#define GS_DOOR_PCM_NS UINT64_C(20000000) /* gs_door_pcm_turn() is due so often while somebody listens */

struct gs_door_pcm;

struct gs_door_pcm *gs_door_pcm_create(struct gs_engine *engine, struct gs_session *session);
void gs_door_pcm_destroy(struct gs_door_pcm *pcm);

#define GS_DOOR_PCM_WIRES 4 /* that one client hears at a time */
struct gs_door_wire {
    const char *stage; /* id, or number from 1 */
    const char *path;  /* real, ideal or error */
};

/* What the client hears from now on: these; those that it heard before go on without a gap. NULL when it could be
 * done, else what is wrong, in words: with a name that is none it hears what it heard; where others have taken all
 * taps it hears those of its wires that it could get, and `wires` and `n` become these. */
const char *gs_door_pcm_listen(struct gs_door_pcm *pcm, struct gs_door_client *client,
                               struct gs_door_wire *wires, unsigned *n);
/* The client is going. */
void gs_door_pcm_leave(struct gs_door_pcm *pcm, const struct gs_door_client *client);
/* Another chain: stages of the same name go on, others end. */
void gs_door_pcm_chain_changed(struct gs_door_pcm *pcm);
/* Hands on what has come. Returns whether somebody listens. */
bool gs_door_pcm_turn(struct gs_door_pcm *pcm);

#endif
