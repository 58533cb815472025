/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage commands`: the tool about itself, from its own tables: the reference part of gainstage(1) and what
 * shells complete. */
#include "app/options.h"
#include "base/mdoc.h"
#include "report/keys.h"

#include <string.h>

static const struct gs_option options[] = {
    { "man", 0, NULL, "Print the list items of a manual page in mdoc(7)." },
    { "man-json", 0, NULL, "Print the keys of JSON for a manual page in mdoc(7)." },
    { "bash", 0, NULL, "Print completion for bash." },
    { "zsh", 0, NULL, "Print completion for zsh." },
    { NULL, 0, NULL, NULL },
};

/* ---- manual page ---- */

static void man_option(const struct gs_option *option)
{
    printf(".It ");
    if (option->letter) {
        printf("Fl %c", option->letter);
        printf(option->argument ? " Ar %s , " : " , ", option->argument);
    }
    printf("Fl -%s", option->name);
    printf(option->argument ? " Ar %s\n" : "\n", option->argument);
    gs_mdoc_text(stdout, option->doc);
}

/* "CHAIN -o OUT.wav [--rate HZ]...": letters in capitals are what the user chooses. */
static void man_operands(const char *operands)
{
    fputs(" Ar \"", stdout);
    for (; *operands; operands++) {
        fputs(*operands == '"' ? "\\(dq" : *operands == '\\' ? "\\e" : (char[]){ *operands, '\0' }, stdout);
    }
    putchar('"');
}

static void man_command(const struct gs_command *command)
{
    printf(".It Nm Cm %s", command->key);
    if (*command->operands) {
        man_operands(command->operands);
    }
    putchar('\n');
    gs_mdoc_text(stdout, command->doc);
    if (command->options->name) {
        puts(".Bl -tag -width Ds");
        for (const struct gs_option *option = command->options; option->name; option++) {
            man_option(option);
        }
        puts(".El");
    }
}

static void print_man(void)
{
    puts(".Bl -tag -width Ds");
    for (const struct gs_command *const *c = gs_commands; *c; c++) {
        man_command(*c);
    }
    puts(".El");
}

/* ---- bash ---- */

static void bash_options(const struct gs_command *command)
{
    printf("    %s) words='--help", command->key);
    for (const struct gs_option *option = command->options; option->name; option++) {
        printf(" --%s", option->name);
    }
    puts("' ;;");
}

static void print_bash(void)
{
    puts("# bash completion for gainstage, printed by 'gainstage commands --bash'\n"
         "_gainstage() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} words\n"
         "    COMPREPLY=()\n"
         "    if [ \"$COMP_CWORD\" -eq 1 ]; then");
    printf("        words='--help --version");
    for (const struct gs_command *const *c = gs_commands; *c; c++) {
        printf(" %s", (*c)->key);
    }
    puts("'\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
         "        return\n"
         "    fi\n"
         "    case ${COMP_WORDS[1]} in");
    for (const struct gs_command *const *c = gs_commands; *c; c++) {
        bash_options(*c);
    }
    puts("    *) return ;;\n"
         "    esac\n"
         "    if [[ $word == -* ]]; then\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
         "    else\n"
         "        compopt -o default\n"
         "    fi\n"
         "}\n"
         "complete -F _gainstage gainstage");
}

/* ---- zsh ---- */

/* The first sentence of a text, safe between single quotes and in the brackets of _arguments. */
static void zsh_sentence(const char *text)
{
    const char *end = strstr(text, ". ");
    size_t length = end ? (size_t)(end - text) : strlen(text);
    length -= length > 0 && text[length - 1] == '.';
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\'') {
            fputs("'\\''", stdout);
        } else {
            printf("%s%c", strchr("[]:\\", text[i]) ? "\\" : "", text[i]);
        }
    }
}

static void zsh_command(const struct gs_command *command)
{
    printf("    %s)\n        _arguments '--help[Print help]'", command->key);
    for (const struct gs_option *option = command->options; option->name; option++) {
        printf(" \\\n            '*--%s[", option->name);
        zsh_sentence(option->doc);
        printf("]%s%s%s'", option->argument ? ":" : "", option->argument ? option->argument : "",
               option->argument ? ":_files" : "");
    }
    puts(" \\\n            '*:file:_files'\n        ;;");
}

static void print_zsh(void)
{
    puts("#compdef gainstage\n"
         "# zsh completion for gainstage, printed by 'gainstage commands --zsh'\n"
         "local -a commands\n"
         "commands=(");
    for (const struct gs_command *const *c = gs_commands; *c; c++) {
        printf("    '%s:", (*c)->key);
        zsh_sentence((*c)->doc);
        puts("'");
    }
    puts(")\n"
         "if ((CURRENT == 2)); then\n"
         "    _describe command commands\n"
         "    return\n"
         "fi\n"
         "shift words\n"
         "((CURRENT--))\n"
         "case $words[1] in");
    for (const struct gs_command *const *c = gs_commands; *c; c++) {
        zsh_command(*c);
    }
    puts("esac");
}

/* ---- */

static void print_list(void)
{
    for (const struct gs_command *const *c = gs_commands; *c; c++) {
        printf("%s %s\n", (*c)->key, (*c)->operands);
    }
}

static int run(const struct gs_arguments *arguments)
{
    if (gs_option(arguments, "man")) {
        print_man();
    } else if (gs_option(arguments, "man-json")) {
        gs_keys_man(stdout);
    } else if (gs_option(arguments, "bash")) {
        print_bash();
    } else if (gs_option(arguments, "zsh")) {
        print_zsh();
    } else {
        print_list();
    }
    return 0;
}

const struct gs_command gs_cmd_commands = {
    .key = "commands",
    .operands = "[--man | --man-json | --bash | --zsh]",
    .doc =
        "List the commands of this tool. Or print what is made of their tables: the reference part of this "
        "manual page, completion for bash and zsh.",
    .options = options,
    .run = run,
};
