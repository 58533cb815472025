/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See remote.h. */
#include "app/remote.h"

#include "base/number.h"
#include "control/osc.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum gs_status gs_remote_open(const struct gs_arguments *arguments, struct gs_remote *remote,
                              struct gs_error *error)
{
    double wait_s;
    long port;
    const char *host = gs_option(arguments, "host");
    enum gs_status status = gs_option_whole(arguments, "port", 1, 65535, GS_OSC_PORT, &port, error);
    if (!status) {
        status = gs_option_number(arguments, "wait", 0.01, 60, 2, &wait_s, error);
    }
    if (!status) {
        remote->wait_ms = (int)(wait_s * 1000);
        enum gs_osc_wire wire = gs_option(arguments, "tcp") ? GS_OSC_TCP : GS_OSC_UDP;
        status = gs_osc_client_open(wire, host ? host : "127.0.0.1", (uint16_t)port, &remote->client, error);
    }
    return status;
}

enum gs_status gs_remote_check(const char *command, const char *address, struct gs_error *error)
{
    return address[0] == '/'
               ? GS_OK
               : gs_fail(error, GS_E_USAGE, "", "%s: found '%s', expected an address: did you mean '/%s'?",
                         command, address, address);
}

void gs_remote_close(struct gs_remote *remote)
{
    gs_osc_client_close(remote->client);
}

struct gs_atom gs_remote_atom(const char *word)
{
    double number;
    if (!gs_number_read(word, &number)) {
        return gs_atom_text(word);
    }
    if (!strpbrk(word, ".eE") && fabs(number) <= INT32_MAX) {
        return gs_atom_int((int64_t)number);
    }
    return gs_atom_float(number);
}

static void print_number(FILE *to, double number)
{
    /* The shortest figures that mean the same float: 0.1, not 0.100000001. */
    char text[32];
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtof(text, NULL) == (float)number) {
            break;
        }
    }
    fputs(text, to);
}

static void print_atom(FILE *to, const struct gs_atom *atom)
{
    double number;
    switch (atom->tag) {
    case 's':
    case 'S':
        fputs(atom->text, to);
        break;
    case 'i':
    case 'h':
    case 'c':
    case 't':
        fprintf(to, "%" PRId64, atom->integer);
        break;
    case 'b':
    case 'm':
        fprintf(to, "(%u bytes)", atom->blob.size);
        break;
    case 'N':
        fputs("none", to);
        break;
    default:
        if (gs_atom_number(atom, &number)) {
            print_number(to, number);
        }
        break;
    }
}

void gs_remote_print_atoms(FILE *to, const struct gs_message *message)
{
    for (size_t i = 0; i < message->n_atoms; i++) {
        if (i) {
            fputc(' ', to);
        }
        print_atom(to, &message->atoms[i]);
    }
}

int gs_remote_complaint(const struct gs_message *message)
{
    if (strcmp(message->address, "/error") != 0 || message->n_atoms < 3) {
        return 0;
    }
    for (size_t i = 0; i < 3; i++) {
        if (message->atoms[i].tag != 's') {
            return 0;
        }
    }
    struct gs_error error;
    gs_fail(&error, GS_E_UNKNOWN, message->atoms[0].text, "%s", message->atoms[2].text);
    gs_complain(&error);
    return strcmp(message->atoms[1].text, "busy") == 0 ? 1 : EX_DATAERR;
}
