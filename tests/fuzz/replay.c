/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * replay FILE...: a harness over files that were found once, with any compiler. Each input lies in memory of exactly
 * its size, so that AddressSanitizer and valgrind see one byte too many. */
#include "fuzz.h"

#include <string.h>

static int replay(const char *path)
{
    static uint8_t room[1 << 20];
    FILE *from = fopen(path, "rb");
    if (!from) {
        perror(path);
        return 1;
    }
    size_t size = fread(room, 1, sizeof room, from);
    fclose(from);
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact) {
        return 1;
    }
    memcpy(exact, room, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 0;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        failed |= replay(argv[i]);
    }
    printf("replayed %d\n", argc - 1);
    return failed;
}
