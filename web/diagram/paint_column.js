// SPDX-License-Identifier: GPL-3.0-or-later
//
// One stage on the canvas: the box from its noise to its ceiling, the signal going through it. Predicted thin,
// measured thick; the strokes are those of the printed diagram (report/svg_column.c). What is predicted lies under
// and over what is measured, and is painted on layers of its own, as it seldom moves.

import { drawMark, judgeHeadroom } from './marks.js';

const BEND = 0.3; // of the column: where the signal begins to change
const has = Number.isFinite;

/**
 * What a column is drawn with.
 * @typedef {object} Ink
 * @property {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} canvas the layer that is painted on
 * @property {(db: number) => number} y height of a level on the ruler
 * @property {number} height of the plot
 * @property {number} k stroke scale
 * @property {number} gap between a column and the edge of its place
 * @property {Object<string, string>} colours
 * @property {CanvasPattern} hatch
 */

/**
 * A stage where it stands: levels already on the ruler.
 * @typedef {import('./place.js').Placed} Placed
 */

const SOLID = [];

function stroke(ink, colour, width, dash = SOLID) {
  const { canvas, k } = ink;
  canvas.strokeStyle = ink.colours[colour];
  canvas.lineWidth = width * k;
  canvas.setLineDash(dash === SOLID ? SOLID : dash.map((length) => length * k));
}

function level(ink, x0, x1, db) {
  const y = ink.y(db);
  ink.canvas.beginPath();
  ink.canvas.moveTo(x0, y);
  ink.canvas.lineTo(x1, y);
  ink.canvas.stroke();
}

function box(ink, { x0, x1, at, row, chosen }) {
  const { canvas, height } = ink;
  const floor = has(at.noise) ? ink.y(at.noise) : height;
  const top = has(at.ceiling) ? ink.y(at.ceiling) : 0;
  if (floor > top) {
    canvas.fillStyle = ink.colours.box;
    if (!has(at.ceiling)) { // open at the top: it has no ceiling
      const fade = canvas.createLinearGradient(0, 0, 0, Math.max(1, floor));
      fade.addColorStop(0, ink.colours.boxClear);
      fade.addColorStop(0.35, ink.colours.box);
      canvas.fillStyle = fade;
    }
    canvas.fillRect(x0, top, x1 - x0, floor - top);
  }
  if (height > floor) {
    canvas.fillStyle = ink.hatch;
    canvas.fillRect(x0, floor, x1 - x0, height - floor);
  }
  if (chosen || row.muted) {
    const out = ink.gap / 2; // between this column and the next: each has half of it
    stroke(ink, chosen ? 'ink' : 'dim', chosen ? 2 : 1, row.muted ? [3, 4] : SOLID);
    canvas.strokeRect(x0 - out, -4, x1 - x0 + 2 * out, height + 8);
  }
}

function glow(ink, { x0, x1, at, flash }) {
  const { canvas, k } = ink;
  if (!(flash > 0)) return;
  const top = has(at.ceiling) ? ink.y(at.ceiling) : 0;
  const high = Math.max(0, top - 30 * k);
  const light = canvas.createLinearGradient(0, high, 0, top + 60 * k);
  light.addColorStop(0, ink.colours.overClear);
  light.addColorStop((top - high) / (top + 60 * k - high), ink.colours.over);
  light.addColorStop(1, ink.colours.overClear);
  canvas.globalAlpha = 0.6 * flash;
  canvas.fillStyle = light;
  canvas.fillRect(x0, high, x1 - x0, top + 60 * k - high);
  canvas.globalAlpha = 1;
}

function edges(ink, { x0, x1, at, row }) {
  if (has(at.nominal)) {
    stroke(ink, 'dim', 2.4, [0.1, 6]);
    ink.canvas.lineCap = 'round';
    level(ink, x0 + 3, x1, at.nominal);
    ink.canvas.lineCap = 'butt';
  }
  if (has(at.noise)) {
    stroke(ink, 'noise', row.bottleneck ? 7 : 2.4);
    level(ink, x0, x1, at.noise);
  }
  if (has(at.ceiling)) {
    stroke(ink, 'ceiling', row.clipsFirst ? 7 : 3, row.soft ? [13, 6] : SOLID);
    level(ink, x0, x1, at.ceiling);
  }
}

/** Straight at both ends, sloping where the stage does its work; without an input only the right part. */
function trace(canvas, x0, x1, yIn, yOut, open) {
  const a = x0 + BEND * (x1 - x0);
  const b = x1 - BEND * (x1 - x0);
  const half = (a + b) / 2;
  if (!has(yIn) || open) {
    canvas.lineTo(a, yOut);
    canvas.lineTo(x1, yOut);
    return;
  }
  canvas.lineTo(x0, yIn);
  canvas.lineTo(a, yIn);
  canvas.bezierCurveTo(half, yIn, half, yOut, b, yOut);
  canvas.lineTo(x1, yOut);
}

function signal(ink, x0, x1, before, after) {
  const { canvas } = ink;
  if (!has(before) && !has(after)) return;
  canvas.beginPath();
  if (!has(after)) { // the signal ends here
    canvas.moveTo(x0, ink.y(before));
    canvas.lineTo(x0 + BEND * (x1 - x0), ink.y(before));
  } else {
    trace(canvas, x0, x1, ink.y(before), ink.y(after), false);
  }
  canvas.stroke();
}

/** What moves through the stage right now, from its RMS up to its peaks. */
function body(ink, { x0, x1, at }) {
  const { canvas } = ink;
  if (!has(at.rms) || !has(at.peakNow) || at.peakNow <= at.rms) return;
  const from = has(at.rmsIn) && has(at.peakNowIn);
  canvas.beginPath();
  trace(canvas, x0, x1, ink.y(at.peakNowIn), ink.y(at.peakNow), !from);
  const a = x0 + BEND * (x1 - x0);
  const b = x1 - BEND * (x1 - x0);
  canvas.lineTo(x1, ink.y(at.rms));
  if (from) {
    const yIn = ink.y(Math.min(at.rmsIn, at.peakNowIn));
    canvas.lineTo(b, ink.y(at.rms));
    canvas.bezierCurveTo((a + b) / 2, ink.y(at.rms), (a + b) / 2, yIn, a, yIn);
    canvas.lineTo(x0, yIn);
  } else {
    canvas.lineTo(a, ink.y(at.rms));
  }
  canvas.closePath();
  canvas.globalAlpha = 0.22;
  canvas.fillStyle = ink.colours.level;
  canvas.fill();
  canvas.globalAlpha = 1;
}

function measured(ink, placed) {
  const { canvas, k } = ink;
  const { x0, x1, at } = placed;
  body(ink, placed);
  canvas.lineCap = 'round';
  canvas.globalAlpha = 0.45;
  if (has(at.noiseNow)) {
    stroke(ink, 'noise', 9);
    level(ink, (x0 + x1) / 2, x1 - 5 * k, at.noiseNow);
  }
  if (has(at.rms)) {
    stroke(ink, 'level', 8);
    signal(ink, x0 + 4 * k, x1 - 4 * k, at.rmsIn, at.rms);
  }
  canvas.globalAlpha = 1;
  canvas.lineCap = 'butt';
  if (has(at.held)) { // a tick with feet
    const y = ink.y(at.held);
    const foot = Math.min(7 * k, (x1 - x0) / 4);
    const left = x0 + 0.66 * (x1 - x0);
    stroke(ink, 'level', 3);
    canvas.beginPath();
    canvas.moveTo(left, y + foot);
    canvas.lineTo(left, y);
    canvas.lineTo(x1 - 5 * k, y);
    canvas.lineTo(x1 - 5 * k, y + foot);
    canvas.stroke();
  }
}

/** A stem from the peak to the ceiling with a mark on it, in the colour of the number below. */
function headroom(ink, { x0, x1, at, headroom: db }) {
  const { key, shape } = judgeHeadroom(db);
  if (!key || !has(at.ceiling)) return;
  const { k } = ink;
  const size = Math.min(0.85 * k, (x1 - x0) / 22);
  const x = Math.min(x0 + 0.84 * (x1 - x0), x1 - 8.5 * size); // whole in a narrow column, too
  const top = ink.y(at.ceiling);
  const peak = ink.y(at.ceiling - Math.max(db, 0));
  const long = peak - top > 22 * k;
  if (long) {
    stroke(ink, key, 2.2);
    ink.canvas.beginPath();
    ink.canvas.moveTo(x, peak);
    ink.canvas.lineTo(x, top + 13 * k);
    ink.canvas.stroke();
  }
  drawMark(ink.canvas, x, long ? top + 12 * k : Math.max(top - 12 * k, 9 * k), shape, ink.colours[key], size);
}

/**
 * Below what moves.
 * @param {Ink} ink
 * @param {Placed} placed
 */
export function paintUnder(ink, placed) {
  box(ink, placed);
}

/**
 * What moves.
 * @param {Ink} ink
 * @param {Placed} placed
 */
export function paintLive(ink, placed) {
  glow(ink, placed);
  measured(ink, placed);
}

/**
 * Above what moves.
 * @param {Ink} ink
 * @param {Placed} placed
 */
export function paintOver(ink, placed) {
  const { row, at, x0, x1 } = placed;
  edges(ink, placed);
  headroom(ink, placed);
  if (Math.abs(at.peak - at.level) > 0.05 || Math.abs(at.inPeak - at.inLevel) > 0.05) {
    stroke(ink, 'level', 2, [7, 5]);
    signal(ink, x0, x1, at.inPeak, at.peak);
  }
  stroke(ink, 'level', 2.6);
  signal(ink, x0, x1, at.inLevel, at.level);
  if (row.from && has(at.inLevel)) { // it comes from elsewhere: an open end
    ink.canvas.beginPath();
    ink.canvas.arc(x0 + 5 * ink.k, ink.y(at.inLevel), 4.5 * ink.k, 0, 2 * Math.PI);
    ink.canvas.fillStyle = ink.colours.ground;
    ink.canvas.fill();
    ink.canvas.stroke();
  }
}
