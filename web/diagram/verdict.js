// SPDX-License-Identifier: GPL-3.0-or-later
//
// The three sentences above the diagram: what clips first, what hisses, how much room there is between them.

import { el, setText } from '../element.js';
import { decibels } from './format.js';
import { markElement } from './marks.js';

function sayCeiling({ rows, whole, name }, words) {
  const first = rows.find((row) => row.clipsFirst);
  if (!first) return words.nothingClips;
  const say = first.margin < 0 ? words.tooLoud : words.toGo;
  return say(name(first), decibels(Math.abs(first.margin)), first.soft) + mending(whole.clipWin, words);
}

function sayNoise({ rows, whole, name }, words) {
  const most = rows.find((row) => row.bottleneck);
  if (!most) return words.noNoise;
  return words.noise(name(most), (100 * most.share).toFixed(0)) + mending(whole.noiseWin, words);
}

function sayRange({ whole }, words) {
  if (!Number.isFinite(whole.range)) return '';
  const spread = Number.isFinite(whole.spread) ? words.spread(decibels(whole.spread)) : '';
  return words.range(decibels(whole.range), decibels(whole.rangeA)) + spread;
}

function mending(db, words) {
  return Number.isFinite(db) && db >= 0.05 ? words.mending(decibels(db)) : '';
}

const SENTENCES = [
  { say: sayCeiling, shape: 'triangle', tone: 'ceiling' },
  { say: sayNoise, shape: 'wave', tone: 'noise' },
  { say: sayRange, shape: 'circle', tone: 'level' },
];

/** The sentences, in a list that is read out when it changes. */
export class Verdict {
  /** @param {object} words block "verdict" of the text */
  constructor(words) {
    this.words = words;
    this.texts = SENTENCES.map(() => el('span'));
    this.element = el('ul.verdict', { 'aria-label': words.label }, ...SENTENCES.map(({ shape, tone }, i) =>
      el('li', {}, el(`span.${tone}`, {}, markElement(shape)), this.texts[i])));
  }

  /** @param {{ rows: import('./rows.js').Row[], whole: import('./rows.js').Whole, name: (row: object) => string }} chain */
  show(chain) {
    SENTENCES.forEach(({ say }, i) => {
      const words = say(chain, this.words);
      setText(this.texts[i], words);
      this.texts[i].parentNode.hidden = !words;
    });
  }
}
