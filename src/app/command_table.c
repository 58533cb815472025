/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The subcommands of `gainstage`, in the order in which --help lists them. A command is one file cmd_*.c
 * and one line here. */
#include "app/options.h"

extern const struct gs_command gs_cmd_check;
extern const struct gs_command gs_cmd_commands;
extern const struct gs_command gs_cmd_diagram;
extern const struct gs_command gs_cmd_get;
extern const struct gs_command gs_cmd_kinds;
extern const struct gs_command gs_cmd_layout;
extern const struct gs_command gs_cmd_log;
extern const struct gs_command gs_cmd_measure;
extern const struct gs_command gs_cmd_meters;
extern const struct gs_command gs_cmd_models;
extern const struct gs_command gs_cmd_osc;
extern const struct gs_command gs_cmd_predict;
extern const struct gs_command gs_cmd_record_meters;
extern const struct gs_command gs_cmd_render;
extern const struct gs_command gs_cmd_set;
extern const struct gs_command gs_cmd_sweep;
extern const struct gs_command gs_cmd_watch;

/* One a line, so that two new commands never meet in one. */
/* clang-format off */
const struct gs_command *const gs_commands[] = {
    &gs_cmd_check,
    &gs_cmd_commands,
    &gs_cmd_diagram,
    &gs_cmd_get,
    &gs_cmd_kinds,
    &gs_cmd_layout,
    &gs_cmd_log,
    &gs_cmd_measure,
    &gs_cmd_meters,
    &gs_cmd_models,
    &gs_cmd_osc,
    &gs_cmd_predict,
    &gs_cmd_record_meters,
    &gs_cmd_render,
    &gs_cmd_set,
    &gs_cmd_sweep,
    &gs_cmd_watch,
    NULL,
};
/* clang-format on */
