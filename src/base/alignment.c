/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See alignment.h. */
#include "base/alignment.h"

const struct gs_param gs_alignment_rows[GS_ALIGNMENT_PARAMS] = {
    [GS_ALIGNMENT_DBU] = { .key = "dbu_at_0dbfs",
                           .label = "Level of 0 dBFS",
                           .doc =
                               "Analogue level that 0 dBFS stands for at the converters: 18 as EBU R 68, 24 "
                               "as SMPTE RP 155.",
                           .type = GS_NUMBER,
                           .unit = GS_UNIT_DBU,
                           .min = -20,
                           .max = 40,
                           .def = 18,
                           .flags = GS_PARAM_SETUP },
    [GS_ALIGNMENT_NOMINAL] = { .key = "nominal_dbfs",
                               .label = "Nominal level",
                               .doc = "Digital level that counts as nominal (0 VU): -18 as EBU R 68, -20 as "
                                      "SMPTE RP 155.",
                               .type = GS_NUMBER,
                               .unit = GS_UNIT_DBFS,
                               .min = -40,
                               .max = 0,
                               .def = -18,
                               .flags = GS_PARAM_SETUP },
};

struct gs_alignment gs_alignment_default(void)
{
    return (struct gs_alignment){ .dbu_at_0dbfs = gs_alignment_rows[GS_ALIGNMENT_DBU].def,
                                  .nominal_dbfs = gs_alignment_rows[GS_ALIGNMENT_NOMINAL].def };
}
