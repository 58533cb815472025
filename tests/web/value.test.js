// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a person types over a value, and what a label shows.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, parse } from '../../web/value.js';

const fader = { value: -3, min: -90, max: 10 };
const preamp = { value: 30, min: 0, max: 60 };

const typed = [
  ['-12', fader, -12],
  ['−12 dB', fader, -12],
  ['+3', fader, 0],
  ['+-3', fader, -6],
  ['=+3', fader, 3],
  ['6', fader, 6],
  ['40', fader, 10],
  ['-oo', fader, -90],
  ['-inf', fader, -90],
  ['−∞ dB', fader, -90],
  ['-12', preamp, 18],
  ['+3,5', preamp, 33.5],
  ['=-12', preamp, 0],
  ['1.5k', { value: 100, min: 20, max: 20000 }, 1500],
  ['1.5 kHz', { value: 100, min: 20, max: 20000 }, 1500],
  ['2.2 kohm', { value: 50, min: 0, max: 1e8 }, 2200],
  ['.5', { value: 0, min: 0, max: 1 }, 0.5],
  ['on', { value: 0, min: 0, max: 1 }, 1],
  ['+3', { value: 1, relative: false }, 3],
];

for (const [text, field, expected] of typed) {
  test(`"${text}" over ${field.value} is ${expected}`, () => assert.equal(parse(text, field), expected));
}

for (const text of ['', 'abc', '1 2', '--3', '12 3 dB', '1..2']) {
  test(`"${text}" means no number`, () => assert.ok(Number.isNaN(parse(text, fader))));
}

const shown = [
  [[-6, 'dB'], '−6.0 dB'],
  [[3, 'dB', { sign: true }], '+3.0 dB'],
  [[-0.01, 'dB'], '0.0 dB'],
  [[-144, 'dBFS'], '−∞ dBFS'],
  [[94, 'dBSPL'], '94.0 dB SPL'],
  [[-90, 'dB', { floor: -90 }], '−∞ dB'],
  [[1500, 'Hz'], '1.5 kHz'],
  [[80, 'Hz'], '80 Hz'],
  [[1e8, 'ohm'], '100 Mohm'],
  [[2200, 'ohm'], '2.2 kohm'],
  [[50, 'ohm'], '50 ohm'],
  [[2.5, 'ms'], '2.50 ms'],
  [[NaN, 'dB'], '–'],
];

for (const [args, expected] of shown) {
  test(`${args[0]} is shown as "${expected}"`, () => assert.equal(format(...args), expected));
}
