// SPDX-License-Identifier: GPL-3.0-or-later
//
// The daemon's OSCQuery namespace: what every address is, takes and ranges over. Read whole when a chain comes.

/**
 * A node as OSCQuery gives it: FULL_PATH, TYPE, ACCESS, VALUE, RANGE, UNIT, DESCRIPTION, CONTENTS.
 * @typedef {object} OscNode
 */

/**
 * @param {OscNode|null} root
 * @param {string} address
 * @returns {OscNode|null}
 */
export function nodeAt(root, address) {
  let node = root;
  for (const part of address.split('/')) {
    if (part && node) node = node.CONTENTS?.[part] ?? null;
  }
  return node;
}

/**
 * Calls `visit` for every node that has a type, containers included.
 * @param {OscNode|null} node
 * @param {(node: OscNode) => void} visit
 */
export function eachNode(node, visit) {
  if (!node) return;
  if (node.TYPE !== undefined) visit(node);
  for (const child of Object.values(node.CONTENTS ?? {})) eachNode(child, visit);
}

/**
 * Fetches the namespace from where the page comes from. Null: it cannot be had now.
 * @param {string} base address of the page
 * @returns {Promise<OscNode|null>}
 */
export async function fetchNamespace(base) {
  try {
    const answer = await fetch(new URL('/', base), { headers: { Accept: 'application/json' }, cache: 'no-store' });
    const root = answer.ok ? await answer.json() : null;
    return root?.FULL_PATH === '/' ? root : null;
  } catch {
    return null;
  }
}
