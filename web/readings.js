// SPDX-License-Identifier: GPL-3.0-or-later
//
// Meters asked for one by one, by those who show them: what several want is asked once, what nobody shows any more
// is ended, and after a pause of the network or with a new chain all of it is asked again.

/** Subscriptions to readings of one model. */
export class Readings {
  #wanted = new Map(); // address -> { hertz, users }
  #stops;

  /** @param {import('./model.js').Model} model */
  constructor(model) {
    this.model = model;
    this.#stops = [model.on('chain', () => this.#again())];
  }

  /**
   * Keeps a reading coming; model.value() and model.watch() have it.
   * @param {string} address of a reading, no pattern
   * @param {number} hertz 1 to 50
   * @returns {() => void} not wanted any more
   */
  want(address, hertz) {
    const entry = this.#wanted.get(address) ?? { hertz: 0, users: 0 };
    this.#wanted.set(address, entry);
    entry.users++;
    if (hertz > entry.hertz) {
      entry.hertz = hertz;
      this.model.call('/subscribe/meter', address, hertz);
    }
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      entry.users--;
      if (entry.users > 0 || this.#wanted.get(address) !== entry) return;
      this.#wanted.delete(address);
      this.model.call('/subscribe/meter', address, 0);
    };
  }

  destroy() {
    this.#stops.forEach((stop) => stop());
    this.#wanted.forEach((_, address) => this.model.call('/subscribe/meter', address, 0));
    this.#wanted.clear();
  }

  #again() {
    const ids = new Set(this.model.stages.map((stage) => stage.id));
    for (const [address, { hertz }] of this.#wanted) {
      if (ids.has(address.split('/')[2])) this.model.call('/subscribe/meter', address, hertz);
    }
  }
}

const ofModel = new WeakMap();

/**
 * The one set of subscriptions of a model, shared by all panels.
 * @param {import('./model.js').Model} model
 * @returns {Readings}
 */
export function readingsOf(model) {
  if (!ofModel.has(model)) ofModel.set(model, new Readings(model));
  return ofModel.get(model);
}
