// SPDX-License-Identifier: GPL-3.0-or-later
//
// The prediction of every stage as the daemon gives it to those who draw (/level_diagram), asked for anew whenever
// something that was turned may have changed it.

/**
 * What is predicted of a stage, levels in the unit of its wire, NaN where there is no number.
 * @typedef {object} Row
 * @property {string} id
 * @property {string} kind in words
 * @property {string} from whom it hears where that is not the row before
 * @property {number} inputs how many it hears
 * @property {number} level
 * @property {number} peak
 * @property {number} inLevel
 * @property {number} inPeak
 * @property {number} noise
 * @property {number} ceiling
 * @property {number} nominal
 * @property {number} headroom
 * @property {number} snr
 * @property {number} gain
 * @property {number} thd 0 to 1
 * @property {number} margin
 * @property {number} share 0 to 1
 * @property {{ stages: number, source: number }} shift to a ruler in dBu, to one of the source
 * @property {{ stages: number, source: number }} shiftIn the same for the wire before it
 * @property {boolean} silent
 * @property {boolean} live the level of its source is not known, nominal is assumed
 * @property {boolean} programme
 * @property {boolean} curved it is driven into its curve
 * @property {boolean} bent it or an earlier stage is: its error is no noise alone
 * @property {boolean} bypassed
 * @property {boolean} muted
 * @property {boolean} soft
 * @property {boolean} clipsFirst
 * @property {boolean} bottleneck
 */

/**
 * What is predicted of the chain.
 * @typedef {object} Whole
 * @property {string} sourceUnit
 * @property {number} clipWin
 * @property {number} noiseWin
 * @property {number} range
 * @property {number} rangeA
 * @property {number} spread
 */

const NUMBERS = ['level', 'peak', 'inLevel', 'inPeak', 'noise', 'ceiling', 'nominal', 'headroom', 'snr', 'gain', 'thd',
  'margin', 'share', 'shift', 'shiftIn', 'sourceShift', 'sourceShiftIn'];
const FLAGS = { silent: 1, live: 2, programme: 4, curved: 8, bent: 16, bypassed: 64, muted: 128, soft: 1 << 16, clipsFirst: 1 << 17,
  bottleneck: 1 << 18 };
const WHOLE = ['clipWin', 'noiseWin', 'range', 'rangeA', 'spread'];
const WORDS = 6;
const PACE_MS = 40;
const LOST_MS = 500; // an answer that has not come by now was dropped on the way
const ANYWAY_MS = 3000; // live sources and other silent changes

const number = (value) => (value === null || value === undefined ? NaN : value);

/**
 * @param {Array} args of /level_diagram
 * @returns {Row}
 */
export function readRow(args) {
  const [, id, kind, from, inputs, flags] = args;
  const row = { id, kind, from, inputs };
  NUMBERS.forEach((key, i) => {
    row[key] = number(args[WORDS + i]);
  });
  row.shift = { stages: row.shift, source: row.sourceShift };
  row.shiftIn = { stages: row.shiftIn, source: row.sourceShiftIn };
  for (const [key, bit] of Object.entries(FLAGS)) row[key] = (flags & bit) !== 0;
  return row;
}

/**
 * @param {Array} args of /level_diagram/end
 * @returns {Whole}
 */
export function readWhole(args) {
  const whole = { sourceUnit: args[1] };
  WHOLE.forEach((key, i) => {
    whole[key] = number(args[2 + i]);
  });
  return whole;
}

/** Whether a value told under this address may move the prediction. */
export function movesPrediction(address) {
  const [, first, , leaf] = address.split('/');
  if (first === 'panic') return true;
  return first === 'stage' && !['meter', 'predict', 'clip', 'headroom', 'name', 'kind', 'id'].includes(leaf);
}

/** The rows of today; `rows` is empty until they are known. */
export class Forecast {
  /** @param {import('../model.js').Model} model */
  constructor(model) {
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Whole|null} */
    this.whole = null;
    this.model = model;
    this.coming = [];
    this.stale = true;
    this.waiting = false;
    this.askedAt = -Infinity;
    this.told = new Set();
    this.stops = [
      model.watch('/level_diagram', (args) => this.coming.push(readRow(args))),
      model.watch('/level_diagram/end', (args) => this.#finish(args)),
      model.on('value', (address) => {
        if (!movesPrediction(address)) return;
        this.stale = true;
        this.frame(performance.now()); // what was turned is asked for at once, if the pace allows
      }),
      model.on('chain', () => this.#renew()),
      model.on('link', () => this.#renew()),
    ];
  }

  /** Calls `fn` whenever the rows are new. */
  onChange(fn) {
    this.told.add(fn);
  }

  #renew() {
    this.stale = true;
    this.waiting = false;
  }

  #finish(args) {
    const whole = args[0] === this.coming.length;
    this.waiting = false;
    if (whole) {
      this.rows = this.coming;
      this.whole = readWhole(args);
    }
    this.stale ||= !whole;
    this.coming = [];
    if (whole) this.told.forEach((fn) => fn());
  }

  /** Asks when there is something to ask and it is time to; once a frame at least. */
  frame(ms) {
    const passed = ms - this.askedAt;
    if (this.waiting ? passed < LOST_MS : passed < (this.stale ? PACE_MS : ANYWAY_MS)) return;
    if (!this.model.stages.length) return;
    this.coming = [];
    this.waiting = this.model.call('/level_diagram');
    this.stale = !this.waiting;
    this.askedAt = ms;
  }

  destroy() {
    this.stops.forEach((stop) => stop());
  }
}
