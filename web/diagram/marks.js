// SPDX-License-Identifier: GPL-3.0-or-later
//
// The shapes that stand beside every colour, the same as in the printed diagrams (report/svg_frame.c): on canvas and
// as small pictures in text.

import { el, setAttribute } from '../element.js';

// Around 0, 0 in a box of 18 by 18.
const PATHS = {
  circle: 'M7 0A7 7 0 1 1 -7 0A7 7 0 1 1 7 0Z',
  triangle: 'M0 -7l8 14h-16z',
  diamond: 'M0 -8l8 8l-8 8l-8 -8z',
  cross: 'M0 -2.5l5 -5l3 3l-5 4.5l5 5l-3 3l-5 -5l-5 5l-3 -3l5 -5l-5 -4.5l3 -3z',
  wave: 'M-9 -2.5c3 -9 6 -9 9 0s6 9 9 0v5c-3 9 -6 9 -9 0s-6 -9 -9 0z',
};

const compiled = new Map();

/**
 * Fills a shape on a canvas.
 * @param {CanvasRenderingContext2D} canvas
 * @param {number} x
 * @param {number} y
 * @param {string} shape
 * @param {string} colour
 * @param {number} scale
 */
export function drawMark(canvas, x, y, shape, colour, scale) {
  if (!compiled.has(shape)) compiled.set(shape, new Path2D(PATHS[shape]));
  canvas.save();
  canvas.translate(x, y);
  canvas.scale(scale, scale);
  canvas.fillStyle = colour;
  canvas.fill(compiled.get(shape));
  canvas.restore();
}

/**
 * A shape as an element as high as the text around it, in the text's colour; "" hides it.
 * @param {string} [shape]
 */
export function markElement(shape = '') {
  const path = el('svg:path', { fill: 'currentColor' });
  const element = el('svg:svg.mark', { viewBox: '-10 -10 20 20', 'aria-hidden': 'true' }, path);
  setMark(element, shape);
  return element;
}

/**
 * @param {Element} element of markElement()
 * @param {string} shape
 */
export function setMark(element, shape) {
  setAttribute(element, 'hidden', shape ? null : '');
  setAttribute(element.firstChild, 'd', PATHS[shape] ?? '');
}

/**
 * The judgement of a headroom, as in the printed diagrams.
 * @param {number} db NaN: none
 * @returns {{ key: ''|'good'|'small'|'low'|'over', shape: string }} key: also the name of its colour
 */
export function judgeHeadroom(db) {
  if (!Number.isFinite(db)) return { key: '', shape: '' };
  if (db >= 12) return { key: 'good', shape: 'circle' };
  if (db >= 6) return { key: 'small', shape: 'triangle' };
  return db >= 0 ? { key: 'low', shape: 'diamond' } : { key: 'over', shape: 'cross' };
}
