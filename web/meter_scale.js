// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which scale this browser's meters show; remembered, and nothing of the daemon's business.

import { scaleOf } from './scales.js';

const KEY = 'gainstaged.meter-scale';
const observers = new Set();
let now = scaleOf(remembered()).key;

function remembered() {
  try {
    return globalThis.localStorage?.getItem(KEY) ?? '';
  } catch {
    return ''; // a browser that keeps nothing
  }
}

/** The scale that this browser's meters show. */
export const meterScale = {
  /** @returns {string} key of a scale */
  get: () => now,

  /** @param {string} key */
  set(key) {
    now = scaleOf(key).key;
    try {
      globalThis.localStorage?.setItem(KEY, now);
    } catch {
      // shown all the same
    }
    observers.forEach((fn) => fn(now));
  },

  /**
   * @param {(key: string) => void} fn
   * @returns {() => void} stop
   */
  on(fn) {
    observers.add(fn);
    return () => observers.delete(fn);
  },
};
