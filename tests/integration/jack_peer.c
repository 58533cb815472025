/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * jack_peer NAME: a client with the ports "in" and "out" (silence) that stays until a signal ends it. */
#include <jack/jack.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static jack_port_t *out;

static int process(jack_nframes_t frames, void *arg)
{
    (void)arg;
    memset(jack_port_get_buffer(out, frames), 0, frames * sizeof(float));
    return 0;
}

int main(int argc, char **argv)
{
    jack_client_t *client =
        jack_client_open(argc == 2 ? argv[1] : "peer", JackNoStartServer | JackUseExactName, NULL);
    if (!client) {
        fputs("jack_peer: no server, or the name is taken\n", stderr);
        return 1;
    }
    jack_set_process_callback(client, process, NULL);
    jack_port_register(client, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    out = jack_port_register(client, "out", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
    if (jack_activate(client)) {
        return 1;
    }
    for (;;) {
        pause();
    }
}
