/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage get ADDRESS...`: reads values of a running daemon. */
#include "app/remote.h"

#include <stdlib.h>
#include <string.h>

static const struct gs_option options[] = {
    GS_OPTION_HOST,
    GS_OPTION_PORT,
    GS_OPTION_TCP,
    GS_OPTION_WAIT,
    { "names", 'n', NULL, "Print the address before each value even when there is only one." },
    { NULL, 0, NULL, NULL },
};

/* One answer is held back until it is known whether another follows. */
struct getting {
    bool names;
    int code;
    unsigned answers;
    FILE *first; /* where the first answer waits */
    char *text;
    size_t size;
    char address[GS_ADDRESS_SIZE];
};

static void print_first(struct getting *getting, bool with_address)
{
    if (getting->first) {
        fclose(getting->first);
        getting->first = NULL;
        printf("%s%s%s\n", with_address ? getting->address : "", with_address && *getting->text ? " " : "",
               getting->text);
    }
}

static void take(void *context, const struct gs_message *message)
{
    struct getting *getting = context;
    int complaint = gs_remote_complaint(message);
    if (complaint) {
        getting->code = complaint;
        return;
    }
    if (getting->answers++ == 0) {
        snprintf(getting->address, sizeof getting->address, "%s", message->address);
        getting->first = open_memstream(&getting->text, &getting->size);
        if (getting->first) {
            gs_remote_print_atoms(getting->first, message);
        }
        return;
    }
    print_first(getting, true);
    printf("%s%s", message->address, message->n_atoms ? " " : "");
    gs_remote_print_atoms(stdout, message);
    putchar('\n');
}

static int get(struct gs_remote *remote, const char *address, bool names)
{
    struct getting getting = { .names = names };
    struct gs_error error;
    struct gs_message question = { address, NULL, 0 };
    enum gs_status status =
        gs_osc_client_ask(remote->client, &question, 1, remote->wait_ms, take, &getting, &error);
    print_first(&getting, names || strcmp(getting.address, address) != 0);
    free(getting.text);
    return status ? gs_complain(&error) : getting.code;
}

static int run(const struct gs_arguments *arguments)
{
    struct gs_remote remote;
    struct gs_error error;
    int code = 0;
    if (arguments->n_operands == 0) {
        gs_fail(&error, GS_E_USAGE, "", "get: found no ADDRESS, expected one such as /stage/pre/gain");
        return gs_complain(&error);
    }
    for (int i = 0; i < arguments->n_operands; i++) {
        if (gs_remote_check("get", arguments->operand[i], &error)) {
            return gs_complain(&error);
        }
    }
    if (gs_remote_open(arguments, &remote, &error)) {
        return gs_complain(&error);
    }
    for (int i = 0; i < arguments->n_operands; i++) {
        bool names = gs_option(arguments, "names") || arguments->n_operands > 1;
        int one = get(&remote, arguments->operand[i], names);
        code = code ? code : one;
    }
    gs_remote_close(&remote);
    return code;
}

const struct gs_command gs_cmd_get = {
    .key = "get",
    .operands = "ADDRESS...",
    .doc = "Read values of a running daemon over OSC. A pattern such as '/stage/*/gain' reads many; then, "
           "and with "
           "several addresses, each line begins with the address. Exits with 65 when the daemon refuses, 71 "
           "when "
           "none answers.",
    .options = options,
    .run = run,
};
