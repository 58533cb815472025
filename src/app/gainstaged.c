/*
 * gainstaged: the daemon. Reads its command line; knows --help and --version so far.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

static const struct option options[] = {
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'V' },
    { 0 },
};

int main(int argc, char **argv)
{
    switch (getopt_long(argc, argv, "hV", options, NULL)) {
    case 'h':
        puts("Usage: gainstaged [--help] [--version]");
        return 0;
    case 'V':
        puts("gainstaged (" PACKAGE_NAME ") " PACKAGE_VERSION);
        return 0;
    default:
        fputs("Try 'gainstaged --help'.\n", stderr);
        return EX_USAGE;
    }
}
