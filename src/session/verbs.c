/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything that can be said to the session as a whole, one row each; and the small verbs. */
#include "config.h"

#include "session/state.h"

static void info(struct gs_session *session, const struct gs_message *message)
{
    struct gs_atom atoms[4] = { gs_atom_text("1.0"), gs_atom_text(session->setup.name),
                                gs_atom_text("gainstaged"), gs_atom_text(PACKAGE_VERSION) };
    gs_reply(session, message->address, atoms, 4);
}

static void xinfo(struct gs_session *session, const struct gs_message *message)
{
    const char *ip = session->from.outlet ? session->from.outlet->local_ip : "";
    struct gs_atom atoms[4] = { gs_atom_text(ip), gs_atom_text(session->setup.name),
                                gs_atom_text("gainstaged"), gs_atom_text(PACKAGE_VERSION) };
    gs_reply(session, message->address, atoms, 4);
}

static void status(struct gs_session *session, const struct gs_message *message)
{
    const char *ip = session->from.outlet ? session->from.outlet->local_ip : "";
    struct gs_atom atoms[3] = { gs_atom_text(session->state), gs_atom_text(ip),
                                gs_atom_text(session->chain ? session->chain->name : "") };
    gs_reply(session, message->address, atoms, 3);
}

static void audio(struct gs_session *session, const struct gs_message *message)
{
    const struct gs_session_audio *now = &session->audio;
    struct gs_atom atoms[7] = { gs_atom_text(session->state), gs_atom_float(now->rate_hz),
                                gs_atom_int(now->period),     gs_atom_int((int64_t)now->xruns),
                                gs_atom_int(now->returns),    gs_atom_float((double)now->load_percent),
                                gs_atom_text(now->scheduling) };
    gs_reply(session, message->address, atoms, 7);
}

static void ping(struct gs_session *session, const struct gs_message *message)
{
    gs_reply(session, "/pong", message->atoms, message->n_atoms);
}

static void clip_reset(struct gs_session *session, const struct gs_message *message)
{
    (void)message;
    gs_meters_reset(session, UINT_MAX);
}

/* The list is what answers: put straight into the reply. */
static void stage_list(struct gs_session *session, const struct gs_message *message)
{
    (void)message;
    struct gs_outlet *outlet = session->from.outlet;
    struct gs_endpoint to = gs_reply_endpoint(session, &session->from);
    gs_replies_close(session);
    if (outlet) {
        outlet->open(outlet, &to, GS_OUTLET_SINGLE);
        gs_stage_list(session, outlet);
        outlet->close(outlet);
    }
}

const struct gs_verb gs_verbs[] = {
    { .address = "/info",
      .answer = "ssss",
      .flags = GS_VERB_STATE | GS_VERB_VIEW,
      .doc = "Version of this address tree, name of the instance, program, version of the program.",
      .run = info },
    { .address = "/status",
      .answer = "sss",
      .flags = GS_VERB_STATE | GS_VERB_VIEW,
      .doc = "State (\"active\", \"no audio\"), own IP address, name of the chain.",
      .run = status },
    { .address = "/audio",
      .answer = "sfiiifs",
      .flags = GS_VERB_STATE | GS_VERB_VIEW,
      .doc =
          "State as in /status, sample rate in hertz, period in frames, xruns since start, how often a "
          "server was found again, load of the sound server in percent, and what the kernel says about the "
          "audio thread (\"SCHED_FIFO priority 10\").",
      .run = audio },
    { .address = "/ping",
      .types = "any",
      .answer = "any",
      .flags = GS_VERB_VIEW,
      .doc = "Answers /pong with the same arguments.",
      .run = ping },
    { .address = "/stage/list",
      .answer = "isssfffs",
      .flags = GS_VERB_VIEW,
      .doc =
          "One message a stage: number, id, name, kind, lowest, highest and present gain in dB, law of its "
          "fader (\"fader\", \"linear\", \"log\", \"none\"); then /stage/list/end with their number. Sent to "
          "subscribers whenever the chain changes.",
      .run = stage_list },
    { .address = "/refresh",
      .flags = GS_VERB_TRIGGER | GS_VERB_VIEW,
      .doc = "All values once more, to a subscriber.",
      .run = gs_verb_refresh },
    { .address = "/subscribe/meter",
      .types = "s [i]",
      .flags = GS_VERB_VIEW,
      .doc =
          "A meter's address (patterns too) and a rate in hertz, 0 to 50, default 5: sends this reading at "
          "that pace, maxima since they were last sent; 0 ends it. Lives as long as the subscription of "
          "this address; without one, for 10 seconds from its last message.",
      .run = gs_verb_subscribe_meter },
    { .address = "/record/meters",
      .types = "s [s f]",
      .flags = GS_VERB_VIEW,
      .doc =
          "Stage (id), point (\"out\", \"in\") and rate in hertz, up to 200: every meter of that wire over "
          "time, "
          "from now on, as gainstage record-meters writes it. Answers /record/meters/columns with the names, "
          "then "
          "one /record/meters/row a tick: its number from 0, time in seconds of the last sample used, and "
          "the "
          "columns as doubles, N where there is nothing. Rate 0 ends it; so does a chain in which the wire "
          "is "
          "gone or another, told by /record/meters/end with the reason. Lives as long as the subscription.",
      .run = gs_verb_record_meters },
    { .address = "/record/meters/again",
      .types = "h",
      .flags = GS_VERB_VIEW,
      .doc = "A row of the last 512 got lost: sends it and all behind it once more.",
      .run = gs_verb_record_again },
    { .address = "/subscribe",
      .types = "[i i i i]",
      .answer = "iii",
      .flags = GS_VERB_TRIGGER | GS_VERB_INLINE | GS_VERB_VIEW,
      .doc =
          "Port to send to (0: the one this comes from), lease in seconds (1 to 86400, default 10), meter "
          "rate in hertz (0 to 50, default 20), flags: 1 values, 2 meters, 4 texts, 8 ids instead of numbers "
          "in addresses, 16 own changes too, 32 no bundles; default 7. Answers /subscribed with port, lease "
          "and places left, then every value. Any message from the same address renews the lease.",
      .run = gs_verb_subscribe },
    { .address = "/xremote",
      .flags = GS_VERB_TRIGGER | GS_VERB_VIEW,
      .doc = "Subscribes for 10 seconds or renews, without an answer.",
      .run = gs_verb_xremote },
    { .address = "/renew",
      .flags = GS_VERB_TRIGGER | GS_VERB_VIEW,
      .doc = "Renews every subscription of this address.",
      .run = gs_verb_renew },
    { .address = "/unsubscribe",
      .types = "[i]",
      .answer = "",
      .flags = GS_VERB_TRIGGER | GS_VERB_INLINE | GS_VERB_VIEW,
      .doc = "Ends the subscription (of a port); answers /unsubscribed.",
      .run = gs_verb_unsubscribe },
    { .address = "/set_reply_port",
      .types = "i",
      .answer = "i",
      .flags = GS_VERB_INLINE | GS_VERB_VIEW,
      .doc = "Port at which this address wants its answers from now on; 0: where this sender sends from.",
      .run = gs_verb_set_reply_port },
    { .address = "/peers/list",
      .answer = "ssiii",
      .flags = GS_VERB_VIEW,
      .doc = "One message a subscriber: its address, \"datagram\" or \"stream\", seconds left of its lease "
             "(0: for "
             "ever), meter packets a second, 1 when it is who asks; then /peers/list/end with their number.",
      .run = gs_verb_peers_list },
    { .address = "/xinfo",
      .answer = "ssss",
      .flags = GS_VERB_VIEW,
      .doc = "As X Air does: own IP address, name of the instance, program, version of the program.",
      .run = xinfo },
    { .address = "/meters/rate",
      .types = "i",
      .answer = "i",
      .flags = GS_VERB_INLINE | GS_VERB_VIEW,
      .doc = "Meter packets a second to this subscriber, 0 to 50.",
      .run = gs_verb_meters_rate },
    { .address = "/meters",
      .types = "[s i i i]",
      .flags = GS_VERB_INLINE | GS_VERB_VIEW,
      .doc =
          "As X32 does: \"/meters/1\" asks for blobs under that address for ten seconds, one every 50 ms "
          "times "
          "the last number (1 to 99). A blob is a count and so many floats, little-endian: peaks as parts of "
          "full scale since the blob before, input and output of each stage; of /meters/0 outputs only. "
          "/renew and the same question renew it.",
      .run = gs_verb_meters },
    { .address = "/chain/fault",
      .answer = "si",
      .flags = GS_VERB_STATE | GS_VERB_VIEW,
      .doc = "What the last chain file was refused for, whoever wanted it loaded, until one is good: the "
             "file (\"\": "
             "nothing is wrong), number of complaints, and of the first five where and what. Subscribers are "
             "told.",
      .run = gs_verb_chain_fault },
    { .address = "/chain/name",
      .answer = "s",
      .flags = GS_VERB_STATE,
      .doc = "Name of the chain.",
      .run = gs_verb_chain_name },
    { .address = "/chain/clips_first",
      .answer = "s",
      .flags = GS_VERB_STATE,
      .doc = "Predicted: the stage that clips first when the source gets louder; \"\": none ever does.",
      .run = gs_verb_clips_first },
    { .address = "/chain/noise_bottleneck",
      .answer = "s",
      .flags = GS_VERB_STATE,
      .doc = "Predicted: the stage that makes most of the A-weighted noise at the end; \"\": none makes any.",
      .run = gs_verb_noise_bottleneck },
    { .address = "/chain/dynamic_range_db",
      .answer = "f",
      .unit = "dB",
      .flags = GS_VERB_STATE,
      .doc =
          "Predicted: from the noise at the end, 20 Hz to 20 kHz, to what clips first; 144: without an end.",
      .run = gs_verb_dynamic_range },
    { .address = "/chain/dynamic_range_a_db",
      .answer = "f",
      .unit = "dB",
      .flags = GS_VERB_STATE,
      .doc = "The same, A-weighted.",
      .run = gs_verb_dynamic_range_a },
    { .address = "/chain/ceiling_spread_db",
      .answer = "f",
      .unit = "dB",
      .flags = GS_VERB_STATE,
      .doc = "Predicted: how far the ceilings of the stages lie apart, seen from the source; 0: all clip "
             "together, 144: fewer than two ceilings.",
      .run = gs_verb_ceiling_spread },
    { .address = "/chain/alignment",
      .answer = "ff",
      .flags = GS_VERB_STATE,
      .doc = "dBu that 0 dBFS stands for, and the level in dBFS that counts as nominal.",
      .run = gs_verb_chain_alignment },
    { .address = "/level_diagram",
      .answer = "isssiifffffffffffffffff",
      .flags = GS_VERB_VIEW,
      .doc =
          "One message a stage with what a picture of the chain draws: number, id, its kind in words, the "
          "stage it listens to where that is not the one before, how many it listens to, flags; then "
          "predicted in dB: level, peak, level and peak at its input, noise, ceiling, nominal, headroom, "
          "SNR, "
          "gain; distortion 0 to 1; how much louder the sources may get before it clips; its share of the "
          "noise at the end, 0 to 1; what to add to levels behind and before it on a ruler in dBu, and the "
          "same on a ruler of the source. N where there is no number. Flags: 1 silent, 2 live level unknown, "
          "4 programme, 8 driven into its curve, 16 it or an earlier one is, 32 gain turned by the "
          "programme, "
          "64 bypassed, 128 muted, 65536 soft ceiling, 131072 clips first, 262144 noise bottleneck, 524288 "
          "model error. Then "
          "/level_diagram/end.",
      .run = gs_verb_level_diagram },
    { .address = "/chain/list",
      .answer = "s",
      .flags = GS_VERB_VIEW,
      .doc = "One message a chain of the chain folders; then /chain/list/end with their number.",
      .run = gs_verb_chain_list },
    { .address = "/models/sheet",
      .types = "s",
      .answer = "sssfssss",
      .flags = GS_VERB_VIEW,
      .doc = "One message a value of this data sheet: sheet, kind of stage, key, value (N: not given), "
             "label, value "
             "as text, source, and how far it can be trusted: \"low\", \"medium\", \"high\"; then "
             "/models/sheet/end with name and number.",
      .run = gs_verb_models_sheet },
    { .address = "/models",
      .types = "[s]",
      .answer = "ssss",
      .flags = GS_VERB_VIEW,
      .doc = "One message a data sheet that this chain can name: name, title, kinds of stages it is of, what "
             "it is; "
             "then /models/end with their number. With the key of a kind: only those of it.",
      .run = gs_verb_models },
    { .address = "/chain/load",
      .types = "s",
      .answer = "s",
      .flags = GS_VERB_INLINE | GS_VERB_ASKS,
      .doc =
          "Loads a chain from the chain folders by its bare name. A bad one is refused, with the reasons in "
          "/error, and the old one plays on.",
      .run = gs_verb_chain_load },
    { .address = "/chain/save",
      .types = "[s]",
      .answer = "s",
      .flags = GS_VERB_TRIGGER,
      .doc =
          "Saves the chain with today's values over its file, or under a bare name in the folder for saved "
          "chains; data sheets beside the old file are copied to beside the new one. Refused where another "
          "sheet stands there under that name, or its sound files would not be found. Answers with the path.",
      .run = gs_verb_chain_save },
    { .address = "/listen/boost",
      .types = "f",
      .answer = "f",
      .unit = "dB",
      .max = GS_BOOST_MAX_DB,
      .flags = GS_VERB_STATE,
      .doc =
          "How much louder than real the error is heard when it is listened to; the outputs' limiter comes "
          "behind it.",
      .run = gs_verb_listen_boost },
    { .address = "/listen",
      .types = "s [s]",
      .answer = "ss",
      .flags = GS_VERB_INLINE | GS_VERB_STATE,
      .doc = "Which stage the outputs carry (id or number), and which path: real, ideal or error.",
      .run = gs_verb_listen },
    { .address = "/snapshot/save",
      .types = "s",
      .flags = GS_VERB_INLINE,
      .doc = "Keeps today's values under a name (letters, figures, - and _, or a number), beside the chain's "
             "file "
             "where that can be written.",
      .run = gs_verb_snapshot_save },
    { .address = "/snapshot/recall",
      .types = "s [f]",
      .flags = GS_VERB_INLINE,
      .doc =
          "Takes the values of a snapshot, all in one block, or gliding there in so many seconds (up to 60).",
      .run = gs_verb_snapshot_recall },
    { .address = "/snapshot/list",
      .answer = "s",
      .flags = GS_VERB_VIEW,
      .doc = "One message a snapshot; then /snapshot/list/end with their number.",
      .run = gs_verb_snapshot_list },
    { .address = "/snapshot/delete",
      .types = "s",
      .flags = GS_VERB_INLINE,
      .doc = "Forgets a snapshot.",
      .run = gs_verb_snapshot_delete },
    { .address = "/ab",
      .types = "f | s",
      .answer = "f",
      .flags = GS_VERB_TRIGGER | GS_VERB_STATE,
      .doc = "Two settings to compare: any number but 0 changes to the other one, \"a\" and \"b\" choose. "
             "Answers 0 "
             "on A, 1 on B.",
      .run = gs_verb_ab },
    { .address = "/ab/match",
      .types = "f",
      .answer = "f",
      .max = 1,
      .flags = GS_VERB_STATE,
      .doc = "1 (from the start): of A and B the louder one is turned down in what is heard, by the "
             "difference of "
             "their loudness where one listens; 0: both as they are.",
      .run = gs_verb_ab_match },
    { .address = "/ab/trim",
      .answer = "f",
      .unit = "dB",
      .min = -GS_TRIM_MAX_DB,
      .flags = GS_VERB_STATE,
      .doc = "By how much the setting at hand is turned down for that.",
      .run = gs_verb_ab_trim },
    { .address = "/undo",
      .flags = GS_VERB_TRIGGER,
      .doc = "Takes back the last change, whoever made it; up to 100 of them. The way of a fader is one.",
      .run = gs_verb_undo },
    { .address = "/redo", .flags = GS_VERB_TRIGGER, .doc = "Makes it again.", .run = gs_verb_redo },
    { .address = "/panic",
      .answer = "f",
      .flags = GS_VERB_TRIGGER,
      .doc = "Silences the outputs at once, whatever else is going on. Subscribers are told 1.",
      .run = gs_verb_panic },
    { .address = "/panic/off",
      .flags = GS_VERB_TRIGGER,
      .doc = "Opens the outputs again, fading in. Subscribers are told /panic 0.",
      .run = gs_verb_panic_off },
    { .address = "/loudness",
      .types = "s",
      .answer = "s",
      .flags = GS_VERB_TRIGGER | GS_VERB_INLINE | GS_VERB_STATE,
      .doc = "\"start\", \"pause\", \"continue\" or \"reset\": loudness of all stages at once, as "
             "/stage/ID/loudness does "
             "it. Answers \"running\", \"paused\", or \"mixed\".",
      .run = gs_verb_loudness },
    { .address = "/clip/reset",
      .flags = GS_VERB_TRIGGER,
      .doc = "Puts out every clip lamp and starts totals anew.",
      .run = clip_reset },
    { .address = "/log/line", .answer = "tsssss", .flags = GS_VERB_QUIET, .doc = "See /log." },
    { .address = "/log/lost", .answer = "i", .flags = GS_VERB_QUIET, .doc = "So many lines were too many." },
    { .address = "/log",
      .types = "[i]",
      .answer = "i",
      .flags = GS_VERB_INLINE,
      .doc =
          "Asks to be told of every message that comes, for so many seconds (0 to 3600, default 10, 0 ends "
          "it): "
          "/log/line with time, sender, address, arguments as text, \"ok\" or the code of the error, and its "
          "sentence. Only on the daemon's own machine and for networks of --osc-allow; at most four "
          "listeners "
          "and 500 lines a second.",
      .run = gs_verb_log },
    { .address = "/error",
      .answer = "sss",
      .flags = GS_VERB_QUIET,
      .doc =
          "What could not be done: address, code, a sentence. Codes: unknown-address, bad-type, "
          "out-of-range, read-only, busy, not-subscribed, bad-packet, and those of a refused chain. At most "
          "five a second to one address." },
    { .address = "/reply", .flags = GS_VERB_QUIET },
    { .address = "/pong", .answer = "any", .flags = GS_VERB_QUIET, .doc = "Answer to /ping." },
    { .address = "/peers/list/end", .answer = "i", .flags = GS_VERB_QUIET, .doc = "Ends /peers/list." },
    { .address = "/subscribed", .answer = "iii", .flags = GS_VERB_QUIET, .doc = "Answer to /subscribe." },
    { .address = "/unsubscribed", .flags = GS_VERB_QUIET, .doc = "Answer to /unsubscribe." },
    { .address = "/stage/list/end", .answer = "i", .flags = GS_VERB_QUIET, .doc = "Ends /stage/list." },
    { .address = "/level_diagram/end",
      .answer = "isfffff",
      .flags = GS_VERB_QUIET,
      .doc = "Ends /level_diagram: number of stages, unit of the source's ruler, what mending the stage that "
             "clips first wins and what mending the noise bottleneck wins in dB, dynamic range, the same "
             "A-weighted, how far the ceilings lie apart." },
    { .address = "/snapshot/list/end", .answer = "i", .flags = GS_VERB_QUIET, .doc = "Ends /snapshot/list." },
    { .address = "/models/end", .answer = "i", .flags = GS_VERB_QUIET, .doc = "Ends /models." },
    { .address = "/models/sheet/end", .answer = "si", .flags = GS_VERB_QUIET, .doc = "Ends /models/sheet." },
    { .address = "/chain/list/end", .answer = "i", .flags = GS_VERB_QUIET, .doc = "Ends /chain/list." },
    { 0 },
};
