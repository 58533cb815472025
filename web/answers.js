// SPDX-License-Identifier: GPL-3.0-or-later
//
// Lists that come as one message an entry and an end mark: asked for, gathered, handed over whole.

/**
 * Asks for a list and calls `fn` with all of its entries, now and whenever it is told anew.
 * @param {import('./model.js').Model} model
 * @param {string} address "/snapshot/list"; its end is "/snapshot/list/end"
 * @param {(entries: any[]) => void} fn
 * @returns {{ ask: (...args: any[]) => void, destroy: () => void }}
 */
export function listOf(model, address, fn) {
  let entries = [];
  let begun = false; // what a watch tells at once is the last entry of an old list
  const stops = [
    model.watch(address, (entry) => begun && entries.push(entry)),
    model.watch(`${address}/end`, () => {
      if (begun) fn(entries);
      entries = [];
    }),
  ];
  begun = true;
  function ask(...args) {
    entries = [];
    model.call(address, ...args);
  }
  return { ask, destroy: () => stops.forEach((stop) => stop()) };
}
