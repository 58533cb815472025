/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_room.h. */
#include "osc_room.h"

#include "chain_text.h"

#include <criterion/criterion.h>

static const char strip[] = "{'gainstage':1,'name':'strip','stages':["
                            "{'id':'src','kind':'source','domain':'line'},"
                            "{'id':'pre','kind':'preamp','gain_db':40},{'id':'ad','kind':'adc'},"
                            "{'id':'out','kind':'master'}]}";

struct osc_room osc_room_open(const char *chain)
{
    struct gs_engine_setup engine = { .out_ceiling_db = -1, .fade_in_ms = 50 };
    struct osc_room room = { .engine = gs_engine_create(&engine), .loop = gs_loop_create() };
    struct gs_session_setup session = { .engine = room.engine, .name = "room" };
    struct gs_errors errors = { 0 };
    gs_engine_set_rate(room.engine, OSC_ROOM_RATE);
    room.session = gs_session_create(&session);
    cr_assert_eq(gs_session_adopt(room.session, test_chain(chain ? chain : strip), &errors), GS_OK);
    gs_errors_finish(&errors);
    return room;
}

void osc_room_turn(struct gs_loop *loop, unsigned ms)
{
    uint64_t end_ns = gs_loop_now() + ms * UINT64_C(1000000);
    unsigned rounds = ms ? 6 : 1;
    do {
        gs_loop_once(loop, 2000000);
        rounds -= rounds > 0;
    } while (rounds || gs_loop_now() < end_ns);
}

void osc_room_close(struct osc_room *room)
{
    gs_session_destroy(room->session);
    gs_loop_destroy(room->loop);
    gs_engine_destroy(room->engine);
}
