/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is this text JSON? A strict scanner (RFC 8259) that stands before the parser, because the parser takes
 * what a standard does not: text behind the end, 01, 1e999, raw control characters, bytes that are not
 * UTF-8, \u0000 - and says nothing about where. It does not recurse and does not allocate. [any] */
#ifndef CHAIN_SCAN_H
#define CHAIN_SCAN_H

#include "gainstage/status.h"

#include <stddef.h>

#define GS_SCAN_DEPTH_MAX  32 /* the deepest `depth_max` */
#define GS_SCAN_NUMBER_MAX 63 /* characters of a number: the parser looks at no more */

/* GS_OK, or GS_E_SYNTAX (GS_E_LIMIT when nested deeper than `depth_max`) with the first complaint: where
 * "origin:line:column" (columns count characters, from 1), what was found and what was expected. */
enum gs_status gs_scan_json(const char *text, size_t length, const char *origin, unsigned depth_max,
                            struct gs_error *error);

#endif
