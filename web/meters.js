// SPDX-License-Identifier: GPL-3.0-or-later
//
// The newest meters of every stage. Between two pictures several packets may come, or none: peaks keep the highest
// of those that came, everything else the last.

/**
 * One side of a stage. Readings asked for with /subscribe/meter stand here under their own keys: "vu", "peak/2".
 * @typedef {object} MeterPoint
 * @property {number} db sample peak since the frame before, in the unit of the wire; -144: silence
 * @property {number} way the same as deflection of an IEC 60268-18 meter, 0 to 1
 * @property {number} [rms] 400 ms
 */

/**
 * @typedef {object} Meters
 * @property {MeterPoint} in
 * @property {MeterPoint} out
 * @property {number} headroom from the peak to the ceiling, dB
 * @property {boolean} clip lit since the first clipped sample
 * @property {boolean} modelError what is measured differs from what is predicted, and must not
 * @property {number} agreement by how much, dB; 144: not compared
 */

const FLOOR_DB = -144;
const PEAKS = new Set(['db', 'way']);
const SINGLE = {
  headroom: { key: 'headroom', read: (value) => value },
  clip: { key: 'clip', read: (value) => value > 0 },
  model_error: { key: 'modelError', read: (value) => value > 0 },
  agreement_db: { key: 'agreement', read: (value) => value },
};

function silent() {
  return {
    in: { db: FLOOR_DB, way: 0 },
    out: { db: FLOOR_DB, way: 0, rms: FLOOR_DB },
    headroom: -FLOOR_DB,
    clip: false,
    modelError: false,
    agreement: -FLOOR_DB,
  };
}

/** Meters by the id of their stage. */
export class MeterBank {
  constructor() {
    this.stages = new Map();
    this.waiting = []; // peaks that have come since the last picture
  }

  /**
   * @param {string} id
   * @returns {Meters}
   */
  of(id) {
    if (!this.stages.has(id)) this.stages.set(id, silent());
    return this.stages.get(id);
  }

  /**
   * Forgets the stages that are gone. What stands still is told only every two seconds, so the others are kept.
   * @param {Set<string>} ids of the chain of now
   */
  keep(ids) {
    for (const id of this.stages.keys()) {
      if (!ids.has(id)) this.stages.delete(id);
    }
  }

  /**
   * Where the values of an address go; null: it is no meter's. Good until keep() is called.
   * @param {string} id of the stage
   * @param {string[]} rest of the address, behind the stage
   * @returns {((value: number) => void)|null}
   */
  inlet(id, rest) {
    if (rest[0] === 'meter' && (rest[1] === 'in' || rest[1] === 'out') && rest[2] !== 'unit') {
      return this.#inletOf(this.of(id)[rest[1]], rest.slice(2).join('/') || 'way');
    }
    const single = rest.length === 1 ? SINGLE[rest[0]] : undefined;
    const stage = single && this.of(id);
    return single ? (value) => {
      stage[single.key] = single.read(value);
    } : null;
  }

  #inletOf(point, key) {
    if (!PEAKS.has(key)) {
      return (value) => {
        point[key] = value;
      };
    }
    const entry = { point, key, value: 0, waits: false };
    return (value) => {
      entry.value = entry.waits ? Math.max(entry.value, value) : value;
      if (!entry.waits) this.waiting.push(entry);
      entry.waits = true;
    };
  }

  /** A picture is due: what came since the last one is shown now. */
  frame() {
    for (const entry of this.waiting) {
      entry.point[entry.key] = entry.value;
      entry.waits = false;
    }
    this.waiting.length = 0;
  }
}
