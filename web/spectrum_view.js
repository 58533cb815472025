// SPDX-License-Identifier: GPL-3.0-or-later
//
// Spectrum of the wire behind a stage and of its error, what the chain did wrong so far, on a logarithmic axis; the
// harmonics of a tone have their names.

import { fit, followSize } from './canvas_size.js';
import { el, setText } from './element.js';
import { decibels, powers } from './fft.js';
import { ink } from './ink.js';
import { placeTicks, prepare } from './plot.js';
import { distortion, harmonics, logColumns, tone } from './spectrum.js';
import { format } from './value.js';

const BOX = { left: 20, right: 20000, low: -140, high: 0, log: true };
const COLUMNS = 400;
const SMOOTH = 0.6; // share of the picture before that stays: noise becomes a line that eyes can follow

/**
 * @param {object} text
 */
export function createSpectrumView(text) {
  const words = text.scope;
  const canvas = el('canvas', { role: 'img', 'aria-label': words.spectrum });
  const ticks = el('div.plot-ticks', { 'aria-hidden': 'true' });
  const names = el('div.plot-names', { 'aria-hidden': 'true' });
  const said = el('p.plot-said', { 'aria-live': 'off' });
  const element = el('figure.plot.plot-spectrum', {}, canvas, ticks, names,
    el('figcaption', {}, el('span.key-wire', {}, words.wireKey), ' ', el('span.key-error', {}, words.errorKey), said));
  placeTicks(ticks, BOX, 'Hz', 'dBFS', 20);
  let wire = null;
  let error = null;
  let columns = null;
  let dirty = false;
  const stopSize = followSize(canvas);

  const blend = (old, fresh) => (old ? fresh.map((power, k) => SMOOTH * old[k] + (1 - SMOOTH) * power) : fresh);

  function name(rate) {
    const base = tone(wire, rate);
    const list = base ? harmonics(wire, rate, base) : [];
    const labels = base ? [{ name: words.tone(format(base.hertz, 'Hz')), hertz: base.hertz, power: base.power }, ...list] : [];
    names.replaceChildren(...labels.filter((one) => one.hertz < BOX.right).map((one) => {
      const label = el('span', {}, one.name);
      label.style.setProperty('--x', String(Math.log(one.hertz / BOX.left) / Math.log(BOX.right / BOX.left)));
      label.style.setProperty('--y', String(Math.min(1, Math.max(0, (decibels(one.power) - BOX.low) / (BOX.high - BOX.low)))));
      return label;
    }));
    setText(said, base ? words.distortion(format(100 * distortion(base, list), '', { decimals: 3 })) : words.noTone);
  }

  return {
    element,
    /**
     * @param {Float32Array} real a power of two of samples
     * @param {Float32Array} wrong the error of the same samples
     * @param {number} rate hertz
     */
    show(real, wrong, rate) {
      wire = blend(wire, powers(real));
      error = blend(error, powers(wrong));
      columns = [logColumns(wire, rate, COLUMNS), logColumns(error, rate, COLUMNS)];
      name(rate);
      dirty = true;
    },
    /** Instead of a picture. */
    say: (words) => setText(said, words),
    forget() {
      wire = error = null;
      columns = null;
      names.replaceChildren();
      setText(said, '');
      dirty = true;
    },
    frame() {
      if (!(fit(canvas) || dirty)) return;
      const at = prepare(canvas, BOX);
      if (!at) return;
      dirty = false;
      at.grid(0, 20);
      if (!columns) return;
      paint(at, columns[0], '--level', false);
      paint(at, columns[1], '--error', true);
    },
    repaint() {
      dirty = true;
    },
    destroy: stopSize,
  };

  function paint({ brush, width, height, y, ratio }, list, colour, filled) {
    brush.beginPath();
    list.forEach((db, i) => brush.lineTo(((i + 0.5) / list.length) * width, y(Math.max(db, BOX.low - 10))));
    brush.strokeStyle = ink(colour);
    brush.lineWidth = (filled ? 1.5 : 2) * ratio;
    brush.setLineDash(filled ? [5 * ratio, 3 * ratio] : []);
    brush.stroke();
    brush.setLineDash([]);
    if (!filled) return;
    brush.lineTo(width, height);
    brush.lineTo(0, height);
    brush.globalAlpha = 0.2;
    brush.fillStyle = ink(colour);
    brush.fill();
    brush.globalAlpha = 1;
  }
}
