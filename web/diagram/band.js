// SPDX-License-Identifier: GPL-3.0-or-later
//
// A row of columns: its canvas with grid, columns and bracket, and the labels of its rulers. The canvas is as large as
// what can be seen, in device pixels, and stands still while the columns are scrolled beneath it; of what it shows only
// the columns that have moved are drawn.

import { el, setHidden, setText } from '../element.js';
import { Layers } from './layers.js';
import { visible } from './layout.js';
import { labels } from './ruler.js';

const COLOURS = ['ground', 'ink', 'dim', 'grid', 'box', 'level', 'noise', 'ceiling', 'good', 'small', 'low', 'over', 'error'];
const EDGE = 3; // px of a column that may stand over the ruler while it is scrolled out of sight

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
  }

  show(ruler, scale, unit, y) {
    setText(this.unit, unit);
    const values = scale ? labels(ruler, scale.shift) : [];
    while (this.pool.length < values.length) {
      const label = el('span.ruler-label');
      this.pool.push(label);
      this.element.append(label);
    }
    this.pool.forEach((label, i) => {
      setHidden(label, i >= values.length);
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
    this.layers = new Layers(this.canvas.getContext('2d', { alpha: false }));
    this.ground = []; // what the ground on the canvas was laid from
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
      const colours = readColours();
      this.ink = { canvas: null, colours, k, hatch: hatchOf(this.layers.under, colours, this.ratio, k) };
    }
    this.ink.height = this.height;
    return this.ink;
  }

  /* Whether all of the canvas has to be painted anew. */
  #groundMoved({ layout, n, ruler, scales, scroll, k, bracket }) {
    const next = [this.ink, this.width, this.height, this.ratio, k, layout, n, ruler.top, ruler.bottom, scales, scroll,
      bracket?.high, bracket?.low, bracket?.strength];
    const moved = next.some((value, i) => !Object.is(value, this.ground[i]));
    this.ground = next;
    return moved;
  }

  #grid(ink, ruler, scale, left, right) {
    const { canvas } = ink;
    canvas.strokeStyle = ink.colours.grid;
    canvas.lineWidth = 1;
    canvas.setLineDash([]);
    canvas.beginPath();
    for (const db of labels(ruler, scale.shift)) {
      const y = Math.round(ink.y(db + scale.shift)) + 0.5;
      canvas.moveTo(left, y);
      canvas.lineTo(right, y);
    }
    canvas.stroke();
  }

  #placeBracket(ink, x, bracket, words) {
    setHidden(this.bracket, !bracket);
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

  /* Everything but the columns. */
  #layGround(ink, what, end) {
    const { layout, ruler, y, scales, unitName } = what;
    this.layers.begin(ink, this.ratio, () => {
      this.#grid(ink, ruler, scales.left, layout.left - EDGE, end);
      this.#placeBracket(ink, end + 5 * what.k, what.bracket, what.bracketWords);
    });
    this.left.show(ruler, scales.left, unitName(scales.left.unit), y);
    this.right.show(ruler, scales.right, scales.right ? unitName(scales.right.unit) : '', y);
    this.right.element.style.transform = `translateX(${end}px)`;
  }

  /**
   * Draws what is new in the band.
   * @param {object} what
   * @param {import('./layout.js').Layout} what.layout
   * @param {number} what.n columns
   * @param {(i: number, x0: number, x1: number) => import('./place.js').Placed} what.place
   * @param {{ top: number, bottom: number }} what.ruler
   * @param {(db: number) => number} what.y
   * @param {{ left: object, right: object|null }} what.scales another object when they are others
   * @param {(unit: string) => string} what.unitName
   * @param {number} what.scroll
   * @param {number} what.k
   * @param {{ high: number, low: number, strength: number }|null} what.bracket
   * @param {string[]} what.bracketWords
   * @returns {number} columns drawn
   */
  draw(what) {
    const { layout, n, ruler, scales, scroll, k } = what;
    if (!this.width || !this.height) return 0;
    const ink = this.#inkFor(k);
    ink.y = what.y;
    ink.gap = Math.min(4 * k, layout.column / 10);
    const seen = visible(layout, n, scroll, this.width);
    const ground = this.#groundMoved(what);
    if (ground) this.#layGround(ink, what, layout.left + n * layout.column - scroll);
    const lay = (from, to) => {
      ink.canvas.fillStyle = ink.colours.ground;
      ink.canvas.fillRect(from, 0, to - from, this.height);
      this.#grid(ink, ruler, scales.left, from, to);
    };
    let drawn = 0;
    for (let i = seen.first; i < seen.end; i++) {
      const x = layout.left + i * layout.column - scroll;
      const placed = what.place(i, x + ink.gap, x + layout.column - ink.gap);
      const strip = { from: Math.max(x, layout.left - EDGE), to: Math.min(x + layout.column, this.width), ground };
      drawn += Number(this.layers.column(ink, placed, strip, lay));
    }
    return drawn;
  }

  destroy() {
    this.observer.disconnect();
  }
}
