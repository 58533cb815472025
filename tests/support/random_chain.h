/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random valid chains, made from the tables of kinds and rows: a kind or a row that is added is tried unasked.
 * Strips of sources, preamps, converters, plugins and faders into buses, signals that meet themselves, a
 * master, what may stand behind it. The same seed gives the same chain. */
#ifndef SUPPORT_RANDOM_CHAIN_H
#define SUPPORT_RANDOM_CHAIN_H

#include <stdint.h>

enum random_flavour {
    RANDOM_TONES = 1 << 0,     /* sources are sines only */
    RANDOM_NOISELESS = 1 << 1, /* every figure of noise and every word length is left out */
    RANDOM_CLEAN = 1 << 2      /* every ceiling, colour and dynamics is left out: below every knee */
};

struct gs_chain;

/* The chain that belongs to `seed`; the loader has accepted it. `text` (may be NULL) gets the document, the
 * caller frees both. */
struct gs_chain *random_chain(uint64_t seed, unsigned flavour, char **text);

#endif
