// SPDX-License-Identifier: GPL-3.0-or-later
//
// Spectrum of the wire behind a stage and of its error, what the chain did wrong so far, on a logarithmic axis; the
// harmonics of a tone have their names.

import { fit, followSize } from './canvas_size.js';
import { el, setAttribute, setText } from './element.js';
import { decibels, powers } from './fft.js';
import { ink } from './ink.js';
import { placeTicks, prepare } from './plot.js';
import { axisPlace, distortion, harmonics, logColumns, spread, tone } from './spectrum.js';
import { format } from './value.js';

const BOX = { left: 20, right: 20000, low: -140, high: 20, log: true }; // floats go above full scale
const COLUMNS = 400;
const SMOOTH = 0.6; // share of the picture before that stays: noise becomes a line that eyes can follow
const LABEL = { height: 14, letter: 7.5, edge: 2 }; // px, as scope.css has them
const SPOKEN_MS = 2000;

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
  let spokenAt = 0;
  const stopSize = followSize(canvas);

  const blend = (old, fresh) => (old ? fresh.map((power, k) => SMOOTH * old[k] + (1 - SMOOTH) * power) : fresh);

  /* What stands at the tops of the lines, strongest first. */
  function linesOf(rate) {
    const base = tone(wire, rate);
    if (!base) return { base, list: [], lines: [] };
    const list = harmonics(wire, rate, base);
    const hertz = Number(base.hertz.toPrecision(4)); // between two windows a tone moves by less
    return { base, list, lines: [{ name: words.tone(format(hertz, 'Hz')), hertz, power: base.power }, ...list]
      .filter((line) => line.hertz < BOX.right).sort((a, b) => b.power - a.power) };
  }

  function label({ name, hertz, power }, width, height) {
    const up = (decibels(power) - BOX.low) / (BOX.high - BOX.low);
    return { name, x: axisPlace(hertz) * width, y: Math.min(1, Math.max(0, up)) * height, width: LABEL.letter * name.length + LABEL.edge };
  }

  function name(rate) {
    const { base, list, lines } = linesOf(rate);
    const ratio = globalThis.devicePixelRatio || 1;
    const [width, height] = [canvas.width / ratio, canvas.height / ratio];
    const labels = lines.map((line) => label(line, width, height));
    const heights = spread(labels, LABEL.height);
    names.replaceChildren(...labels.map((one, i) => {
      const element = el('span', { hidden: heights[i] === null }, one.name);
      element.style.setProperty('--x', `${one.x}px`);
      element.style.setProperty('--y', `${heights[i] ?? 0}px`);
      return element;
    }));
    const percent = base ? 100 * distortion(base, list) : NaN;
    setText(said, base ? words.distortion(format(percent, '', { decimals: percent < 1 ? 3 : percent < 10 ? 2 : 1 })) : words.noTone);
    speak(lines);
  }

  /* For who does not see it, and for who wants the numbers: levels of the lines, no faster than they can be read. */
  function speak(lines) {
    if (performance.now() - spokenAt < SPOKEN_MS) return;
    spokenAt = performance.now();
    const levels = lines.map(({ name: line, power }) => words.line(line, format(decibels(power), 'dBFS')));
    setAttribute(canvas, 'aria-label', levels.length ? words.seen(words.spectrum, levels) : words.spectrum);
    setAttribute(canvas, 'title', levels.join('\n') || null);
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
