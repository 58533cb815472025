// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the diagram reckons before it draws: rulers, columns, rows, texts, motion.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clock, decibels } from '../../web/diagram/format.js';
import { layOut, projectorType, visible } from '../../web/diagram/layout.js';
import { Flash, Glide, Peak, ViewShift } from '../../web/diagram/motion.js';
import { judged, place } from '../../web/diagram/place.js';
import { between, heights, labels, reach, scales } from '../../web/diagram/ruler.js';
import { Forecast, movesPrediction, readRow, readWhole } from '../../web/diagram/rows.js';

/** As in gainstage-osc(7): a preamp of 40 dB whose source stands 50 dB lower, an A/D with 0 dBFS at +18 dBu behind it. */
const PRE = [2, 'pre', 'Preamp', '', 1, 131072 + 16, -10, 0, -50, -40, -88, 20, 0, 20, 78, 40, 0.01, 20, 0.5, 0, 0, -40, 0];
const AD = [3, 'ad', 'A/D', '', 1, 65536, -28, -18, -10, 0, -105, null, -18, null, 77, null, 0, null, 0.5, 18, 0, -22, -40];
const rows = [readRow(PRE), readRow(AD)];

test('a row has its numbers by name, and no number where the daemon has none', () => {
  const [pre, ad] = rows;
  assert.equal(pre.gain, 40);
  assert.equal(pre.clipsFirst, true);
  assert.equal(pre.bent, true);
  assert.equal(pre.soft, false);
  assert.equal(ad.soft, true);
  assert.ok(Number.isNaN(ad.ceiling));
  assert.deepEqual(ad.shift, { stages: 18, source: -22 });
  assert.deepEqual(readWhole([2, 'dBu', 1, null, 110, 112, 3]),
    { sourceUnit: 'dBu', clipWin: 1, noiseWin: NaN, range: 110, rangeA: 112, spread: 3 });
});

test('what may move the prediction, and what is only its echo', () => {
  assert.ok(movesPrediction('/stage/pre/gain'));
  assert.ok(movesPrediction('/stage/bus/from/pre/gain'));
  for (const address of ['/stage/pre/meter/out/rms', '/stage/pre/predict/level_db', '/level_diagram', '/audio', '/stage/pre/clip/count']) {
    assert.ok(!movesPrediction(address), address);
  }
});

test('as stages see it the ruler is +40 to -140 dBu, and wider where a chain needs it', () => {
  assert.deepEqual(reach(rows, 'stages'), { top: 40, bottom: -140 });
  const loud = { ...rows[0], ceiling: 45 };
  assert.deepEqual(reach([loud], 'stages'), { top: 60, bottom: -140 }, '45 + 3 dB of room, in steps of 20');
  assert.deepEqual(reach(rows, 'source'), { top: 0, bottom: -140 }, 'ceiling 20 - 40 + 3 to noise -88 - 40 - 3');
  assert.deepEqual(reach([], 'source'), { top: 40, bottom: -140 });
});

test('a level stands where both of its numbers say', () => {
  const ruler = { top: 40, bottom: -140 };
  const y = heights(ruler, 360);
  assert.equal(y(40), 0);
  assert.equal(y(-140), 360);
  assert.equal(y(0), 80);
  assert.equal(y(99), 0, 'never out of the plot');
  assert.equal(y(rows[1].level + rows[1].shift.stages), y(-10), '-28 dBFS is -10 dBu at +18 dBu for 0 dBFS');
  assert.deepEqual(between(ruler, { top: 20, bottom: -60 }, 0.5), { top: 30, bottom: -100 });
});

test('labels every 20 dB of their own scale', () => {
  assert.deepEqual(labels({ top: 40, bottom: -40 }, 0), [-40, -20, 0, 20, 40]);
  assert.deepEqual(labels({ top: 40, bottom: -40 }, 18), [-40, -20, 0, 20], 'dBFS at +18 dBu: -58 is below, +22 is not');
});

test('the ruler that is wanted stands left; without a stage in air there is no dB SPL', () => {
  const chain = { rows, units: ['dBu', 'dBFS'], fullScale: 18, sourceUnit: 'dBu' };
  assert.deepEqual(scales('stages', 'dBFS', chain), { left: { unit: 'dBFS', shift: 18 }, right: { unit: 'dBu', shift: 0 } });
  assert.equal(scales('stages', 'dBSPL', chain).left.unit, 'dBu');
  const inAir = { ...chain, units: ['dBSPL', 'dBFS'] };
  assert.deepEqual(scales('stages', 'dBSPL', inAir).left, { unit: 'dBSPL', shift: 0 });
  const loudspeaker = { ...chain, rows: [rows[1], rows[0]], units: ['dBSPL', 'dBSPL'] };
  assert.deepEqual(scales('stages', 'dBSPL', loudspeaker), { left: { unit: 'dBSPL', shift: 18 }, right: { unit: 'dBSPL', shift: 0 } },
    'sound at the ear is no sound at the microphone');
  assert.deepEqual(scales('source', 'dBFS', chain), { left: { unit: 'dBu', shift: 0 }, right: null });
});

test('a desk scrolls, a projector breaks into bands and shrinks until all is seen, a phone squeezes', () => {
  const desk = layOut('desk', 40, 1440, 15);
  assert.equal(desk.bands, 1);
  assert.ok(desk.width > 1440);
  for (const n of [1, 6, 13, 40, 64]) {
    const em = projectorType(n, 1920, 1080);
    const wall = layOut('projector', n, 1920, em);
    assert.ok(wall.width <= 1920 && wall.each * wall.bands >= n, `${n} stages`);
  }
  assert.equal(projectorType(6, 1920, 1080), 24, 'as large as the window allows');
  assert.ok(projectorType(6, 1024, 768) >= 16, 'a small one has no small type');
  const phone = layOut('phone', 12, 390, 15);
  assert.ok(phone.width <= 390);
  assert.deepEqual(visible(desk, 40, 0, 1440).first, 0);
  assert.deepEqual(visible(desk, 40, 1e6, 1440), { first: 40, end: 40 });
});

test('levels for people', () => {
  assert.deepEqual([-12.34, 3, -0.04, NaN, -Infinity].map((db) => decibels(db, true)), ['−12.3', '+3.0', '+0.0', '–', '−∞']);
  assert.deepEqual([2.35, 64, 3725].map(clock), ['0:02.3', '1:04', '1:02:05']);
});

test('held for ten seconds, falling 20 dB in 1.7 s (IEC 60268-10)', () => {
  const peak = new Peak();
  peak.take(-3, 0, 33);
  for (let ms = 100; ms <= 1700; ms += 100) peak.take(-60, ms, 100);
  assert.ok(Math.abs(peak.shown - (-3 - 20)) < 0.1, `${peak.shown}`);
  assert.equal(peak.held, -3);
  peak.take(-60, 10001, 33);
  assert.equal(peak.held, -60);
});

test('a flash for every clip, gone after a moment', () => {
  const flash = new Flash();
  flash.take(0, 0);
  assert.equal(flash.strength(0), 0);
  flash.take(5, 1000);
  assert.equal(flash.strength(1000), 1);
  assert.equal(flash.strength(3000), 0);
  flash.take(5, 3000);
  assert.equal(flash.strength(3000), 0, 'the same count is no new clip');
});

test('views and lines glide, and arrive', () => {
  const shift = new ViewShift('stages');
  shift.turn('source', 0);
  assert.ok(shift.frame(300) > 0 && shift.t < 1);
  assert.equal(shift.frame(700), 1);
  const glide = new Glide();
  glide.frame(33);
  assert.equal(glide.to('a', 10), 10, 'new: at once');
  const on = glide.to('a', 20);
  assert.ok(on > 10 && on < 20);
  for (let i = 0; i < 40; i++) glide.to('a', 20);
  assert.equal(glide.to('a', 20), 20);
  assert.ok(Number.isNaN(glide.to('a', NaN)));
});

test('a stage is drawn on the ruler of the view; live sound is judged as measured', () => {
  const live = { of: () => ({ rms: -30, noise: -90, peak: { shown: -20, held: -15 }, peakIn: { shown: -8 }, flash: new Flash() }) };
  const context = { rows, live, glide: new Glide(), ms: 0, chosen: 'ad', places: new Map() };
  const seen = { ...place({ ...context, t: 0 }, 1, 0, 100).at };
  assert.equal(seen.level, -28 + 18);
  assert.equal(seen.inLevel, -10);
  assert.equal(seen.rms, -30 + 18);
  assert.equal(place({ ...context, t: 1 }, 1, 0, 100).at.level, -28 - 22);
  assert.equal(place({ ...context, t: 0 }, 0, 0, 100).at.rmsIn === undefined, false);
  assert.deepEqual(judged({ ...rows[0], live: false }, live.of()), { headroom: 20, snr: 78 });
  assert.deepEqual(judged({ ...rows[0], live: true, bent: false }, live.of()), { headroom: 35, snr: 60 });
});

test('the forecast asks when something was turned, waits for its answer, and takes only whole ones', () => {
  const watches = new Map();
  const asked = [];
  const model = {
    stages: [{ id: 'pre' }, { id: 'ad' }],
    watch: (address, fn) => watches.set(address, fn) && (() => {}),
    on: (event, fn) => watches.set(event, fn) && (() => {}),
    call: (address) => asked.push(address) > 0,
  };
  const forecast = new Forecast(model);
  forecast.frame(0);
  forecast.frame(100);
  assert.equal(asked.length, 1, 'one question at a time');
  watches.get('/level_diagram')(PRE);
  watches.get('/level_diagram/end')([2, 'dBu']);
  assert.equal(forecast.rows.length, 0, 'one of two rows was lost on the way');
  forecast.frame(200);
  assert.equal(asked.length, 2);
  [PRE, AD].forEach(watches.get('/level_diagram'));
  watches.get('/level_diagram/end')([2, 'dBu', null, null, 110, 112, 3]);
  assert.deepEqual(forecast.rows.map((row) => row.id), ['pre', 'ad']);
  forecast.frame(400);
  assert.equal(asked.length, 2, 'nothing was turned');
});
