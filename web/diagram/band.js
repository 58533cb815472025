// SPDX-License-Identifier: GPL-3.0-or-later
//
// A row of columns: its canvas with grid, columns and bracket, and the labels of its rulers. The canvas is as large as
// what can be seen, in device pixels, and stands still while the columns are scrolled beneath it.

import { el, setText } from '../element.js';
import { labels } from './ruler.js';
import { visible } from './layout.js';
import { paintColumn } from './paint_column.js';

const COLOURS = ['ground', 'ink', 'dim', 'grid', 'box', 'level', 'noise', 'ceiling', 'good', 'small', 'low', 'over', 'error'];

/** The palette of the page, as a canvas takes it. */
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  colours.boxClear = `${colours.box}00`;
  colours.overClear = `${colours.over}00`;
  return colours;
}

function hatchOf(canvas, colours, ratio, k) {
  const size = Math.max(4, Math.round(7 * k * ratio));
  const tile = new OffscreenCanvas(size, size);
  const pen = tile.getContext('2d');
  pen.strokeStyle = colours.noise;
  pen.globalAlpha = 0.55;
  pen.lineWidth = Math.max(1, 1.3 * k * ratio);
  pen.beginPath();
  for (let at = -size; at <= size; at += size) {
    pen.moveTo(at - size * 0.1, size * 1.1);
    pen.lineTo(at + size * 1.1, -size * 0.1);
  }
  pen.stroke();
  const pattern = canvas.createPattern(tile, 'repeat');
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

/** Labels of one ruler, kept and moved instead of made anew. */
class RulerLabels {
  constructor(side) {
    this.unit = el('span.ruler-unit');
    this.element = el(`div.ruler.ruler-${side}`, { 'aria-hidden': 'true' }, this.unit);
    this.pool = [];
    this.state = '';
  }

  show(ruler, scale, unit, y) {
    const state = scale ? `${ruler.top} ${ruler.bottom} ${scale.shift} ${unit} ${y(ruler.bottom)}` : '';
    if (state === this.state) return;
    this.state = state;
    setText(this.unit, unit);
    const values = scale ? labels(ruler, scale.shift) : [];
    while (this.pool.length < values.length) {
      const label = el('span.ruler-label');
      this.pool.push(label);
      this.element.append(label);
    }
    this.pool.forEach((label, i) => {
      label.hidden = i >= values.length;
      if (label.hidden) return;
      setText(label, String(values[i]).replace('-', '−'));
      label.style.transform = `translateY(calc(${y(values[i] + scale.shift)}px - 50%))`;
    });
  }
}

/** One band. `element` grows with the page; everything else is told to it. */
export class Band {
  constructor() {
    this.canvas = el('canvas', { 'aria-hidden': 'true' });
    this.left = new RulerLabels('left');
    this.right = new RulerLabels('right');
    this.bracket = el('div.bracket', { hidden: true }, el('strong'), el('span'));
    this.element = el('div.level-plot', {}, el('div.plot-window', {}, this.canvas, this.left.element, this.right.element,
      this.bracket));
    this.width = 0;
    this.height = 0;
    this.ratio = 1;
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this.element);
    this.observer.observe(this.element.firstChild);
  }

  measure() {
    const window = this.element.firstChild;
    this.width = window.clientWidth;
    this.height = window.clientHeight;
    this.ratio = globalThis.devicePixelRatio || 1;
    const width = Math.round(this.width * this.ratio);
    const height = Math.round(this.height * this.ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.ink = null;
    }
  }

  /** The palette or the type has changed. */
  forgetInk() {
    this.ink = null;
  }

  #inkFor(k) {
    if (!this.ink || this.ink.k !== k) {
      const canvas = this.canvas.getContext('2d');
      const colours = readColours();
      this.ink = { canvas, colours, k, hatch: hatchOf(canvas, colours, this.ratio, k) };
    }
    this.ink.height = this.height;
    return this.ink;
  }

  #grid(ink, ruler, scale, right) {
    const { canvas } = ink;
    canvas.strokeStyle = ink.colours.grid;
    canvas.lineWidth = 1;
    canvas.setLineDash([]);
    canvas.beginPath();
    for (const db of labels(ruler, scale.shift)) {
      const y = Math.round(ink.y(db + scale.shift)) + 0.5;
      canvas.moveTo(0, y);
      canvas.lineTo(right, y);
    }
    canvas.stroke();
  }

  #placeBracket(ink, x, bracket, words) {
    this.bracket.hidden = !bracket;
    if (!bracket) return;
    const top = ink.y(bracket.high);
    const bottom = ink.y(bracket.low);
    const arm = 8 * ink.k;
    ink.canvas.strokeStyle = ink.colours.ink;
    ink.canvas.lineWidth = 2.4 * ink.k;
    ink.canvas.setLineDash([]);
    ink.canvas.globalAlpha = bracket.strength;
    ink.canvas.beginPath();
    ink.canvas.moveTo(x, top);
    ink.canvas.lineTo(x + arm, top);
    ink.canvas.lineTo(x + arm, bottom);
    ink.canvas.lineTo(x, bottom);
    ink.canvas.stroke();
    ink.canvas.globalAlpha = 1;
    setText(this.bracket.firstChild, words[0]);
    setText(this.bracket.lastChild, words[1]);
    this.bracket.style.transform = `translate(${x + 1.6 * arm}px, calc(${(top + bottom) / 2}px - 50%))`;
    this.bracket.style.opacity = bracket.strength;
  }

  /**
   * Draws the band.
   * @param {object} what
   * @param {import('./layout.js').Layout} what.layout
   * @param {number} what.n columns
   * @param {(i: number, x0: number, x1: number) => import('./paint_column.js').Placed} what.place
   * @param {{ top: number, bottom: number }} what.ruler
   * @param {(db: number) => number} what.y
   * @param {{ left: object, right: object|null }} what.scales
   * @param {(unit: string) => string} what.unitName
   * @param {number} what.scroll
   * @param {number} what.k
   * @param {{ high: number, low: number, strength: number }|null} what.bracket
   * @param {string[]} what.bracketWords
   * @returns {number} columns drawn
   */
  draw(what) {
    const { layout, n, ruler, y, scales, scroll, k } = what;
    if (!this.width || !this.height) return 0;
    const ink = this.#inkFor(k);
    const { canvas } = ink;
    ink.y = y;
    canvas.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    canvas.clearRect(0, 0, this.width, this.height);
    const seen = visible(layout, n, scroll, this.width);
    const end = layout.left + n * layout.column - scroll;
    canvas.save();
    canvas.beginPath();
    canvas.rect(layout.left - 3, -10, this.width, this.height + 20);
    canvas.clip();
    this.#grid(ink, ruler, scales.left, end);
    const gap = Math.min(4 * k, layout.column / 10);
    for (let i = seen.first; i < seen.end; i++) {
      const x = layout.left + i * layout.column - scroll;
      paintColumn(ink, what.place(i, x + gap, x + layout.column - gap));
    }
    this.#placeBracket(ink, end + 5 * k, what.bracket, what.bracketWords);
    canvas.restore();
    this.left.show(ruler, scales.left, what.unitName(scales.left.unit), y);
    this.right.show(ruler, scales.right, scales.right ? what.unitName(scales.right.unit) : '', y);
    this.right.element.style.transform = `translateX(${end}px)`;
    return seen.end - seen.first;
  }

  destroy() {
    this.observer.disconnect();
  }
}
