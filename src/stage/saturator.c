/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `saturator`: a plugin with a sweet spot. At the nominal level it adds the stated second and third harmonic,
 * less below, more above, and at its ceiling it gives up. Drive moves the signal up into it and, linked, the
 * output down again by as much, so that what changes is the colour and not the level. The ideal path gets the
 * drive and the trims and no colour: wanted or not, distortion is what the equipment added. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/rail.h"
#include "dsp/ramp.h"
#include "dsp/sane.h"
#include "stage/sheet.h"

#include <math.h>

enum {
    DRIVE_DB,
    LINK,
    OUTPUT_DB,
    D2_PERCENT,
    D3_PERCENT,
    NOMINAL_DBFS,
    CEILING_DBFS,
    KNEE,
    QUALITY,
    PARAMS
};

static const struct gs_param params[PARAMS] = {
    [DRIVE_DB] = { .key = "drive_db",
                   .label = "Drive",
                   .doc = "Gain into the saturator: 0 has the sweet spot at the nominal level.",
                   .type = GS_NUMBER,
                   .unit = GS_UNIT_DB,
                   .min = -24,
                   .max = 24,
                   .smooth = GS_SMOOTH_GAIN,
                   .flags = GS_PARAM_GAIN },
    [LINK] = { .key = "link",
               .label = "Link",
               .doc = "Takes the drive back behind the saturator.",
               .type = GS_SWITCH,
               .max = 1,
               .def = 1,
               .smooth = GS_SMOOTH_LINEAR },
    [OUTPUT_DB] = { .key = "output_db",
                    .label = "Output",
                    .doc = "Gain behind the saturator.",
                    .type = GS_NUMBER,
                    .unit = GS_UNIT_DB,
                    .min = -24,
                    .max = 24,
                    .smooth = GS_SMOOTH_GAIN },
    [D2_PERCENT] = { .key = "d2_percent",
                     .label = "Second harmonic",
                     .doc = "Second harmonic at the nominal level; falls 1 dB per dB below it.",
                     .type = GS_NUMBER,
                     .unit = GS_UNIT_PERCENT,
                     .max = 5,
                     .def = 0.4 },
    [D3_PERCENT] = { .key = "d3_percent",
                     .label = "Third harmonic",
                     .doc = "Third harmonic at the nominal level; falls 2 dB per dB below it.",
                     .type = GS_NUMBER,
                     .unit = GS_UNIT_PERCENT,
                     .max = 5,
                     .def = 0.3 },
    [NOMINAL_DBFS] = { .key = "nominal_dbfs",
                       .label = "Sweet spot",
                       .doc = "Level it is made for. Not given: the chain's nominal level.",
                       .type = GS_NUMBER,
                       .unit = GS_UNIT_DBFS,
                       .min = -40,
                       .max = 0,
                       .def = NAN,
                       .flags = GS_PARAM_OPTIONAL },
    [CEILING_DBFS] = { .key = "ceiling_dbfs",
                       .label = "Ceiling",
                       .doc = "Peak level inside, behind the drive, that it never passes.",
                       .type = GS_NUMBER,
                       .unit = GS_UNIT_DBFS,
                       .min = -40,
                       .max = 20,
                       .def = -6,
                       .smooth = GS_SMOOTH_GAIN },
    [KNEE] = { .key = "knee",
               .label = "Knee",
               .doc = "Where it begins to bend to the ceiling, as a part of it; 1: a hard edge.",
               .type = GS_NUMBER,
               .max = 1,
               .def = 0.5 },
    [QUALITY] = GS_SHEET_QUALITY,
};

/* Rows that the colour is derived from. */
enum {
    SHEET_FIRST = D2_PERCENT,
    SHEET_ROWS = NOMINAL_DBFS - D2_PERCENT + 1
};

struct state {
    struct gs_rail rail;
    struct gs_bend bend;
    float sheet[SHEET_ROWS];
    double nominal_dbfs;
    unsigned channels;
};

static size_t size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static bool accurate(const double *param)
{
    return param[QUALITY] == GS_QUALITY_ACCURATE;
}

static void init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *s = memory;
    s->channels = setup->channels_out;
    s->nominal_dbfs = setup->alignment.nominal_dbfs;
    gs_rail_init(&s->rail, accurate(setup->param), setup->rate_hz);
    gs_sheet_forget(s->sheet, SHEET_ROWS);
}

static void set_colour(struct gs_bend *bend, double d2_percent, double d3_percent, double nominal_dbfs,
                       double aligned_dbfs)
{
    double peak = gs_db_to_gain(isnan(nominal_dbfs) ? aligned_dbfs : nominal_dbfs);
    gs_bend_colour(bend, d2_percent / 100.0, d3_percent / 100.0, peak);
}

/* What the drive made louder the output makes softer, as far as the link is on. */
static float behind(const struct gs_ramp *param, unsigned frame)
{
    float drive = gs_ramp_at(&param[DRIVE_DB], frame), link = gs_ramp_at(&param[LINK], frame);
    return gs_ramp_at(&param[OUTPUT_DB], frame) * (1.0f + link * (1.0f / drive - 1.0f));
}

static struct gs_ramp output(const struct gs_ramp *param, float *values, unsigned frames)
{
    struct gs_ramp gain = { .now = behind(param, frames - 1) };
    if (param[DRIVE_DB].ramp || param[LINK].ramp || param[OUTPUT_DB].ramp) {
        for (unsigned i = 0; i < frames; i++) {
            values[i] = behind(param, i);
        }
        gain.ramp = values;
    }
    return gain;
}

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    const struct gs_ramp *p = io->param;
    float values[GS_CELL];
    if (gs_sheet_changed(s->sheet, p + SHEET_FIRST, SHEET_ROWS)) {
        set_colour(&s->bend, (double)p[D2_PERCENT].now, (double)p[D3_PERCENT].now,
                   (double)p[NOMINAL_DBFS].now, s->nominal_dbfs);
    }
    s->bend.rail = p[CEILING_DBFS];
    s->bend.knee = p[KNEE].now;
    struct gs_ramp gain = output(p, values, io->frames);
    for (unsigned c = 0; c < s->channels; c++) {
        float *real = io->out->ch[GS_REAL][c], *ideal = io->out->ch[GS_IDEAL][c];
        gs_sane_copy(real, io->in->ch[GS_REAL][c], io->frames);
        gs_ramp_multiply(real, real, &p[DRIVE_DB], io->frames);
        gs_ramp_multiply(ideal, io->in->ch[GS_IDEAL][c], &p[DRIVE_DB], io->frames);
        uint32_t over = gs_clip_mask(real, &p[CEILING_DBFS], io->frames);
        gs_rail_run(&s->rail, c, &s->bend, NULL, real, ideal, io->frames);
        io->out->clip[c] = gs_rail_flags(&s->rail, c, over, 0, io->frames);
        gs_ramp_multiply(real, real, &gain, io->frames);
        gs_ramp_multiply(ideal, ideal, &gain, io->frames);
    }
}

static double output_gain(const double *param)
{
    double drive = gs_db_to_gain(param[DRIVE_DB]);
    return gs_db_to_gain(param[OUTPUT_DB]) * (1.0 + param[LINK] * (1.0 / drive - 1.0));
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    double gain = output_gain(param);
    out->gain = gs_db_to_gain(param[DRIVE_DB]) * gain;
    out->ceiling = gs_db_to_gain(param[CEILING_DBFS]) * gain;
    out->soft = param[KNEE] < 1.0;
    out->nominal_db = gs_nominal_db(GS_DIGITAL, &setup->alignment);
    out->latency = accurate(setup->param ? setup->param : param) ? GS_OVERSAMPLE_LATENCY : 0;
}

static double curve(const double *param, const struct gs_stage_setup *setup, double x)
{
    struct gs_bend bend = { .rail.now = (float)gs_db_to_gain(param[CEILING_DBFS]),
                            .knee = (float)param[KNEE] };
    set_colour(&bend, param[D2_PERCENT], param[D3_PERCENT], param[NOMINAL_DBFS],
               setup->alignment.nominal_dbfs);
    return gs_bend_curve(&bend, x * gs_db_to_gain(param[DRIVE_DB])) * output_gain(param);
}

const struct gs_stage_kind gs_stage_saturator = {
    .key = "saturator",
    .label = "Saturator",
    .doc = "A plugin with a sweet spot: harmonics that rise with the level, and a ceiling.",
    .domains_in = 1 << GS_DIGITAL,
    .domain_out = GS_OUT_SAME,
    .flags = GS_STAGE_BYPASS,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
    .curve = curve,
};
