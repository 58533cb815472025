/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See options.h. Written over the table itself instead of getopt_long(), because a refusal should name the
 * nearest right option and abbreviations make scripts break when an option is added. */
#include "app/options.h"

#include "base/nearest.h"
#include "base/number.h"

#include <string.h>

static const struct gs_option *by_letter(const struct gs_option *options, char letter)
{
    for (; options->name; options++) {
        if (options->letter == letter) {
            return options;
        }
    }
    return NULL;
}

static const struct gs_option *by_name(const struct gs_option *options, const char *name, size_t length)
{
    for (; options->name; options++) {
        if (strlen(options->name) == length && strncmp(options->name, name, length) == 0) {
            return options;
        }
    }
    return NULL;
}

static enum gs_status unknown(const struct gs_option *options, const char *word, struct gs_error *error)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    struct gs_nearest nearest = gs_nearest_start(name);
    for (; options->name; options++) {
        gs_nearest_offer(&nearest, options->name);
    }
    if (nearest.best) {
        return gs_fail(error, GS_E_USAGE, "", "unknown option '%s': did you mean '--%s'?", word,
                       nearest.best);
    }
    return gs_fail(error, GS_E_USAGE, "", "unknown option '%s': see --help", word);
}

static enum gs_status keep(struct gs_arguments *arguments, const struct gs_option *option, const char *value,
                           struct gs_error *error)
{
    if (arguments->n_given == GS_OPTIONS_GIVEN_MAX) {
        return gs_fail(error, GS_E_USAGE, "", "more than %d options", GS_OPTIONS_GIVEN_MAX);
    }
    arguments->given[arguments->n_given].option = option;
    arguments->given[arguments->n_given++].value = value;
    return GS_OK;
}

/* One word that starts with a dash; moves *i on when it takes the next word as its value. */
static enum gs_status parse_dashed(struct gs_arguments *arguments, char **argv, int argc, int *i,
                                   struct gs_error *error)
{
    const char *word = argv[*i];
    bool is_long = word[1] == '-';
    const struct gs_option *option = is_long ? by_name(arguments->options, word + 2, strcspn(word + 2, "="))
                                             : by_letter(arguments->options, word[1]);
    if (!option) {
        return is_long ? unknown(arguments->options, word, error)
                       : gs_fail(error, GS_E_USAGE, "", "unknown option '%s': see --help", word);
    }
    const char *attached = is_long ? strchr(word, '=') : word[2] ? word + 1 : NULL;
    if (!option->argument) {
        return attached ? gs_fail(error, GS_E_USAGE, "", "option '--%s' takes no value", option->name)
                        : keep(arguments, option, NULL, error);
    }
    if (attached) {
        return keep(arguments, option, attached + 1, error);
    }
    if (*i + 1 >= argc) {
        return gs_fail(error, GS_E_USAGE, "", "option '--%s' wants a value: %s", option->name,
                       option->argument);
    }
    return keep(arguments, option, argv[++*i], error);
}

/* "-12" is an operand (a value to set), "-x" an option. */
static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] && !strchr("0123456789.", word[1]) && strcmp(word, "-inf") != 0 &&
           strcmp(word, "-oo") != 0;
}

enum gs_status gs_options_parse(struct gs_arguments *arguments, const struct gs_option *options, int argc,
                                char **argv, struct gs_error *error)
{
    memset(arguments, 0, sizeof *arguments);
    arguments->options = options;
    arguments->operand = argv + 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            while (++i < argc) {
                arguments->operand[arguments->n_operands++] = argv[i];
            }
            break;
        }
        if (!is_option(argv[i])) {
            arguments->operand[arguments->n_operands++] = argv[i];
            continue;
        }
        enum gs_status status = parse_dashed(arguments, argv, argc, &i, error);
        if (status) {
            return status;
        }
    }
    return GS_OK;
}

const char *gs_option_each(const struct gs_arguments *arguments, const char *name, int *at)
{
    while (*at < arguments->n_given) {
        int i = (*at)++;
        if (strcmp(arguments->given[i].option->name, name) == 0) {
            return arguments->given[i].value ? arguments->given[i].value : "";
        }
    }
    return NULL;
}

const char *gs_option(const struct gs_arguments *arguments, const char *name)
{
    const char *last = NULL, *value;
    int at = 0;
    while ((value = gs_option_each(arguments, name, &at))) {
        last = value;
    }
    return last;
}

enum gs_status gs_option_number(const struct gs_arguments *arguments, const char *name, double low,
                                double high, double fallback, double *value, struct gs_error *error)
{
    const char *text = gs_option(arguments, name);
    if (!text) {
        *value = fallback;
        return GS_OK;
    }
    double number;
    if (!gs_number_read(text, &number) || number < low || number > high) {
        return gs_fail(error, GS_E_USAGE, "", "--%s %s: expected a number from %g to %g", name, text, low,
                       high);
    }
    *value = number;
    return GS_OK;
}

enum gs_status gs_option_whole(const struct gs_arguments *arguments, const char *name, long low, long high,
                               long fallback, long *value, struct gs_error *error)
{
    const char *text = gs_option(arguments, name);
    long number = fallback;
    if (text && (!gs_number_read_whole(text, &number) || number < low || number > high)) {
        return gs_fail(error, GS_E_USAGE, "", "--%s %s: expected a whole number from %ld to %ld", name, text,
                       low, high);
    }
    *value = number;
    return GS_OK;
}

void gs_options_print(FILE *to, const struct gs_option *options)
{
    for (; options->name; options++) {
        char left[64];
        snprintf(left, sizeof left, "%c%c%s --%s%s%s", options->letter ? '-' : ' ',
                 options->letter ? options->letter : ' ', options->letter ? "," : " ", options->name,
                 options->argument ? " " : "", options->argument ? options->argument : "");
        fprintf(to, strlen(left) < 26 ? "  %-26s" : "  %s\n                            ", left);
        const char *rest = options->doc;
        while (strlen(rest) > 76) {
            int cut = 76;
            while (cut > 40 && rest[cut] != ' ') {
                cut--;
            }
            fprintf(to, "%.*s\n                            ", cut, rest);
            rest += cut + 1;
        }
        fprintf(to, "%s\n", rest);
    }
}

extern char *program_invocation_short_name;

int gs_complain(const struct gs_error *error)
{
    fprintf(stderr, "%s: %s%s%s\n", program_invocation_short_name, error->where, *error->where ? ": " : "",
            error->text);
    return gs_status_exit_code(error->status);
}

int gs_complain_all(const struct gs_errors *errors)
{
    int code = 0;
    for (size_t i = 0; i < errors->count; i++) {
        int one = gs_complain(&errors->list[i]);
        code = code ? code : one;
    }
    if (errors->dropped) {
        fprintf(stderr, "%s: %zu more complaints not shown\n", program_invocation_short_name,
                errors->dropped);
    }
    return code ? code : 1;
}
