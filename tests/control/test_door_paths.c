/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What OSCQuery clients are told of a new chain: each path that came, went, changed its kind or its name, and no
 * other. */
#include "../support/chain_text.h"
#include "control/door_paths.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define SRC  "{'id':'src','kind':'source','domain':'line'},"
#define OUT  "{'id':'out','kind':'master'}]}"
#define HEAD "{'gainstage':1,'name':'x','stages':["

static const struct {
    const char *then, *now, *said;
} changes[] = {
    { HEAD SRC "{'id':'pre','kind':'preamp'},{'id':'ad','kind':'adc'}," OUT,
      HEAD SRC "{'id':'pre','kind':'preamp'},{'id':'ad','kind':'adc'}," OUT, "CHANGED /;" },
    { HEAD SRC "{'id':'pre','kind':'preamp'},{'id':'ad','kind':'adc'}," OUT,
      HEAD SRC "{'id':'mic','kind':'preamp'},{'id':'ad','kind':'adc'}," OUT,
      "RENAMED /stage/pre /stage/mic;CHANGED /;" },
    { HEAD SRC "{'id':'pre','kind':'preamp'},{'id':'ad','kind':'adc'}," OUT,
      HEAD SRC "{'id':'pre','kind':'gain'},{'id':'ad','kind':'adc'}," OUT, "CHANGED /stage/pre;CHANGED /;" },
    { HEAD SRC "{'id':'ad','kind':'adc'}," OUT,
      HEAD SRC "{'id':'pre','kind':'preamp'},{'id':'ad','kind':'adc'}," OUT, "ADDED /stage/pre;CHANGED /;" },
    { HEAD SRC "{'id':'pre','kind':'preamp'},{'id':'ad','kind':'adc'}," OUT,
      HEAD SRC "{'id':'ad','kind':'adc'}," OUT, "REMOVED /stage/pre;CHANGED /;" },
};

static void note(void *context, const char *command, const char *path, const char *renamed)
{
    char *said = context;
    size_t used = strlen(said);
    snprintf(said + used, 512 - used, "%s %s%s%s;", command + strlen("PATH_"), path, renamed ? " " : "",
             renamed ? renamed : "");
}

Test(door_paths, says_what_is_other_and_nothing_else)
{
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct gs_door_paths paths = { 0 };
        struct gs_chain *then = test_chain(changes[i].then), *now = test_chain(changes[i].now);
        char said[512] = "";
        gs_door_paths_follow(&paths, then, note, said);
        said[0] = '\0';
        gs_door_paths_follow(&paths, now, note, said);
        cr_expect_str_eq(said, changes[i].said, "%zu: %s", i, said);
        gs_door_paths_finish(&paths);
        gs_chain_destroy(then);
        gs_chain_destroy(now);
    }
}
