// SPDX-License-Identifier: GPL-3.0-or-later
//
// A small diagram: a canvas in device pixels with a grid, and its numbers as text beside it.

import { fit } from './canvas_size.js';
import { el } from './element.js';
import { ink } from './ink.js';
import { format } from './value.js';

/**
 * @typedef {object} Box
 * @property {number} left value at the left edge
 * @property {number} right
 * @property {number} low value at the bottom
 * @property {number} high
 * @property {boolean} [log] the horizontal axis is logarithmic
 */

const across = (box, value) => (box.log
  ? Math.log(value / box.left) / Math.log(box.right / box.left)
  : (value - box.left) / (box.right - box.left));

const up = (box, value) => (value - box.low) / (box.high - box.low);

function lines(from, to, every) {
  const list = [];
  for (let v = Math.ceil(from / every) * every; v <= to; v += every) list.push(v);
  return list;
}

/** Hertz at which a logarithmic axis has its lines. */
export const HERTZ = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000];

/**
 * Clears the canvas, whose size is followed, for a new picture; null while it has none.
 * @param {HTMLCanvasElement} canvas
 * @param {Box} box
 */
export function prepare(canvas, box) {
  const ratio = globalThis.devicePixelRatio || 1;
  fit(canvas);
  const { width, height } = canvas;
  if (!width || !height || !box) return null;
  const brush = canvas.getContext('2d');
  brush.clearRect(0, 0, width, height);
  const x = (value) => across(box, value) * width;
  const y = (value) => (1 - Math.min(Math.max(up(box, value), -0.05), 1.05)) * height;
  function grid(everyX, everyY) {
    brush.strokeStyle = ink('--grid');
    brush.lineWidth = Math.max(1, Math.floor(ratio));
    brush.beginPath();
    for (const value of box.log ? HERTZ : lines(box.left, box.right, everyX)) {
      brush.moveTo(Math.round(x(value)) + 0.5, 0);
      brush.lineTo(Math.round(x(value)) + 0.5, height);
    }
    for (const value of lines(box.low, box.high, everyY)) {
      brush.moveTo(0, Math.round(y(value)) + 0.5);
      brush.lineTo(width, Math.round(y(value)) + 0.5);
    }
    brush.stroke();
  }
  return { brush, width, height, ratio, x, y, grid };
}

/**
 * The numbers of both axes, as text.
 * @param {HTMLElement} parent
 * @param {Box} box
 * @param {string} unitX
 * @param {string} unitY
 * @param {number} every
 */
export function placeTicks(parent, box, unitX, unitY, every) {
  const horizontal = (box.log ? HERTZ : lines(box.left, box.right, every)).map((value) =>
    tick('tick-x', across(box, value), box.log ? short(value) : format(value, '', { decimals: 0 })));
  const vertical = lines(box.low, box.high, every).map((value) =>
    tick('tick-y', up(box, value), format(value, '', { decimals: 0 })));
  parent.replaceChildren(...horizontal, ...vertical, el('span.axis-x', {}, unitX), el('span.axis-y', {}, unitY));
}

function tick(kind, way, words) {
  const element = el(`span.${kind}`, {}, words);
  element.style.setProperty('--way', String(way));
  element.classList.toggle('edge', way < 0.04 || way > 0.97);
  return element;
}

function short(hertz) {
  return hertz >= 1000 ? `${hertz / 1000}k` : String(hertz);
}
