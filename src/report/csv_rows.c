/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows as comma-separated values (RFC 4180), for spreadsheets and plots. */
#include "report/rows.h"

#include <math.h>
#include <string.h>

/* Quoted where a reader would stumble. */
static void put_text(const char *text, FILE *to)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, to);
        return;
    }
    fputc('"', to);
    for (; *text; text++) {
        fputs(*text == '"' ? "\"\"" : (char[2]){ *text, 0 }, to);
    }
    fputc('"', to);
}

static void put_number(double number, FILE *to)
{
    if (isfinite(number)) {
        fprintf(to, ",%.4f", fabs(number) < 5e-5 ? 0.0 : number);
    } else {
        fputc(',', to);
    }
}

static void put_row(const struct gs_row *row, FILE *to)
{
    const struct gs_predicted *p = &row->predicted;
    const struct gs_measured *m = &row->measured;
    const double number[] = {
        p->gain_db,           p->level_db,          p->peak_db,
        p->noise_db,          p->noise_a_db,        p->ceiling_db,
        p->nominal_db,        p->headroom_db,       p->snr_db,
        p->snr_a_db,          p->source_level_db,   p->source_noise_db,
        p->source_noise_a_db, p->source_ceiling_db, 100 * p->thd,
        100 * p->share_a,
    };
    const double measured[] = { m->level_db, m->peak_db, m->noise_db, m->noise_a_db, row->agreement_db };
    put_text(row->id, to);
    fputc(',', to);
    put_text(row->label, to);
    fprintf(to, ",%s,%s", row->kind, gs_domain_unit(p->domain));
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        put_number(number[i], to);
    }
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++) {
        put_number(m->given ? measured[i] : NAN, to);
    }
    fprintf(to, ",%u,%d,%d\r\n", p->latency, row->marks & GS_MARK_CLIPS_FIRST ? 1 : 0,
            row->marks & GS_MARK_NOISE_BOTTLENECK ? 1 : 0);
}

void gs_rows_csv(const struct gs_rows *rows, FILE *to)
{
    fputs("id,label,kind,unit,gain_db,level_db,peak_db,noise_db,noise_a_db,ceiling_db,nominal_db,headroom_db,"
          "snr_db,snr_a_db,source_level_db,source_noise_db,source_noise_a_db,source_ceiling_db,thd_percent,"
          "noise_share_percent,measured_level_db,measured_peak_db,measured_noise_db,measured_noise_a_db,"
          "agreement_db,latency_frames,clips_first,noise_bottleneck\r\n",
          to);
    for (size_t i = 0; i < rows->n; i++) {
        put_row(&rows->row[i], to);
    }
}
