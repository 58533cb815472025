// SPDX-License-Identifier: GPL-3.0-or-later
//
// What stands above and below the columns: names, badges, numbers. One table a band, so that it reads as one; texts
// change five times a second, and only where they differ.

import { el, setAttribute, setText } from '../element.js';
import { view } from '../view.js';
import { decibels } from './format.js';
import { judgeHeadroom, markElement, setMark } from './marks.js';

/**
 * What the numbers of a column are made of.
 * @typedef {object} Figures
 * @property {import('../chain_reader.js').Stage} stage
 * @property {import('./rows.js').Row} row
 * @property {import('./live.js').LiveStage} live
 * @property {number} headroom
 * @property {number} snr
 */

// show() gives a text, a shape before it, a tone.
/** @type {{ key: string, tone: string, show: (figures: Figures, words: object) => string[] }[]} */
const LINES = [
  { key: 'gain', tone: 'ink', show: ({ row }) => [decibels(row.gain, true)] },
  { key: 'level', tone: 'level', show: ({ row }) => [decibels(row.level, true)] },
  { key: 'measured', tone: 'level strong', show: ({ live }) => [decibels(live.rms, true)] },
  {
    key: 'headroom',
    tone: 'strong',
    show: ({ headroom }) => {
      const { key, shape } = judgeHeadroom(headroom);
      return [decibels(headroom, true), shape, key || 'dim'];
    },
  },
  { key: 'snr', tone: 'noise strong', show: ({ snr }) => [decibels(snr)] },
  {
    key: 'clips',
    tone: 'small-type',
    show: ({ live }, words) => (live.clip
      ? [words.clips(live.count, live.first), 'cross', 'over'] : [words.noClips, '', 'dim']),
  },
];

/** A shape and a text behind it. */
class MarkedText {
  constructor() {
    this.mark = markElement();
    this.text = el('span');
    this.element = el('span.marked', {}, this.mark, this.text);
  }

  show(words, shape, tone) {
    setText(this.text, words);
    setMark(this.mark, words ? shape ?? '' : '');
    setAttribute(this.element, 'class', `marked ${tone ?? ''}`);
  }
}

function badges({ row, live }, words) {
  const found = [];
  if (Number.isFinite(live.modelError)) found.push([words.modelError(decibels(live.modelError, true)), '', 'error strong']);
  else if (row.muted) found.push([words.muted, '', 'dim']);
  else if (row.curved) {
    const percent = row.thd * 100;
    found.push([words.notLinear, '', 'low strong']);
    found.push([words.distortion(percent < 1 ? percent.toFixed(1) : percent.toFixed(0), row.programme), '', 'low strong']);
  } else if (row.bypassed) found.push([words.bypassed, '', 'dim']);
  else if (row.live && row.inputs === 0) found.push([words.live, '', 'dim']);
  if (row.clipsFirst) found.push([row.soft ? words.bendsFirst : words.clipsFirst, 'triangle', 'ceiling strong']);
  return found;
}

const BADGES = 3;

/** One column's texts. */
class Column {
  constructor(stage, words, choosable) {
    this.stage = stage;
    this.words = words;
    this.badges = Array.from({ length: BADGES }, () => new MarkedText());
    this.badgeCell = el('div.badge-cell', {}, ...this.badges.map((badge) => badge.element));
    this.from = el('span.from.dim');
    this.kind = el('span.kind.dim');
    this.bottleneck = new MarkedText();
    const name = el('span.name', {}, stage.name);
    this.button = choosable
      ? el('button.quiet.choose', { type: 'button', 'aria-pressed': 'false', onclick: () => this.choose() }, name) : name;
    this.head = el('th', { scope: 'col', 'data-stage': stage.id },
      el('div.bottleneck', {}, this.bottleneck.element), this.button, this.kind, this.from);
    this.cells = LINES.map((line) => {
      const text = new MarkedText();
      return { text, cell: el('td', { 'data-stage': stage.id, 'data-line': line.key }, text.element) };
    });
  }

  choose() {
    view.set('selected', view.get('selected') === this.stage.id ? '' : this.stage.id);
  }

  show(figures) {
    const shown = badges(figures, this.words.badges);
    this.badges.forEach((badge, i) => badge.show(...(shown[i - BADGES + shown.length] ?? ['', '', ''])));
    setText(this.kind, this.words.kind(figures.row.kind, this.words.units[this.stage.unit] ?? this.stage.unit));
    setText(this.from, figures.row.inputs > 1 ? this.words.inputs(figures.row.inputs)
      : figures.row.from ? this.words.from(figures.row.from) : '');
    this.bottleneck.show(figures.row.bottleneck ? this.words.bottleneck : '', 'wave', 'noise strong');
    LINES.forEach((line, i) => {
      const [text, shape, tone] = line.show(figures, this.words);
      this.cells[i].text.show(text, shape, `${line.tone} ${tone ?? ''}`);
    });
  }

  chosen(id) {
    setAttribute(this.button, 'aria-pressed', this.button.tagName === 'BUTTON' ? String(id === this.stage.id) : null);
    setAttribute(this.head, 'data-chosen', id === this.stage.id ? '' : null);
  }
}

/** The texts of a band: `above` and `below` stand around its plot. */
export class Numbers {
  /**
   * @param {import('../chain_reader.js').Stage[]} stages
   * @param {object} words block "diagram" of the text
   * @param {boolean} choosable names are buttons that choose their stage
   */
  constructor(stages, words, choosable) {
    this.columns = stages.map((stage) => new Column(stage, words, choosable));
    this.above = el('div.badges.columns', {}, ...this.columns.map((column) => column.badgeCell));
    const heads = el('tr', {}, el('th', { scope: 'col' }, el('span.visually-hidden', {}, words.lineHead)),
      ...this.columns.map((column) => column.head));
    const lines = LINES.map((line, i) => el('tr', { 'data-line': line.key },
      el('th', { scope: 'row', title: words.lineHints[line.key] }, words.lines[line.key]), ...this.columns.map((column) => column.cells[i].cell)));
    this.below = el('table.numbers', {}, el('caption.visually-hidden', {}, words.caption),
      el('thead', {}, heads), el('tbody', {}, ...lines));
  }

  /**
   * @param {Figures[]} figures of these stages, in their order
   * @param {string} chosen
   */
  show(figures, chosen) {
    this.columns.forEach((column, i) => {
      if (figures[i]) column.show(figures[i]);
      column.chosen(chosen);
    });
  }
}
