/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage`: the companion tool. Picks the subcommand, parses its options by its table, runs it. */
#include "config.h"

#include "app/options.h"
#include "app/streams.h"
#include "base/log.h"
#include "base/nearest.h"

#include <stdio.h>
#include <string.h>

static const struct gs_option standard[] = {
    { "help", 'h', NULL, "Print this help and exit." },
    { "version", 'V', NULL, "Print the version and exit." },
    { NULL, 0, NULL, NULL },
};

static void print_help(void)
{
    printf("Usage: gainstage COMMAND [OPTION]... [ARGUMENT]...\n"
           "Check, render, draw and remote-control gain-staging chains.\n\nCommands:\n");
    for (const struct gs_command *const *c = gs_commands; *c; c++) {
        size_t summary = strcspn((*c)->doc, ".") + 1;
        printf("  %-16s %.*s\n", (*c)->key, (int)summary, (*c)->doc);
    }
    printf("\nOptions:\n");
    gs_options_print(stdout, standard);
    printf("\n'gainstage COMMAND --help' explains a command. Report bugs to: <%s>\n", PACKAGE_BUGREPORT);
}

static void print_command_help(const struct gs_command *command)
{
    printf("Usage: gainstage %s %s\n%s\n", command->key, command->operands, command->doc);
    if (command->options->name) {
        printf("\nOptions:\n");
        gs_options_print(stdout, command->options);
    }
}

static const struct gs_command *find(const char *key)
{
    for (const struct gs_command *const *c = gs_commands; *c; c++) {
        if (strcmp((*c)->key, key) == 0) {
            return *c;
        }
    }
    return NULL;
}

static int unknown_command(const char *word)
{
    struct gs_nearest nearest = gs_nearest_start(word);
    for (const struct gs_command *const *c = gs_commands; *c; c++) {
        gs_nearest_offer(&nearest, (*c)->key);
    }
    struct gs_error error;
    gs_fail(&error, GS_E_USAGE, "",
            nearest.best ? "unknown command '%s': did you mean '%s'?" : "unknown command '%s': see --help",
            word, nearest.best);
    return gs_complain(&error);
}

static int run(const struct gs_command *command, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_command_help(command);
            return 0;
        }
    }
    struct gs_arguments arguments;
    struct gs_error error;
    if (gs_options_parse(&arguments, command->options, argc, argv, &error)) {
        return gs_complain(&error);
    }
    return command->run(&arguments);
}

static int obey(int argc, char **argv)
{
    if (argc < 2) {
        print_help();
        return gs_status_exit_code(GS_E_USAGE);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("gainstage (%s) %s\nLicense GPL-3.0-or-later <https://gnu.org/licenses/gpl.html>\n",
               PACKAGE_NAME, PACKAGE_VERSION);
        return 0;
    }
    const struct gs_command *command = find(argv[1]);
    return command ? run(command, argc - 1, argv + 1) : unknown_command(argv[1]);
}

/* What was printed must have arrived: on a full disk a night of sweeps is no success. */
static int arrived(int code)
{
    struct gs_error error;
    if (!code && (fflush(stdout) || ferror(stdout))) {
        gs_fail(&error, GS_E_IO, "standard output", "takes no more: what was printed is not whole");
        return gs_complain(&error);
    }
    return code;
}

int main(int argc, char **argv)
{
    gs_streams_keep();
    gs_log_setup("gainstage", GS_LOG_INFO);
    return arrived(obey(argc, argv));
}
