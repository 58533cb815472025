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

const PATIENCE_MS = 3000; // with one question
const AGAIN_MS = [500, 1000, 2000, 4000, 8000];

/**
 * @param {string} base address of the page
 * @param {AbortSignal} signal
 * @returns {Promise<OscNode|null>} null: it cannot be had now
 */
async function fetchOnce(base, signal) {
  try {
    const answer = await fetch(new URL('/', base), { headers: { Accept: 'application/json' }, cache: 'no-store', signal });
    const root = answer.ok ? await answer.json() : null;
    return root?.FULL_PATH === '/' ? root : null;
  } catch {
    return null;
  }
}

/**
 * Fetches the namespace from where the page comes from, again and again and later and later until it is had.
 * @param {string} base address of the page
 * @param {string[]} ids of the stages that it must have, in their order: of another chain it is of no use
 * @param {(root: OscNode) => void} had
 * @param {(attempt: number) => void} failed it will be tried again
 * @returns {() => void} give up
 */
export function fetchNamespace(base, ids, had, failed) {
  const ended = new AbortController();
  let timer = 0;
  let attempt = 0;

  async function go() {
    const late = new AbortController();
    timer = setTimeout(() => late.abort(), PATIENCE_MS);
    const stop = () => late.abort();
    ended.signal.addEventListener('abort', stop);
    const root = await fetchOnce(base, late.signal);
    ended.signal.removeEventListener('abort', stop);
    clearTimeout(timer);
    if (ended.signal.aborted) return;
    if (root && (root.CONTENTS?.stage?.STAGES ?? []).join('/') === ids.join('/')) {
      had(root);
      return;
    }
    timer = setTimeout(go, AGAIN_MS[Math.min(attempt, AGAIN_MS.length - 1)]);
    attempt++;
    failed(attempt);
  }

  go();
  return () => {
    ended.abort();
    clearTimeout(timer);
  };
}
