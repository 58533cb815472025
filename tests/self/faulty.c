/*
 * A test program that does what tests must not do: each case here has to come out of tests/run-criterion as `not ok`,
 * and tests/self/run-criterion.sh asserts that. Always built with a sanitizer: AddressSanitizer, or
 * ThreadSanitizer where the whole build has it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The compiler may not see through these, or it would remove the faults. */
static void *volatile kept;
static volatile size_t beyond = 16;

Test(faulty, nothing)
{
    cr_assert(1);
}

Test(faulty, leak)
{
    kept = malloc(16);
    memset(kept, 1, 16);
    kept = NULL;
}

Test(faulty, overflow)
{
    kept = malloc(16);
    memset(kept, 1, 16);
    ((volatile char *)kept)[beyond] = 1;
    free(kept);
}

static int counter;

static void *count(void *unused)
{
    for (int i = 0; i < 1000; i++) {
        counter++;
    }
    return unused;
}

Test(faulty, race)
{
    pthread_t other;
    pthread_create(&other, NULL, count, NULL);
    count(NULL);
    pthread_join(other, NULL);
}

Test(faulty, wrong)
{
    cr_assert(beyond == 17);
}

Test(faulty, crash)
{
    abort();
}
