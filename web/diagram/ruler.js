// SPDX-License-Identifier: GPL-3.0-or-later
//
// Heights and levels: what the rulers of both views reach over, where their labels stand, and how one view becomes
// the other. All levels here are on the ruler: level of a wire plus the shift of its row.

/** dB between two labels. */
export const STEP = 20;

const STAGES = { top: 40, bottom: -140 }; // so that pictures of different chains can be compared
const ROOM = 3;

const up = (db) => STEP * Math.ceil(db / STEP - 1e-9) + 0; // no -0

/**
 * Top and bottom of the ruler of a view, in whole steps.
 * @param {import('./rows.js').Row[]} rows
 * @param {'stages'|'source'} view
 * @returns {{ top: number, bottom: number }}
 */
export function reach(rows, view) {
  let { top, bottom } = view === 'stages' ? STAGES : { top: -Infinity, bottom: Infinity };
  const widen = (db) => {
    if (Number.isFinite(db)) {
      top = Math.max(top, db);
      bottom = Math.min(bottom, db);
    }
  };
  for (const row of rows) {
    const shift = row.shift[view];
    for (const db of [row.level, row.peak, row.ceiling]) widen(db + shift + ROOM);
    widen(row.noise + shift - ROOM);
  }
  if (!Number.isFinite(top)) return { ...STAGES };
  top = up(top);
  bottom = -up(-bottom);
  return { top, bottom: Math.min(bottom, top - 4 * STEP) };
}

/**
 * Between two rulers: t is 0 at `a`, 1 at `b`.
 * @param {{ top: number, bottom: number }} a
 * @param {{ top: number, bottom: number }} b
 * @param {number} t
 */
export function between(a, b, t) {
  return { top: a.top + (b.top - a.top) * t, bottom: a.bottom + (b.bottom - a.bottom) * t };
}

/**
 * Height of a level in a plot of `height`, kept inside it. NaN stays NaN.
 * @param {{ top: number, bottom: number }} ruler
 * @param {number} height
 * @returns {(db: number) => number}
 */
export function heights(ruler, height) {
  const scale = height / (ruler.top - ruler.bottom);
  return (db) => Math.min(Math.max((ruler.top - db) * scale, 0), height);
}

/**
 * Labels of a scale that stands `shift` above the ruler's own.
 * @param {{ top: number, bottom: number }} ruler
 * @param {number} shift
 * @returns {number[]} from the bottom up, in the scale's own dB
 */
export function labels(ruler, shift) {
  const found = [];
  for (let db = STEP * Math.ceil((ruler.bottom - shift) / STEP - 1e-9); db + shift <= ruler.top + 0.01; db += STEP) {
    found.push(db + 0);
  }
  return found;
}

/**
 * @typedef {{ unit: string, shift: number }} Scale shift: add to its levels to stand on the ruler
 */

/**
 * The scales at both sides. Sound in air stands where the microphone puts its volts, so without a stage in air there
 * is no such scale, and dBu stands in its place. Where the chain ends in air again, its loudspeaker has another volt a
 * pascal than the microphone: then the scale at the right is that of the end.
 * @param {'stages'|'source'} view
 * @param {'dBu'|'dBFS'|'dBSPL'} wanted
 * @param {{ rows: import('./rows.js').Row[], units: string[], fullScale: number, sourceUnit: string }} chain
 *   units: of the wire behind each row; fullScale: dBu at 0 dBFS
 * @returns {{ left: Scale, right: Scale|null }}
 */
export function scales(view, wanted, chain) {
  if (view === 'source') return { left: { unit: chain.sourceUnit || 'dB', shift: 0 }, right: null };
  const airAt = (i) => (chain.units[i] === 'dBSPL' && Number.isFinite(chain.rows[i]?.shift.stages)
    ? { unit: 'dBSPL', shift: chain.rows[i].shift.stages } : null);
  const all = {
    dBu: { unit: 'dBu', shift: 0 },
    dBFS: { unit: 'dBFS', shift: chain.fullScale },
    dBSPL: airAt(chain.units.indexOf('dBSPL')),
  };
  const left = all[wanted] ?? all.dBu;
  const end = left === all.dBSPL ? airAt(chain.units.length - 1) : null;
  return { left, right: end && end.shift !== left.shift ? end : left === all.dBFS ? all.dBu : all.dBFS };
}
