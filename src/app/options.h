/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Command lines as tables: a program or a subcommand is a row with its options as rows; parsing, --help,
 * the manual pages and shell completion all read the same rows. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "gainstage/status.h"

#include <stdbool.h>
#include <stdio.h>

struct gs_option {
    const char *name;     /* long name without dashes; NULL ends a table */
    char letter;          /* 0: none */
    const char *argument; /* "HZ"; NULL: a switch */
    const char *doc;      /* one or two sentences, default included */
};

#define GS_OPTIONS_GIVEN_MAX 256

/* What a command line said. Points into argv. */
struct gs_arguments {
    const struct gs_option *options;
    struct {
        const struct gs_option *option;
        const char *value; /* NULL for a switch */
    } given[GS_OPTIONS_GIVEN_MAX];
    int n_given;
    char **operand;
    int n_operands;
};

struct gs_command {
    const char *key;      /* "render" */
    const char *operands; /* "CHAIN -o OUT.wav" */
    const char *doc;      /* first sentence is the summary */
    const struct gs_option *options;
    int (*run)(const struct gs_arguments *arguments); /* returns the exit code */
};

/* Parses argv[1..]; options and operands may mix, "--" ends options. GS_E_USAGE with a sentence (and the
 * nearest right option) on anything that does not fit. */
enum gs_status gs_options_parse(struct gs_arguments *arguments, const struct gs_option *options, int argc,
                                char **argv, struct gs_error *error);
/* Last value given for an option, NULL when not given; a switch given yields "". */
const char *gs_option(const struct gs_arguments *arguments, const char *name);
/* Values of an option that may be given several times: start with *at = 0; NULL at the end. */
const char *gs_option_each(const struct gs_arguments *arguments, const char *name, int *at);
/* A number option: `fallback` when not given; GS_E_USAGE with a sentence when it is no number in range. */
enum gs_status gs_option_number(const struct gs_arguments *arguments, const char *name, double low,
                                double high, double fallback, double *value, struct gs_error *error);
/* The same of a whole number: a port, a rate. */
enum gs_status gs_option_whole(const struct gs_arguments *arguments, const char *name, long low, long high,
                               long fallback, long *value, struct gs_error *error);
/* The options as an aligned table. */
void gs_options_print(FILE *to, const struct gs_option *options);

/* The subcommands of `gainstage`, ends with NULL: see command_table.c. */
extern const struct gs_command *const gs_commands[];
/* The daemon as one command: gainstaged.c. */
extern const struct gs_command gs_daemon_command;

/* Says "program: where: text" on standard error; returns the exit code of the status. */
int gs_complain(const struct gs_error *error);
int gs_complain_all(const struct gs_errors *errors);

#endif
