// SPDX-License-Identifier: GPL-3.0-or-later
//
// From what is known of a stage to what is drawn of it: every level on the ruler of the view, between both views
// while one becomes the other.

const KEYS = ['level', 'peak', 'noise', 'ceiling', 'nominal'];
const KEYS_IN = ['inLevel', 'inPeak'];

function mixed({ stages, source }, t) {
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

/**
 * @param {{ rows: import('./rows.js').Row[], live: import('./live.js').Live, glide: import('./motion.js').Glide,
 *   t: number, ms: number, chosen: string }} context
 * @param {number} i of the row
 * @param {number} x0
 * @param {number} x1
 * @returns {import('./paint_column.js').Placed}
 */
export function place({ rows, live, glide, t, ms, chosen }, i, x0, x1) {
  const row = rows[i];
  const now = live.of(row.id);
  const shift = mixed(row.shift, t);
  const shiftIn = mixed(row.shiftIn, t);
  const before = !row.from && row.inputs === 1 && i > 0 ? live.of(rows[i - 1].id) : null;
  const at = {
    rms: now.rms + shift,
    rmsIn: before ? before.rms + shiftIn : NaN,
    noiseNow: row.bent ? NaN : now.noise + shift,
    peakNow: now.peak.shown + shift,
    peakNowIn: row.inputs ? now.peakIn.shown + shiftIn : NaN,
    held: now.peak.held + shift,
  };
  for (const key of KEYS) at[key] = glide.to(`${row.id} ${key}`, row[key]) + shift;
  for (const key of KEYS_IN) at[key] = glide.to(`${row.id} ${key}`, row[key]) + shiftIn;
  return { x0, x1, row, at, headroom: judged(row, now).headroom, flash: now.flash.strength(ms), chosen: row.id === chosen };
}
