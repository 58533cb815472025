/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a chain remembers of its file, for those who need not look inside. See load.h. */
#ifndef CHAIN_DOCUMENT_H
#define CHAIN_DOCUMENT_H

struct gs_document;

void gs_document_destroy(struct gs_document *document); /* NULL is fine */

/* Name that a chain has when its document gives none: the file's without folder and ending. NULL path:
 * "chain". Owner: the caller (free). */
char *gs_chain_default_name(const char *path);

#endif
