/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libjack's error and information messages. They come on any thread, the audio thread and the inside of
 * jack_client_close() included, so they are put into a few slots without a lock and logged by the control
 * thread: a lock here is how Pure Data came to hang when its server died. */
#include "backend/jack_link.h"

#include "base/log.h"

#include <string.h>

#define SLOTS     32
#define SLOT_SIZE 240
#define BURST     8                     /* lines ... */
#define WINDOW_NS UINT64_C(10000000000) /* ... in this time */

enum slot_state {
    FREE,
    WRITING,
    FULL
};

static struct slot {
    _Atomic enum slot_state state;
    enum gs_log_level level;
    char text[SLOT_SIZE];
} slots[SLOTS];

static _Atomic unsigned next_slot;
static _Atomic uint64_t overflowed;

static void keep(enum gs_log_level level, const char *text)
{
    struct slot *slot = &slots[atomic_fetch_add(&next_slot, 1) % SLOTS];
    enum slot_state expected = FREE;
    if (!atomic_compare_exchange_strong(&slot->state, &expected, WRITING)) {
        atomic_fetch_add(&overflowed, 1);
        return;
    }
    size_t length = strnlen(text, SLOT_SIZE - 1);
    memcpy(slot->text, text, length);
    slot->text[length] = '\0';
    slot->level = level;
    atomic_store(&slot->state, FULL);
}

static void on_error(const char *text)
{
    keep(GS_LOG_WARN, text);
}
static void on_info(const char *text)
{
    keep(GS_LOG_DEBUG, text);
}

void gs_jack_messages_install(void)
{
    jack_set_error_function(on_error);
    jack_set_info_function(on_info);
}

void gs_jack_messages_drain(bool quiet, uint64_t now_ns)
{
    static uint64_t window_start, withheld;
    static unsigned shown;
    if (now_ns - window_start > WINDOW_NS) {
        if (withheld) {
            gs_log_warn("libjack: %llu more messages", (unsigned long long)withheld);
        }
        window_start = now_ns;
        withheld = shown = 0;
    }
    withheld += atomic_exchange(&overflowed, 0);
    for (unsigned i = 0, first = atomic_load(&next_slot); i < SLOTS; i++) {
        struct slot *slot = &slots[(first + i) % SLOTS];
        if (atomic_load(&slot->state) != FULL) {
            continue;
        }
        enum gs_log_level level = quiet ? GS_LOG_DEBUG : slot->level;
        if (level == GS_LOG_DEBUG || shown++ < BURST) {
            gs_log(level, "libjack: %s", slot->text);
        } else {
            withheld++;
        }
        atomic_store(&slot->state, FREE);
    }
}
