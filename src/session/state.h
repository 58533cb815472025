/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the session share: its state, the rows of its tables and what they do for each other.
 * Nobody outside src/session includes this. [control] */
#ifndef SESSION_STATE_H
#define SESSION_STATE_H

#include "chain/plan.h"
#include "session/changes.h"
#include "session/ip_buckets.h"
#include "session/pattern.h"
#include "session/session.h"

#include <limits.h>
#include <math.h>

/* Levels travel on a scale from -144 to 144 dB. What does not exist travels as an end of it: nothing there as the lower
 * one; no ceiling, no error, nothing to compare (NAN) as the upper one. */
#define GS_SCALE_END_DB 144.0
static inline double gs_on_scale(double db)
{
    return isnan(db) ? GS_SCALE_END_DB : fmax(-GS_SCALE_END_DB, fmin(db, GS_SCALE_END_DB));
}

#define GS_NS_PER_MS 1000000u
#define GS_NS_PER_S  1000000000u
#define GS_NEVER     UINT64_MAX

/* The spellings of one value. */
enum gs_aspect {
    GS_ASPECT_VALUE, /* in the parameter's own unit */
    GS_ASPECT_WAY,   /* 0..1 by its taper */
    GS_ASPECT_TEXT,  /* "-6.0 dB", read only */
    GS_ASPECT_STEP,  /* relative, write only */
    GS_ASPECTS
};
extern const char *const gs_aspect_suffix[GS_ASPECTS]; /* "", "/fader", "/text", "/step" */

enum {
    GS_VERB_TRIGGER = 1 << 0, /* a single argument 0 is the release of a button: nothing happens */
    GS_VERB_INLINE = 1 << 1,  /* the argument may stand as one more part of the address */
    GS_VERB_QUIET = 1 << 2,   /* an answer of ours or of another device: heard and forgotten */
    GS_VERB_STATE = 1 << 3,   /* without an argument it changes nothing and answers at its own address */
    GS_VERB_VIEW = 1 << 4,    /* with any argument it changes nothing but the sender's own subscription */
    GS_VERB_ASKS = 1 << 5,    /* without an argument it changes nothing and answers at another address */
};

/* One thing that can be said to the session as a whole. */
struct gs_verb {
    const char *address;
    const char *types, *answer, *unit;
    double min, max; /* equal: no range */
    unsigned flags;
    const char *doc;
    void (*run)(struct gs_session *session, const struct gs_message *message);
};
extern const struct gs_verb gs_verbs[]; /* ends with a NULL address */

#define GS_ATOM_TEXT_SIZE 1024

/* One thing that every stage shows beside its parameters. */
struct gs_face {
    const char *path; /* "meter/out/db" */
    const char *types, *answer, *unit;
    double min, max; /* NAN: no range */
    const char *doc;
    unsigned meter;   /* one of GS_METER_*: read from the meters, fed to subscribers */
    double threshold; /* of a meter: smaller changes are not fed */
    size_t predicted; /* 1 + offset of a double in struct gs_predicted; 0: no prediction */
    /* Else fills one atom; `text` (GS_ATOM_TEXT_SIZE) is there for the words of it. */
    void (*get)(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text);
    void (*set)(struct gs_session *session, unsigned stage, const struct gs_message *message); /* or NULL */
    /* What it can be set to, where that is a list of words; or NULL. */
    void (*words)(struct gs_session *session, unsigned stage,
                  void (*visit)(void *context, const struct gs_word *word), void *context);
};
extern const struct gs_face gs_faces[]; /* ends with a NULL path */
void gs_face_read(struct gs_session *session, const struct gs_face *face, unsigned stage,
                  struct gs_atom *atom, char *text);

/* What an address means today: a verb, a face of a stage, or an aspect of a slot. */
struct gs_target {
    char address[GS_ADDRESS_SIZE]; /* without wild cards */
    const struct gs_verb *verb;
    const char *rest; /* of a verb: its argument inside the address; NULL: none */
    const struct gs_face *face;
    const struct gs_param *row;
    bool is_reading; /* a meter on a wire: */
    bool before;     /* before the stage instead of behind it */
    int reading;     /* handle */
    int channel;     /* 1 or 2; 0: the loudest */
    unsigned stage;
    size_t slot;
    int text; /* of a TEXT parameter: its index in the stage's texts; -1: a number */
    enum gs_aspect aspect;
};

/* ---- verbs_*.c: what the rows of gs_verbs call ---- */
void gs_verb_subscribe(struct gs_session *session, const struct gs_message *message);
void gs_verb_xremote(struct gs_session *session, const struct gs_message *message);
void gs_verb_renew(struct gs_session *session, const struct gs_message *message);
void gs_verb_unsubscribe(struct gs_session *session, const struct gs_message *message);
void gs_verb_set_reply_port(struct gs_session *session, const struct gs_message *message);
void gs_verb_peers_list(struct gs_session *session, const struct gs_message *message);
void gs_verb_meters_rate(struct gs_session *session, const struct gs_message *message);
void gs_verb_refresh(struct gs_session *session, const struct gs_message *message);
void gs_verb_chain_load(struct gs_session *session, const struct gs_message *message);
void gs_verb_chain_save(struct gs_session *session, const struct gs_message *message);
void gs_verb_chain_name(struct gs_session *session, const struct gs_message *message);
void gs_verb_chain_alignment(struct gs_session *session, const struct gs_message *message);
void gs_verb_chain_list(struct gs_session *session, const struct gs_message *message);
void gs_verb_listen(struct gs_session *session, const struct gs_message *message);

/* ---- tree.c ---- */
enum gs_resolve {
    GS_RESOLVED,
    GS_RESOLVE_NOTHING, /* no such address */
    GS_RESOLVE_BAD,     /* no address at all */
    GS_RESOLVE_COSTLY   /* a pattern beyond the budget of its packet */
};
/* Calls `visit` for everything that `address` names. The chain must not change during the walk: what visit
 * wants to change of its structure waits until the end of the packet. */
enum gs_resolve gs_tree_each(struct gs_session *session, const char *address, bool prefer_ids,
                             void (*visit)(void *context, const struct gs_target *target), void *context);
/* The nearest address that exists, "" when none is near. */
void gs_tree_nearest(const struct gs_session *session, const char *address, char *nearest, size_t size);
unsigned gs_tree_master(const struct gs_chain *chain); /* what /master stands for */

/* ---- values.c ---- */
bool gs_value_read(const struct gs_session *session, const struct gs_target *target, struct gs_atom *atom,
                   char *text);
void gs_value_write(struct gs_session *session, const struct gs_target *target, const struct gs_atom *atom);
/* Writes one slot as part of the packet at hand, after its row has seen the value. */
void gs_value_apply(struct gs_session *session, unsigned stage, size_t slot, const struct gs_param *row,
                    double value);
/* The same, said (`given`) or left to data sheet and default, as it was before. */
void gs_value_restore(struct gs_session *session, unsigned stage, size_t slot, const struct gs_param *row,
                      double value, bool given);
/* The same of what another data sheet brings: it is heard with the chain that is made anew. */
void gs_value_of_model(struct gs_session *session, unsigned stage, size_t slot, const struct gs_param *row,
                       double value);

/* ---- forecast.c ---- */
void gs_forecast_renew(struct gs_session *session); /* for the chain that the engine has now */
void gs_forecast_stale(struct gs_session *session); /* a value has changed */
/* NULL: there is no chain. The predictor's, until the next change. */
const struct gs_prediction *gs_forecast_today(struct gs_session *session);
/* The double at `offset` of struct gs_predicted of a stage, on the scale -144 .. 144. */
double gs_forecast_stage(struct gs_session *session, unsigned stage, size_t offset);
void gs_verb_level_diagram(struct gs_session *session, const struct gs_message *message);
/* The face "curve". */
void gs_forecast_curve(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text);
void gs_verb_clips_first(struct gs_session *session, const struct gs_message *message);
void gs_verb_noise_bottleneck(struct gs_session *session, const struct gs_message *message);
void gs_verb_dynamic_range(struct gs_session *session, const struct gs_message *message);
void gs_verb_dynamic_range_a(struct gs_session *session, const struct gs_message *message);
void gs_verb_ceiling_spread(struct gs_session *session, const struct gs_message *message);

const struct gs_prediction *gs_forecast_today(struct gs_session *session); /* NULL: no chain */

/* ---- verify.c ---- */
enum {
    GS_VERIFY_RMS,
    GS_VERIFY_NOISE,
    GS_VERIFY_NOISE_A,
    GS_VERIFY_ERROR_NOISE,
    GS_VERIFY_ERROR_NOISE_A,
    GS_VERIFY_CLIPPED,
    GS_VERIFY_READINGS
};
struct gs_verify {
    struct gs_reader *reader; /* of the measurement at hand */
    int reading[GS_VERIFY_READINGS];
    uint64_t frames; /* of it, or of the time before it */
    bool measuring;  /* false: waiting until what was turned has settled */
    struct gs_verified {
        double db;       /* measured minus predicted; NAN: not compared */
        unsigned doubts; /* measurements in a row that differ to the same side */
    } stage[GS_CHAIN_STAGES_MAX];
};
bool gs_verify_start(struct gs_verify *verify); /* false: no memory */
void gs_verify_finish(struct gs_verify *verify);
void gs_verify_again(struct gs_verify *verify); /* something has changed: forgets all it found */
void gs_verify_bin(struct gs_session *session, const struct gs_bin *bin);
bool gs_verify_doubts(const struct gs_session *session, unsigned stage); /* its model is wrong */
double gs_verify_db(const struct gs_session *session, unsigned stage);   /* 144: not compared */

/* ---- glides.c ---- */
struct gs_glide {
    size_t slot;
    double from, to;
    uint64_t start_ns, end_ns;
};
/* Makes `to` heard, at once or in its time; the value itself is set by the caller. */
void gs_glide_to(struct gs_session *session, size_t slot, const struct gs_param *row, double before,
                 double to);
uint64_t gs_glides_step(struct gs_session *session); /* returns when the next step is due */
void gs_glides_forget(struct gs_session *session);
void gs_glide_end(struct gs_session *session, size_t slot); /* the chain that comes has its value */
/* Writes what is heard of the gliding slots, or what is wanted, into `value`. */
void gs_glides_lend(struct gs_session *session, double *value, bool heard);

/* ---- session.c ---- */
/* gs_session_adopt() of the chain of today with other values: programme measurements go on. */
enum gs_status gs_session_rebuild(struct gs_session *session, struct gs_chain *chain,
                                  struct gs_errors *errors);

/* ---- commit.c ---- */
void gs_values_commit(struct gs_session *session);

/* ---- meters.c ---- */
enum {
    GS_METER_NONE,
    GS_METER_IN_WAY,
    GS_METER_OUT_WAY,
    GS_METER_IN_DB,
    GS_METER_OUT_DB,
    GS_METER_OUT_RMS,
    GS_METER_HEADROOM,
    GS_METER_CLIP,
    GS_METER_MODEL_ERROR,
    GS_METER_AGREEMENT,
    GS_METERS
};
/* All meters of a stage; peaks since the reader's last look, without a reader over the meters' own window. */
void gs_meters_of_stage(const struct gs_session *session, unsigned stage, const struct gs_reader *reader,
                        double meter[GS_METERS]);
/* Peaks before and behind it as parts of full scale, 0 for silence. */
void gs_meters_linear(const struct gs_session *session, unsigned stage, const struct gs_reader *reader,
                      float linear[2]);
void gs_meters_reset(struct gs_session *session, unsigned stage); /* UINT_MAX: all */
uint64_t gs_meters_clips(const struct gs_session *session, unsigned stage);
double gs_meters_first_clip_s(const struct gs_session *session, unsigned stage); /* -1: none */
double gs_ceiling_db(const struct gs_session *session, unsigned stage);
void gs_ceilings_stale(struct gs_session *session); /* a value has changed, or the chain */

/* ---- readings.c ---- */
/* The wire behind a stage, or the one before it; NULL: there is none. */
const struct gs_plan_wire *gs_wire_at(const struct gs_session *session, unsigned stage, bool before);
/* The reading that a target names, on the scale -144 .. 144; maxima since the reader's last look, if there is
 * a reader. */
double gs_reading_read(const struct gs_session *session, const struct gs_target *target,
                       const struct gs_reader *reader);
/* Offers every reading's path behind "/stage/<id>/" until `offer` says false. */
void gs_readings_each(bool (*offer)(void *context, const char *path, const struct gs_target *target),
                      void *context);

/* ---- watches.c ---- */
#define GS_WATCHES 512 /* meters asked for one by one, a peer: the scale of a watcher over 85 stages */
#define GS_PACES   4
struct gs_watch {
    struct gs_target target;
    unsigned rate_hz;
};
struct gs_pace {
    unsigned rate_hz; /* 0: free */
    struct gs_reader *reader;
    uint64_t next_ns;
};
struct gs_peer;
void gs_verb_subscribe_meter(struct gs_session *session, const struct gs_message *message);
void gs_watches_drop(struct gs_peer *peer);
uint64_t gs_watches_feed(struct gs_session *session, struct gs_peer *peer);

/* The sender of the packet at hand as a subscriber; one that was none wants nothing but what it asks for meter by
 * meter. NULL: no room. */
struct gs_peer *gs_watches_peer(struct gs_session *session);

/* ---- loudness.c ---- */
void gs_loudness_get(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text);
void gs_loudness_set(struct gs_session *session, unsigned stage, const struct gs_message *message);
void gs_verb_loudness(struct gs_session *session, const struct gs_message *message);
const char *gs_loudness_word(const struct gs_session *session, unsigned stage);

/* ---- recording.c ---- */
struct gs_recording;
void gs_verb_record_meters(struct gs_session *session, const struct gs_message *message);
void gs_verb_record_again(struct gs_session *session, const struct gs_message *message);
void gs_recordings_bin(struct gs_session *session, const struct gs_bin *bin, unsigned bin_hz);
void gs_recording_feed(struct gs_session *session, struct gs_peer *peer);
void gs_recording_drop(struct gs_peer *peer);

/* ---- follows.c ---- */
struct gs_follow {
    char *address;           /* as it was asked for */
    struct gs_target target; /* of the chain of today */
    bool exists;
    bool is_meter;
    uint64_t said; /* digest of what was sent last; 0: nothing yet */
};
void gs_follows_drop(struct gs_peer *peer);
void gs_follows_resolve(struct gs_session *session, struct gs_peer *peer); /* in the chain of today */
uint64_t gs_follows_feed(struct gs_session *session, struct gs_peer *peer);

/* ---- query.c ---- */
/* What a target reads; maxima since the reader's last look, if there is a reader. Number of atoms. */
size_t gs_target_read(struct gs_session *session, const struct gs_target *target,
                      const struct gs_reader *reader, struct gs_atom *atoms, char *text);

/* ---- peers.c ---- */
enum {
    GS_WANT_VALUES = 1,
    GS_WANT_METERS = 2,
    GS_WANT_TEXT = 4,
    GS_WANT_IDS = 8,
    GS_WANT_ECHO = 16,
    GS_WANT_SINGLE = 32,
    GS_WANT_DEFAULT = GS_WANT_VALUES | GS_WANT_METERS | GS_WANT_TEXT
};

/* Feedback of one item to one peer. An item is a slot, a stage's names, or a fact about the chain. */
struct gs_item {
    uint64_t sent_ns;   /* last packet; 0: never */
    uint64_t touch_ns;  /* last message of this peer about it; 0: never */
    double touch_value; /* what it said, in the aspect it used */
    uint8_t pending;    /* mask of aspects to send */
    uint8_t touch;      /* aspect that it moves */
    bool held;          /* a finger lies on it (.../z, .../touch) */
    bool forced;        /* to be sent even if the peer said the same */
};

/* ---- meters_blob.c ---- */
struct gs_blobs {
    unsigned wanted; /* bits: /meters/0, /meters/1 */
    uint64_t until_ns, next_ns, period_ns;
    struct gs_reader *reader;
};
struct gs_peer;
void gs_verb_meters(struct gs_session *session, const struct gs_message *message);
void gs_blobs_renew(struct gs_session *session, struct gs_peer *peer);
void gs_blobs_drop(struct gs_peer *peer);
uint64_t gs_blobs_feed(struct gs_session *session, struct gs_peer *peer);

struct gs_peer {
    bool used, is_static, noted;
    bool deaf; /* nobody listens there at the moment */
    struct gs_endpoint to;
    uint64_t expires_ns, ttl_ns;
    unsigned flags, rate_hz;
    struct gs_item *item; /* session->n_items */
    size_t dirty;         /* items with something pending */
    size_t next_item;     /* where the next round of feedback starts */
    uint64_t pace_ns;     /* no feedback before */
    uint64_t next_meters_ns, next_full_ns;
    struct gs_reader *reader;
    float *meter;           /* last sent, GS_METERS a stage; NAN: never */
    struct gs_watch *watch; /* NULL: none ever asked for */
    unsigned n_watches, room_watches;
    struct gs_pace pace[GS_PACES];
    struct gs_recording *recording; /* NULL: none */
    struct gs_follow *follow;       /* room_follows */
    size_t n_follows, room_follows;
    struct gs_reader *follow_reader;
    uint64_t next_follow_ns, next_follow_full_ns;
    struct gs_blobs blobs;
};

/* Where a source wants its answers. */
struct gs_reply_port {
    struct gs_endpoint source; /* port 0: every source of this ip that has not said otherwise */
    uint16_t port;             /* 0: the source port itself */
    uint64_t used_ns;
};
#define GS_REPLY_PORTS 64

#define GS_COMPLAINERS 64 /* addresses whose errors are counted */

struct gs_endpoint gs_reply_endpoint(const struct gs_session *session, const struct gs_endpoint *from);
struct gs_peer *gs_peer_find(struct gs_session *session, const struct gs_endpoint *to);
/* The one subscriber of this ip; NULL: none, or several. */
struct gs_peer *gs_peer_only(const struct gs_session *session, const struct gs_endpoint *from);
struct gs_peer *gs_peer_subscribe(struct gs_session *session, const struct gs_endpoint *to, unsigned ttl_s,
                                  bool dump);
/* Whether it is really there: a forged source must not make us flood somebody. */
bool gs_peer_is_proven(const struct gs_peer *peer);
bool gs_peer_may_hear(struct gs_session *session,
                      struct gs_peer *peer);           /* the same, and the log says so once */
unsigned gs_peer_places(const struct gs_endpoint *to); /* that there are for such an endpoint */
unsigned gs_peer_places_left(const struct gs_session *session, const struct gs_endpoint *to);
void gs_peer_drop(struct gs_session *session, struct gs_peer *peer);
void gs_peer_leave(struct gs_session *session, struct gs_peer *peer); /* it stays for what it follows alone */
void gs_peer_end(struct gs_session *session,
                 struct gs_peer *peer); /* leaves, or is dropped if it follows nothing */
void gs_peers_renew(struct gs_session *session, const struct gs_endpoint *from);
void gs_peers_expire(struct gs_session *session);
bool gs_peers_reshape(struct gs_session *session); /* item tables for the chain of today */
void gs_reply_port_remember(struct gs_session *session, const struct gs_endpoint *source, uint16_t port);

/* ---- listen.c ---- */
extern const char *const gs_listen_words[]; /* by enum gs_path */
void gs_listen_to(struct gs_session *session, unsigned stage, enum gs_path path);
/* "no stage 'pree'; did you mean 'pre'?" */
void gs_refuse_stage(struct gs_session *session, const char *address, const struct gs_atom *atom);

/* ---- landing.c ---- */

#define GS_JUMP_DB       12.0    /* a level that rises by more ... */
#define GS_JUMP_S        1.0     /* ... takes so long, for whoever wears headphones */
#define GS_JUMP_FLOOR_DB (-90.0) /* where a way to or from silence begins or ends */

struct gs_landing {
    bool noted;       /* how loud it is, before what the packet at hand changes */
    double before_db; /* that; NAN: nobody can say */
    double rise_db;   /* of the chain that came last, where it is a jump */
    uint64_t end_ns;  /* 0: it has landed */
};
void gs_landing_note(struct gs_session *session); /* before a value that shapes the chain changes */
/* gs_engine_on_arrival() */
void gs_landing_arrives(void *context, const struct gs_chain *chain, const struct gs_plan *plan,
                        bool goes_on);
uint64_t gs_landing_step(struct gs_session *session); /* returns when the next one is due */
/* 0 or less: by how much what is heard is turned down for that. */
double gs_landing_db(const struct gs_session *session);

/* ---- monitor.c ---- */

#define GS_BOOST_MAX_DB 80.0
#define GS_TRIM_MAX_DB  40.0
/* What one of the two settings has been measured to do to the loudness of what is heard. */
struct gs_heard_side {
    double out, in;  /* energy heard, energy of the sources over what is predicted of them */
    unsigned looks;  /* that went into it */
    double level_db; /* predicted here when it was left or taken */
};
struct gs_monitor {
    double boost_db; /* on the error */
    double trim_db;  /* <= 0: on the louder setting */
    bool unmatched;  /* by wish: both are heard as loud as they are */
    bool guessed;    /* the trim is a prediction's: it will be measured */
    bool switched;   /* by the packet at hand */
    uint64_t look_ns;
    struct gs_heard_side side[2]; /* A, B */
};
void gs_monitor_start(struct gs_session *session);    /* another chain */
void gs_monitor_listen(struct gs_session *session);   /* another wire or path */
void gs_monitor_changed(struct gs_session *session);  /* a value of the setting at hand */
void gs_monitor_leaves(struct gs_session *session);   /* before the other setting is taken ... */
void gs_monitor_arrives(struct gs_session *session);  /* ... and when its values are there */
uint64_t gs_monitor_tick(struct gs_session *session); /* returns when the next one is due */
/* Tells the engine how loud what is heard of `chain` is, under this trim. */
void gs_monitor_gain(struct gs_session *session, const struct gs_chain *chain, double trim_db);
void gs_verb_listen_boost(struct gs_session *session, const struct gs_message *message);
void gs_verb_ab_match(struct gs_session *session, const struct gs_message *message);
void gs_verb_ab_trim(struct gs_session *session, const struct gs_message *message);

/* ---- feedback.c ---- */
/* Items behind the slots: four words of each stage, then facts about the chain. */
enum {
    GS_ITEM_STAGE_NAME,
    GS_ITEM_STAGE_KIND,
    GS_ITEM_STAGE_MODEL,
    GS_ITEM_STAGE_LOUDNESS,
    GS_ITEMS_STAGE
};
enum {
    GS_ITEM_CHAIN_NAME,
    GS_ITEM_LISTEN,
    GS_ITEM_FAULT,
    GS_ITEM_AB,
    GS_ITEM_AB_MATCH,
    GS_ITEM_AB_TRIM,
    GS_ITEM_BOOST,
    GS_ITEM_PANIC,
    GS_ITEMS_CHAIN
};
unsigned gs_stage_of_slot(const struct gs_chain *chain, size_t slot);
size_t gs_item_count(const struct gs_chain *chain);
size_t gs_item_fact(const struct gs_session *session, unsigned fact);
size_t gs_item_stage(const struct gs_session *session, unsigned stage, unsigned word);
/* The sender of the packet at hand has said something about an item: until its finger rests, what it moves
 * is not told back to it. */
void gs_feedback_said(struct gs_session *session, size_t item, enum gs_aspect aspect, double value);
/* The item has changed: everybody hears of it. */
void gs_feedback_changed(struct gs_session *session, size_t item);
/* Whether the peer has said itself what it would be told of a target, or may be about to say something else. */
bool gs_feedback_knows(const struct gs_session *session, const struct gs_peer *peer,
                       const struct gs_target *target);
void gs_feedback_told(struct gs_peer *peer, const struct gs_target *target); /* it knows better now */
void gs_feedback_touch(struct gs_session *session, const struct gs_target *target, bool held);
void gs_feedback_dump(struct gs_session *session, struct gs_peer *peer);
void gs_feedback_forget(struct gs_session *session, struct gs_peer *peer); /* what is still to be sent */
uint64_t gs_feedback_flush(struct gs_session *session, struct gs_peer *peer);

/* ---- fault.c ---- */
#define GS_FAULTS      5 /* complaints that are told; all of them are counted */
#define GS_FAULT_ATOMS (2 + 2 * GS_FAULTS)
struct gs_fault {
    char *file; /* that was refused; NULL: none */
    size_t n, kept;
    struct gs_error list[GS_FAULTS];
};
void gs_fault_note(struct gs_session *session, const char *path,
                   const struct gs_errors *errors); /* NULL: good */
void gs_fault_forget(struct gs_session *session);
size_t gs_fault_atoms(const struct gs_session *session, struct gs_atom atoms[GS_FAULT_ATOMS]);
void gs_verb_chain_fault(struct gs_session *session, const struct gs_message *message);

/* ---- meters_feed.c ---- */
uint64_t gs_meters_feed(struct gs_session *session, struct gs_peer *peer);

/* ---- replies.c ---- */
/* A message to whoever sent the packet at hand. */
void gs_reply(struct gs_session *session, const char *address, const struct gs_atom *atoms, size_t n_atoms);
/* "/error address code text", at most five a second and ip, never in answer to what must not be answered. */
void gs_reply_error(struct gs_session *session, const char *address, const char *code, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));
bool gs_reply_may_complain(struct gs_session *session); /* before work is put into a sentence nobody gets */
void gs_replies_close(struct gs_session *session);      /* sends what the packet at hand has been answered */
bool gs_answers_nothing(const char *address); /* to which nothing may be answered, or it would never end */
/* "/stage/list" for each stage and the end mark, through an open outlet. */
void gs_stage_list(const struct gs_session *session, struct gs_outlet *outlet);

/* ---- heard.c ---- */
#define GS_HEARD_LINES     256
#define GS_HEARD_LISTENERS 4
struct gs_heard_line {
    int64_t time; /* NTP */
    char sender[64], address[GS_ADDRESS_SIZE], arguments[200], verdict[24], text[200];
};
struct gs_heard {
    struct {
        struct gs_endpoint to;
        uint64_t until_ns;
    } listener[GS_HEARD_LISTENERS];
    unsigned n_listeners;
    struct gs_heard_line *line; /* GS_HEARD_LINES, a ring; NULL: nobody listens */
    struct gs_heard_line *now;  /* of the message at hand */
    unsigned first, n;
    uint64_t lost, next_ns;
};
void gs_heard_message(struct gs_session *session, const struct gs_message *message);
void gs_heard_refused(struct gs_session *session, const char *address, const char *code, const char *text);
uint64_t gs_heard_feed(struct gs_session *session);
void gs_heard_gone(struct gs_session *session, const struct gs_endpoint *from); /* a listener of a stream */
void gs_heard_finish(struct gs_session *session);
void gs_verb_log(struct gs_session *session, const struct gs_message *message);

struct gs_session {
    struct gs_session_setup setup;
    struct gs_engine *engine;
    struct gs_chain *chain;
    unsigned n_chains;                         /* so far */
    struct gs_predictor *predictor, *arriving; /* arriving: of the chain that is on its way in */
    const struct gs_prediction *prediction;    /* the predictor's; NULL: stale */
    double *ceiling_db; /* [stage]: what the kinds said, NAN: not asked since the last change */
    struct gs_verify verify;
    size_t n_items;
    struct {
        int peak, peak_now, rms, momentary; /* handles of readings */
    } reading;
    const char *state;
    struct gs_session_audio audio;
    uint64_t now_ns;
    uint64_t due_ns; /* when the next tick is wanted */

    /* The packet at hand. */
    struct gs_endpoint from;
    struct gs_peer *sender; /* the subscriber that it comes from; NULL: none */
    bool in_packet;
    bool replying;   /* the outlet is open */
    unsigned steps;  /* left for patterns */
    unsigned visits; /* left for what patterns match */
    struct gs_change *change;
    size_t n_changes, room_changes;
    bool publish, recompile;
    uint64_t at_ns; /* when they are to be heard; 0: at once */
    double glide_s; /* time that its changes take; 0: as usual */

    struct gs_glide *glide;
    size_t n_glides, room_glides;
    struct gs_history history;
    struct gs_scenes scenes;
    struct gs_fault fault;
    struct gs_model_shelf shelf; /* data sheets; .model NULL: not looked for yet */
    uint64_t shelf_ns;
    struct gs_monitor monitor;
    struct gs_landing landing;
    bool panic;

    struct gs_peer peer[GS_SESSION_PLACES];
    struct gs_reply_port reply_port[GS_REPLY_PORTS];
    struct gs_ip_bucket complaints[GS_COMPLAINERS];
    struct gs_heard heard;
    uint64_t bad_packets;
};

/* Wakes the session no later than at_ns. */
static inline void gs_session_want(struct gs_session *session, uint64_t at_ns)
{
    session->due_ns = at_ns < session->due_ns ? at_ns : session->due_ns;
}

#endif
