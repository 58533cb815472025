/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage set ADDRESS VALUE...`: turns something in a running daemon and says when it became something
 * else than was asked for. */
#include "app/remote.h"

#include <math.h>
#include <string.h>

#define VALUES_MAX 16

static const struct gs_option options[] = {
    GS_OPTION_HOST,
    GS_OPTION_PORT,
    GS_OPTION_TCP,
    GS_OPTION_WAIT,
    { "text", 't', NULL, "Send values as texts even when they look like numbers." },
    { NULL, 0, NULL, NULL },
};

struct setting {
    const char *address;
    bool reads_back;
    struct gs_atom wanted;
    int code;
};

/* A reading of a control is compared with what was asked for; what a verb answers is printed. */
static void take(void *context, const struct gs_message *message)
{
    struct setting *setting = context;
    int complaint = gs_remote_complaint(message);
    if (complaint) {
        setting->code = complaint;
        return;
    }
    if (!setting->reads_back) {
        gs_remote_print_atoms(stdout, message);
        putchar('\n');
        return;
    }
    double wanted, now;
    if (setting->code || message->n_atoms == 0 || !gs_atom_number(&setting->wanted, &wanted) ||
        !gs_atom_number(&message->atoms[0], &now)) {
        return;
    }
    if (fabs(now - wanted) > 1e-4 * fmax(1.0, fabs(wanted)) && !(wanted < -90.0 && now == -90.0)) {
        fprintf(stderr, "%s: ", message->address);
        gs_remote_print_atoms(stderr, message);
        fputs(" is the nearest that it takes\n", stderr);
    }
}

/* What a control is now can be read after it was set; a verb would be said a second time. */
static bool is_control(const char *address)
{
    const char *last = strrchr(address, '/');
    return (strncmp(address, "/stage/", 7) == 0 || strncmp(address, "/master/", 8) == 0) &&
           strcmp(last, "/step") != 0 && strcmp(last, "/clip") != 0;
}

static int set(struct gs_remote *remote, const struct gs_arguments *arguments)
{
    struct gs_atom atoms[VALUES_MAX];
    struct gs_error error;
    size_t n = (size_t)arguments->n_operands - 1;
    for (size_t i = 0; i < n; i++) {
        const char *word = arguments->operand[i + 1];
        atoms[i] = gs_option(arguments, "text") ? gs_atom_text(word) : gs_remote_atom(word);
    }
    struct setting setting = { .address = arguments->operand[0], .wanted = atoms[0] };
    setting.reads_back = is_control(setting.address);
    struct gs_message messages[2] = { { setting.address, atoms, n }, { setting.address, NULL, 0 } };
    enum gs_status status = gs_osc_client_ask(remote->client, messages, setting.reads_back ? 2 : 1,
                                              remote->wait_ms, take, &setting, &error);
    return status ? gs_complain(&error) : setting.code;
}

static int run(const struct gs_arguments *arguments)
{
    struct gs_remote remote;
    struct gs_error error;
    if (arguments->n_operands < 2 || arguments->n_operands > VALUES_MAX + 1) {
        gs_fail(&error, GS_E_USAGE, "",
                "set: expected ADDRESS VALUE..., such as /stage/pre/gain 30; what is only pressed takes 1, "
                "such as "
                "/undo 1");
        return gs_complain(&error);
    }
    if (gs_remote_check("set", arguments->operand[0], &error) || gs_remote_open(arguments, &remote, &error)) {
        return gs_complain(&error);
    }
    int code = set(&remote, arguments);
    gs_remote_close(&remote);
    return code;
}

const struct gs_command gs_cmd_set = {
    .key = "set",
    .operands = "ADDRESS VALUE...",
    .doc = "Set a value of a running daemon over OSC, or say one of its verbs: set /stage/pre/gain 30, set "
           "'/stage/*/mute' on, set /chain/load vocal. Silent when it did what was asked; says the value "
           "when it "
           "took the nearest possible one. Exits with 65 when the daemon refuses, 71 when none answers.",
    .options = options,
    .run = run,
};
