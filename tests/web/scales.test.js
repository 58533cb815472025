// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tapers and the scales of meters against the tables that they come from.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflection, placeOn, scaleOf, scales, toFullScale } from '../../web/scales.js';
import { fromWay, snap, toWay } from '../../web/taper.js';

const near = (a, b, reach = 1e-9) => assert.ok(Math.abs(a - b) <= reach, `${a} is not ${b}`);

test('the fader law is the X32\'s', () => {
  const range = { min: -90, max: 10, taper: 'fader' };
  for (const [db, way] of [[10, 1], [0, 0.75], [-6, 0.6], [-10, 0.5], [-30, 0.25], [-60, 0.0625], [-90, 0]]) {
    near(toWay(range, db), way);
    near(fromWay(range, way), db);
  }
});

test('log and linear ways, and back', () => {
  near(fromWay({ min: 20, max: 20000, taper: 'log' }, 1 / 3), 200, 1e-6);
  near(toWay({ min: 20, max: 20000, taper: 'log' }, 2000), 2 / 3);
  near(fromWay({ min: 0, max: 60 }, 0.5), 30);
  assert.equal(toWay({ min: 3, max: 3 }, 3), 0);
});

test('a stepped knob has its steps only', () => {
  assert.equal(snap({ min: 10, max: 60, step: 5 }, 33), 35);
  assert.equal(fromWay({ min: 10, max: 60, step: 5 }, 0.99), 60);
});

test('deflection of IEC 60268-18', () => {
  for (const [db, way] of [[0, 1], [-6, 0.85], [-10, 0.75], [-20, 0.5], [-30, 0.3], [-40, 0.15], [-60, 0.025], [-90, 0], [3, 1]]) {
    near(deflection(db), way);
  }
});

test('0 VU is 3 dB below the end of the scale, in voltage', () => near(scaleOf('vu').place(0), 10 ** (-3 / 20)));

test('the marks of the BBC scale are evenly spaced', () => {
  const { place } = scaleOf('ppm2a');
  for (let mark = 2; mark < 7; mark++) near(place(mark + 1) - place(mark), place(2) - place(1));
});

test('DIN: -50 stands at the bottom, +5 at the top', () => {
  near(scaleOf('ppm1').place(-50), 0);
  near(scaleOf('ppm1').place(5), 1);
});

for (const scale of scales) {
  test(`${scale.key}: rises all the way, marks inside, zones in order`, () => {
    const places = scale.marks.map((m) => placeOn(scale, m.at));
    assert.deepEqual(places, [...places].sort((a, b) => a - b));
    assert.ok(places.every((p) => p >= 0 && p <= 1) && places.at(-1) > 0.8);
    assert.ok(scale.marks.every((m) => m.text));
    assert.equal(scale.zones[0].from, -Infinity);
    assert.equal(placeOn(scale, -144), 0);
    assert.equal(placeOn(scale, NaN), 0);
  });
}

test('levels outside the digital domain by the alignment', () => {
  const alignment = { dbu: 18, nominal: -18 };
  near(0 + toFullScale('dBu', alignment), -18);
  near(94 + toFullScale('dBSPL', alignment), -18, 0.03);
  near(-5 + toFullScale('dBFS', alignment), -5);
});
