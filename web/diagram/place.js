// SPDX-License-Identifier: GPL-3.0-or-later
//
// From what is known of a stage to what is drawn of it: every level on the ruler of the view, between both views
// while one becomes the other.

const STILL = ['level', 'peak', 'noise', 'ceiling', 'nominal', 'inLevel', 'inPeak'];
const LIVE = ['rms', 'rmsIn', 'noiseNow', 'peakNow', 'peakNowIn', 'held'];
const BEFORE = new Set(['inLevel', 'inPeak']); // on the wire before the stage
const PARTS = 2; // of a pixel: what moves by less is not drawn again
const NOWHERE = -1;

/** A shift between both views: t is 0 at the stages', 1 at the source's. */
export function mixed({ stages, source }, t) {
  if (t === 0) return stages;
  return t === 1 ? source : stages + (source - stages) * t;
}

/**
 * Headroom and SNR of a stage: as predicted where the sound is known, as measured where it comes from outside.
 * @param {import('./rows.js').Row} row
 * @param {import('./live.js').LiveStage} stage
 * @returns {{ headroom: number, snr: number }}
 */
export function judged(row, stage) {
  if (!row.live) return { headroom: row.headroom, snr: row.snr };
  return { headroom: row.ceiling - stage.peak.held, snr: row.bent ? NaN : stage.rms - stage.noise };
}

/**
 * What the numbers of a column are made of.
 * @param {import('./rows.js').Row} row
 * @param {import('../chain_reader.js').Stage} stage
 * @param {import('./live.js').Live} live
 * @returns {import('./numbers.js').Figures}
 */
export function figuresOf(row, stage, live) {
  const now = live.of(row.id);
  return { stage, row, live: now, ...judged(row, now) };
}

/** A stage where it stands, kept from picture to picture, and what of it has moved since the last one. */
export class Placed {
  /** @param {string} id of the stage */
  constructor(id) {
    this.keys = STILL.map((key) => `${id} ${key}`);
    this.at = Object.fromEntries([...STILL, ...LIVE].map((key) => [key, NaN]));
    this.row = null;
    this.x0 = this.x1 = 0;
    this.headroom = NaN;
    this.flash = 0;
    this.chosen = false;
    this.still = new Int32Array(STILL.length + 2).fill(NOWHERE - 1);
    this.live = new Int32Array(LIVE.length + 1).fill(NOWHERE - 1);
    this.stillRow = null;
  }

  /**
   * Whether the prediction is elsewhere on the canvas than when this was last asked.
   * @param {(db: number) => number} y
   * @param {number} ratio device pixels
   */
  stillMoved(y, ratio) {
    let moved = this.stillRow !== this.row;
    this.stillRow = this.row;
    STILL.forEach((key, i) => {
      moved = put(this.still, i, y(this.at[key]), ratio) || moved;
    });
    moved = put(this.still, STILL.length, y(this.at.ceiling - this.headroom), ratio) || moved;
    return put(this.still, STILL.length + 1, Number(this.chosen), 1) || moved;
  }

  /** The same of what is measured. */
  liveMoved(y, ratio) {
    let moved = false;
    LIVE.forEach((key, i) => {
      moved = put(this.live, i, y(this.at[key]), ratio) || moved;
    });
    return put(this.live, LIVE.length, 64 * this.flash, 1) || moved;
  }
}

function put(list, i, place, ratio) {
  const next = Number.isNaN(place) ? NOWHERE : Math.round(PARTS * ratio * place);
  if (list[i] === next) return false;
  list[i] = next;
  return true;
}

/**
 * @param {{ rows: import('./rows.js').Row[], live: import('./live.js').Live, glide: import('./motion.js').Glide,
 *   t: number, ms: number, chosen: string, places: Map<string, Placed> }} context
 * @param {number} i of the row
 * @param {number} x0
 * @param {number} x1
 * @returns {Placed}
 */
export function place({ rows, live, glide, t, ms, chosen, places }, i, x0, x1) {
  const row = rows[i];
  if (!places.has(row.id)) places.set(row.id, new Placed(row.id));
  const placed = places.get(row.id);
  const { at } = placed;
  const now = live.of(row.id);
  const shift = mixed(row.shift, t);
  const shiftIn = mixed(row.shiftIn, t);
  const before = !row.from && row.inputs === 1 && i > 0 ? live.of(rows[i - 1].id) : null;
  at.rms = now.rms + shift;
  at.rmsIn = before ? before.rms + shiftIn : NaN;
  at.noiseNow = row.bent ? NaN : now.noise + shift;
  at.peakNow = now.peak.shown + shift;
  at.peakNowIn = row.inputs ? now.peakIn.shown + shiftIn : NaN;
  at.held = now.peak.held + shift;
  for (let k = 0; k < STILL.length; k++) {
    const key = STILL[k];
    at[key] = glide.to(placed.keys[k], row[key]) + (BEFORE.has(key) ? shiftIn : shift);
  }
  placed.row = row;
  placed.x0 = x0;
  placed.x1 = x1;
  placed.headroom = judged(row, now).headroom;
  placed.flash = now.flash.strength(ms);
  placed.chosen = row.id === chosen;
  return placed;
}
