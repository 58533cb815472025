/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstaged`: the daemon's command line. */
#include "app/chain_folders.h"
#include "app/daemon.h"
#include "app/options.h"
#include "app/streams.h"
#include "base/log.h"
#include "control/osc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CEILING_DBFS     (-1.0)
#define CEILING_MIN_DBFS (-60.0)

static const struct gs_option options[] = {
    { "name", 'n', "NAME", "Name of the JACK client and of this instance. Default: gainstaged." },
    { "server", 's', "NAME",
      "Name of the JACK server. Default: $JACK_DEFAULT_SERVER, or the server called default." },
    { "start-server", 0, NULL,
      "When no server runs, start a private jackd on its dummy driver, for machines without a sound card, "
      "and "
      "end it with the daemon." },
    { "connect", 'c', "auto|none",
      "auto: connect the ports, once, with the physical audio ports of the machine. none: leave that to "
      "others. "
      "Default: auto." },
    { "taps", 't', NULL, "Add an output port tap_ID for each stage of the chain." },
    { "out-ceiling", 0, "DBFS",
      "Level that no sample at the outputs ever exceeds, from -60 to 0 dBFS. Default: -1." },
    { "osc-bind", 0, "ADDRESS",
      "IPv4 or IPv6 address to listen on for OSC; 0.0.0.0 is every network. Default: 127.0.0.1." },
    { "osc-port", 'p', "PORT",
      "UDP and TCP port to listen on for OSC; 0 takes any free one. Default: 7770." },
    { "osc-allow", 0, "CIDR[,CIDR...]",
      "Networks and addresses that may speak OSC beside this machine itself, such as "
      "192.168.1.0/24,fd00::/8. "
      "Default: whoever reaches --osc-bind." },
    { "osc-peer", 0, "HOST:PORT[,meters=HZ]",
      "Send values and meters there for ever, without being asked; HOST in figures, HZ from 0 to 50, default "
      "20. "
      "May be given several times." },
    { "osc-reply-port", 0, "PORT",
      "Answer there instead of at the port that a message came from, unless its sender says otherwise. "
      "Default: "
      "0, where it came from." },
    { "http-bind", 0, "ADDRESS",
      "IPv4 or IPv6 address to listen on for HTTP: the page, OSCQuery and WebSocket. Default: as "
      "--osc-bind." },
    { "http-port", 0, "PORT",
      "TCP port to listen on for HTTP; 0 takes any free one. Default: the port of OSC, which tells both "
      "apart." },
    { "http-host", 0, "NAME",
      "Answer to this name too, beside localhost, the machine's name and its addresses. May be given several "
      "times." },
    { "http-pin", 0, "PIN",
      "Who has not said this word over its WebSocket may look and listen but change nothing. With @FILE the "
      "word "
      "is the first line of a file. Default: everybody may change everything." },
    { "no-http", 0, NULL, "Serve neither the page nor OSCQuery." },
    { "web-dir", 0, "FOLDER",
      "Serve the page from here instead of from the program: for who works on the page." },
    { "chain-dir", 'd', "FOLDER",
      "Look for chains here first, and save them here. May be given several times; the first is saved to." },
    { "log", 'l', "LEVEL", "error, warn, info or debug: what is written to standard error. Default: info." },
    { "help", 'h', NULL, "Print this help and exit." },
    { "version", 'V', NULL, "Print the version and exit." },
    { NULL, 0, NULL, NULL },
};

static int run(const struct gs_arguments *arguments);

const struct gs_command gs_daemon_command = {
    .key = "gainstaged",
    .operands = "[OPTION]... CHAIN",
    .doc = "Play live audio through the gain stages of CHAIN, meter every stage, and obey OSC.",
    .options = options,
    .run = run,
};

static void print_help(void)
{
    printf("Usage: %s %s\n%s\n\nCHAIN is a file, or the name of a chain in one of the chain "
           "folders.\n\nOptions:\n",
           gs_daemon_command.key, gs_daemon_command.operands, gs_daemon_command.doc);
    gs_options_print(stdout, options);
    printf(
        "\nSIGHUP loads the chain file again. SIGTERM and SIGINT fade out and end.\nReport bugs to: <%s>\n",
        PACKAGE_BUGREPORT);
}

static enum gs_status word_error(struct gs_error *error, const char *option, const char *word,
                                 const char *expected)
{
    return gs_fail(error, GS_E_USAGE, "", "--%s %s: expected %s", option, word, expected);
}

static enum gs_status read_words(const struct gs_arguments *arguments, struct gs_daemon_setup *setup,
                                 struct gs_error *error)
{
    const char *level_word = gs_option(arguments, "log"), *connect = gs_option(arguments, "connect");
    enum gs_log_level level = GS_LOG_INFO;
    if (level_word && !gs_log_level_from_word(level_word, &level)) {
        return word_error(error, "log", level_word, "error, warn, info or debug");
    }
    if (connect && strcmp(connect, "auto") != 0 && strcmp(connect, "none") != 0) {
        return word_error(error, "connect", connect, "auto or none");
    }
    gs_log_setup("gainstaged", level);
    setup->server_output = level == GS_LOG_DEBUG;
    setup->auto_connect = !connect || strcmp(connect, "auto") == 0;
    setup->start_server = gs_option(arguments, "start-server") != NULL;
    setup->taps = gs_option(arguments, "taps") != NULL;
    setup->server = gs_option(arguments, "server");
    setup->osc_bind = gs_option(arguments, "osc-bind");
    setup->name = gs_option(arguments, "name") ? gs_option(arguments, "name") : "gainstaged";
    if (!*setup->name || strlen(setup->name) > 63 || strchr(setup->name, ':')) {
        return word_error(error, "name", setup->name, "1 to 63 characters without a colon");
    }
    return GS_OK;
}

static enum gs_status read_peers(const struct gs_arguments *arguments, struct gs_daemon_setup *setup,
                                 struct gs_error *error)
{
    const char *text, *allow = gs_option(arguments, "osc-allow");
    enum gs_status status = allow ? gs_osc_allow_parse(&setup->osc_allow, allow, error) : GS_OK;
    int at = 0;
    while (!status && (text = gs_option_each(arguments, "osc-peer", &at))) {
        if (setup->n_osc_peers == GS_SESSION_PEERS) {
            return gs_fail(error, GS_E_USAGE, text, "more than %d peers", GS_SESSION_PEERS);
        }
        status = gs_osc_peer_parse(text, &setup->osc_peer[setup->n_osc_peers], error);
        setup->n_osc_peers++;
    }
    return status;
}

#define HOSTS_MAX 16
#define PIN_MAX   63

/* What the options about HTTP point to. */
struct http_words {
    const char *host[HOSTS_MAX + 1];
    char pin[PIN_MAX + 2];
};

static enum gs_status read_pin_file(const char *path, struct http_words *words, struct gs_error *error)
{
    FILE *file = fopen(path, "re");
    if (!file || !fgets(words->pin, sizeof words->pin, file)) {
        words->pin[0] = '\0';
    }
    enum gs_status status =
        file ? GS_OK : gs_fail(error, GS_E_NOFILE, "", "--http-pin @%s: %s", path, strerror(errno));
    if (file) {
        fclose(file);
    }
    words->pin[strcspn(words->pin, "\r\n")] = '\0';
    return status;
}

static enum gs_status read_pin(const char *word, struct http_words *words, struct gs_error *error)
{
    if (word[0] != '@') {
        snprintf(words->pin, sizeof words->pin, "%s", word);
    } else if (read_pin_file(word + 1, words, error)) {
        return error->status;
    }
    size_t length = strlen(words->pin);
    return length >= 4 && length <= PIN_MAX
               ? GS_OK
               : gs_fail(error, GS_E_USAGE, "",
                         "--http-pin: expected a word of 4 to %d letters or @FILE with one", PIN_MAX);
}

static enum gs_status read_http(const struct gs_arguments *arguments, struct gs_daemon_setup *setup,
                                struct http_words *words, struct gs_error *error)
{
    const char *pin = gs_option(arguments, "http-pin"), *host;
    long port;
    int at = 0, n = 0;
    enum gs_status status = gs_option_whole(arguments, "http-port", 0, 65535, -1, &port, error);
    if (!status && pin) {
        status = read_pin(pin, words, error);
        setup->http_pin = words->pin;
    }
    while (!status && (host = gs_option_each(arguments, "http-host", &at))) {
        if (n == HOSTS_MAX) {
            return gs_fail(error, GS_E_USAGE, "", "--http-host %s: more than %d names", host, HOSTS_MAX);
        }
        words->host[n++] = host;
    }
    setup->http = !gs_option(arguments, "no-http");
    setup->http_port = status ? -1 : (int)port;
    setup->http_bind =
        gs_option(arguments, "http-bind") ? gs_option(arguments, "http-bind") : setup->osc_bind;
    setup->http_hosts = words->host;
    setup->web_dir = gs_option(arguments, "web-dir");
    return status;
}

static enum gs_status read_arguments(const struct gs_arguments *arguments, struct gs_daemon_setup *setup,
                                     struct gs_error *error)
{
    long port, reply_port;
    if (arguments->n_operands != 1) {
        return gs_fail(error, GS_E_USAGE, "", "expected one CHAIN, got %d: see --help",
                       arguments->n_operands);
    }
    enum gs_status status = read_words(arguments, setup, error);
    if (!status) {
        status = gs_option_number(arguments, "out-ceiling", CEILING_MIN_DBFS, 0, CEILING_DBFS,
                                  &setup->out_ceiling_dbfs, error);
    }
    if (!status) {
        status = gs_option_whole(arguments, "osc-port", 0, 65535, GS_OSC_PORT, &port, error);
    }
    if (!status) {
        status = gs_option_whole(arguments, "osc-reply-port", 0, 65535, 0, &reply_port, error);
    }
    setup->osc_port = status ? 0 : (uint16_t)port;
    setup->osc_reply_port = status ? 0 : (uint16_t)reply_port;
    return status ? status : read_peers(arguments, setup, error);
}

static void read_folders(const struct gs_arguments *arguments, struct gs_chain_folders *folders)
{
    const char *folder;
    int at = 0;
    while ((folder = gs_option_each(arguments, "chain-dir", &at))) {
        gs_chain_folders_add(folders, folder);
    }
    gs_chain_folders_add_standard(folders);
}

static int run(const struct gs_arguments *arguments)
{
    struct gs_daemon_setup setup = { 0 };
    struct gs_chain_folders folders = { 0 };
    struct http_words words = { 0 };
    struct gs_error error;
    if (read_arguments(arguments, &setup, &error) || read_http(arguments, &setup, &words, &error)) {
        return gs_complain(&error);
    }
    read_folders(arguments, &folders);
    char *chain = gs_chain_folders_find(&folders, arguments->operand[0]);
    if (!chain) {
        gs_chain_folders_refuse(&folders, arguments->operand[0], &error);
        gs_chain_folders_finish(&folders);
        return gs_complain(&error);
    }
    setup.chain = chain;
    setup.folders = &folders;
    setup.save_folder = folders.list[0];
    int code = gs_daemon_run(&setup);
    free(chain);
    gs_chain_folders_finish(&folders);
    return code;
}

int main(int argc, char **argv)
{
    struct gs_arguments arguments;
    struct gs_error error;
    gs_streams_keep();
    gs_log_setup("gainstaged", GS_LOG_INFO);
    if (gs_options_parse(&arguments, options, argc, argv, &error)) {
        return gs_complain(&error);
    }
    if (gs_option(&arguments, "help")) {
        print_help();
        return 0;
    }
    if (gs_option(&arguments, "version")) {
        printf("gainstaged (%s) %s\nLicense GPL-3.0-or-later <https://gnu.org/licenses/gpl.html>\n",
               PACKAGE_NAME, PACKAGE_VERSION);
        return 0;
    }
    return gs_daemon_command.run(&arguments);
}
