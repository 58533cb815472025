/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage models [NAME]`: the data sheets that a chain can name, and what each says, by whom. */
#include "app/options.h"
#include "base/nearest.h"
#include "base/number.h"
#include "chain/models.h"

#include <math.h>
#include <stdlib.h>

static const struct gs_option options[] = {
    { NULL, 0, NULL, NULL },
};

static int load(const char *path, struct gs_model **model)
{
    struct gs_errors errors = { 0 };
    int code = gs_model_load(path, model, &errors) ? gs_complain_all(&errors) : 0;
    gs_errors_finish(&errors);
    return code;
}

/* ---- one ----------------------------------------------------------------------------------------------- */

static void print_value(const struct gs_model_part *part, const struct gs_model_value *value)
{
    const struct gs_param *row = &part->kind->params[value->index];
    char text[96], number[GS_NUMBER_SIZE];
    if (row->type == GS_NUMBER && isfinite(value->value)) {
        snprintf(text, sizeof text, "%s %s", gs_number_text(number, value->value), gs_unit_name(row->unit));
    } else {
        gs_param_text(row, value->value, text, sizeof text);
    }
    printf("    %-24s %-12s %-7s %s\n", row->key, text, gs_confidence_word(value->confidence), value->source);
}

static void print_model(const struct gs_model *model)
{
    printf("%s: %s\n  %s\n", model->name, model->title, model->description);
    for (size_t i = 0; i < model->n_parts; i++) {
        const struct gs_model_part *part = &model->parts[i];
        printf("\n  { \"kind\": \"%s\", \"model\": \"%s\" }\n", part->kind->key, model->name);
        for (size_t v = 0; v < part->n_values; v++) {
            print_value(part, &part->values[v]);
        }
    }
}

static int refuse_name(const char *name, const struct gs_model_names *names)
{
    struct gs_error error;
    struct gs_nearest nearest = gs_nearest_start(name);
    for (size_t i = 0; i < names->n; i++) {
        gs_nearest_offer(&nearest, names->list[i]);
    }
    gs_fail(&error, GS_E_NOFILE, "",
            nearest.best ? "models: found no data sheet '%s', expected one of the list: did you mean '%s'?"
                         : "models: found no data sheet '%s', expected one that 'gainstage models' lists",
            name, nearest.best);
    return gs_complain(&error);
}

static int explain(const char *name, const struct gs_model_names *names)
{
    struct gs_model *model = NULL;
    char *path = gs_model_find(name, NULL);
    int code = path ? load(path, &model) : refuse_name(name, names);
    if (model) {
        print_model(model);
    }
    gs_model_destroy(model);
    free(path);
    return code;
}

/* ---- all ----------------------------------------------------------------------------------------------- */

static int list_one(const char *name)
{
    struct gs_model *model = NULL;
    char *path = gs_model_find(name, NULL);
    int code = path ? load(path, &model) : 0; /* gone since the folder was read */
    free(path);
    if (!model) {
        return code;
    }
    printf("%-26s %s (", model->name, model->title);
    for (size_t i = 0; i < model->n_parts; i++) {
        printf("%s%s", i ? ", " : "", model->parts[i].kind->key);
    }
    printf(")\n");
    gs_model_destroy(model);
    return code;
}

static int list(const struct gs_model_names *names)
{
    int code = 0;
    for (size_t i = 0; i < names->n; i++) {
        int one = list_one(names->list[i]);
        code = code ? code : one;
    }
    return code;
}

static int run(const struct gs_arguments *arguments)
{
    struct gs_error error;
    struct gs_model_names names;
    if (arguments->n_operands > 1) {
        gs_fail(&error, GS_E_USAGE, "", "models: found %d names, expected one at most",
                arguments->n_operands);
        return gs_complain(&error);
    }
    enum gs_status status = gs_model_names_list(NULL, &names);
    if (status) {
        gs_fail(&error, status, "", "models: no memory left");
        return gs_complain(&error);
    }
    int code = arguments->n_operands ? explain(arguments->operand[0], &names) : list(&names);
    gs_model_names_finish(&names);
    return code;
}

const struct gs_command gs_cmd_models = {
    .key = "models",
    .operands = "[NAME]",
    .doc =
        "List the data sheets that a chain can name (\"model\": NAME). With NAME: every value of a sheet "
        "with "
        "its source and how far it can be trusted. Sheets are looked up in $GAINSTAGE_MODELS, in ./models, "
        "in the user's gainstaged/chains/models and among the installed ones.",
    .options = options,
    .run = run,
};
