/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See converter.h. */
#include "stage/converter.h"

void gs_converter_init(struct gs_converter *converter, const struct gs_stage_setup *setup)
{
    converter->channels = setup->channels_out;
    converter->rate_hz = setup->rate_hz;
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        gs_noise_init(&converter->noise[c], GS_NOISE_CIRCUIT, setup->seed, c);
        gs_quantiser_init(&converter->quantiser[c], 0, GS_DITHER_NONE, setup->seed, GS_CHANNELS + c);
    }
    gs_sheet_forget(converter->sheet, GS_CONVERTER_SHEET_ROWS);
}

void gs_converter_read(struct gs_converter *converter, const struct gs_ramp *param)
{
    if (!gs_sheet_changed(converter->sheet, param + GS_CONVERTER_SHEET_FIRST, GS_CONVERTER_SHEET_ROWS)) {
        return;
    }
    double density = gs_sheet_density(GS_DIGITAL, -param[GS_CONVERTER_DYNAMIC_RANGE_DB].now,
                                      param[GS_CONVERTER_DYNAMIC_RANGE_WEIGHTING].now);
    converter->rms = (float)gs_sheet_rms(density, converter->rate_hz);
    for (unsigned c = 0; c < converter->channels; c++) {
        gs_quantiser_set(&converter->quantiser[c], gs_bits_of(param[GS_CONVERTER_BITS].now),
                         (enum gs_dither)param[GS_CONVERTER_DITHER].now);
    }
}

double gs_converter_dbu(const double *param, const struct gs_stage_setup *setup)
{
    double given = param[GS_CONVERTER_FULL_SCALE_DBU];
    return isnan(given) ? setup->alignment.dbu_at_0dbfs : given;
}

double gs_converter_noise(const double *param)
{
    return gs_sheet_density(GS_DIGITAL, -param[GS_CONVERTER_DYNAMIC_RANGE_DB],
                            param[GS_CONVERTER_DYNAMIC_RANGE_WEIGHTING]);
}

void gs_converter_words(const double *param, double rate_hz, double rms, struct gs_levels *out)
{
    unsigned bits = gs_bits_of(param[GS_CONVERTER_BITS]);
    enum gs_dither dither = (enum gs_dither)param[GS_CONVERTER_DITHER];
    out->step = gs_quantiser_step(bits);
    out->step_noise =
        gs_quantiser_works(bits, dither, rms) ? gs_quantiser_density(bits, dither, rate_hz) : 0.0;
    out->dithered = dither == GS_DITHER_TPDF;
    out->remark = gs_sheet_remark(!isnan(param[GS_CONVERTER_DYNAMIC_RANGE_DB]) || bits, true);
}
