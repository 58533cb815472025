/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the commands that talk to a daemon share: where it is, how values are typed and printed. */
#ifndef APP_REMOTE_H
#define APP_REMOTE_H

#include "app/options.h"
#include "control/osc_client.h"

/* Rows for the option table of such a command. */
#define GS_OPTION_HOST                                                                                       \
    {                                                                                                        \
        "host", 'H', "HOST", "Machine that the daemon runs on; default 127.0.0.1."                           \
    }
#define GS_OPTION_PORT                                                                                       \
    {                                                                                                        \
        "port", 'p', "PORT", "Its OSC port; default 7770."                                                   \
    }
#define GS_OPTION_TCP                                                                                        \
    {                                                                                                        \
        "tcp", 0, NULL, "Talk over TCP instead of UDP."                                                      \
    }
#define GS_OPTION_WAIT                                                                                       \
    {                                                                                                        \
        "wait", 'w', "SECONDS", "How long to wait for an answer; default 2."                                 \
    }

struct gs_remote {
    struct gs_osc_client *client;
    int wait_ms;
};

/* Opens by --host, --port, --tcp and --wait. */
enum gs_status gs_remote_open(const struct gs_arguments *arguments, struct gs_remote *remote,
                              struct gs_error *error);
/* An OSC address begins with a slash: without one no daemon would answer. GS_E_USAGE with the address that was meant. */
enum gs_status gs_remote_check(const char *command, const char *address, struct gs_error *error);

void gs_remote_close(struct gs_remote *remote);

/* A word of a command line as an atom: a number where it looks like one, else a text. */
struct gs_atom gs_remote_atom(const char *word);
/* Arguments of a message, separated by blanks; texts as they are. */
void gs_remote_print_atoms(FILE *to, const struct gs_message *message);
/* Says "/error address code text" on standard error, returns the exit code for it; 0 for other messages. */
int gs_remote_complaint(const struct gs_message *message);

#endif
