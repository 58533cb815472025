/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See terminal.h. */
#include "app/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static bool open_now;

bool gs_terminal_is_capable(void)
{
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && isatty(STDIN_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

void gs_terminal_size(int *width, int *height)
{
    struct winsize size;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row;
    *width = known ? size.ws_col : 80;
    *height = known ? size.ws_row : 24;
}

static void write_all(const char *text)
{
    fflush(stdout);
    ssize_t written = write(STDOUT_FILENO, text, strlen(text));
    (void)written; /* a terminal that is gone need not be told */
}

void gs_terminal_open(void)
{
    static bool registered;
    struct termios keys;
    if (open_now || tcgetattr(STDIN_FILENO, &before) < 0) {
        return;
    }
    keys = before;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VMIN] = 0;
    keys.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &keys);
    open_now = true;
    if (!registered) {
        atexit(gs_terminal_close);
        registered = true;
    }
    write_all("\033[?1049h\033[?25l\033[2J");
}

void gs_terminal_close(void)
{
    if (open_now) {
        open_now = false;
        write_all("\033[0m\033[?25h\033[?1049l");
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
    }
}
