// SPDX-License-Identifier: GPL-3.0-or-later
//
// Choosing from a folded list whose entries each make the chain anew. Keys step through such a list, and each step is a
// change to the browser: it is none to the chain before a key, the way out, or nothing for a while says so. What a mouse
// chooses is chosen.

const PAUSE_MS = 1000; // keys that pass by have come to rest

/**
 * Listens to a list.
 * @param {HTMLSelectElement} select
 * @param {{ pass?: () => void, take: () => void, leave: () => void }} what pass: keys have come by another entry; take: it
 *   is chosen; leave: none is, the list is to show what there was
 * @returns {() => void} forget what is not chosen yet
 */
export function listenPatiently(select, { pass = () => {}, take, leave }) {
  let byKey = false;
  let waiting = 0;

  function forget() {
    clearTimeout(waiting);
    waiting = 0;
  }

  function end(how) {
    if (!waiting) return;
    forget();
    how();
  }

  select.addEventListener('pointerdown', () => {
    byKey = false;
  });
  select.addEventListener('keydown', (event) => {
    byKey = event.key !== 'Enter';
    if (!waiting || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    event.preventDefault();
    end(byKey ? leave : take);
  });
  select.addEventListener('change', () => {
    forget();
    waiting = setTimeout(() => end(take), PAUSE_MS);
    if (byKey) pass();
    else end(take);
  });
  select.addEventListener('blur', () => end(take));
  return forget;
}
