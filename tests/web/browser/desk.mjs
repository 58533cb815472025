// SPDX-License-Identifier: GPL-3.0-or-later
//
// What hands do at the strips and beside them, in a real browser against a live daemon that plays demo.json: each
// test gets a fresh page and leaves the chain as it found it. Arguments: gainstaged, gainstage, axe's source, folder
// of chains, client name.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import jsQR from 'jsqr';
import { drag, keys, steadyBox, touch, touchSlowly } from './hand.mjs';
import { check, Daemon, openBrowser, openPage, PATIENCE_S, pictures, TRIES, until } from './rig.mjs';

const STAGES = ['mic', 'pre', 'adc', 'eq', 'vox', 'mix', 'master'];

const strip = (page, id) => page.locator(`.strip[data-stage="${id}"]`);
const fader = (page, id) => strip(page, id).locator('.fader');

async function gainOf(page, id) {
  return Number(await fader(page, id).getAttribute('aria-valuenow'));
}

async function eventually(fn, what, looks) {
  assert.ok(await until(fn, PATIENCE_S, looks), `never: ${what}`);
}

/* What the daemon has, not what the page hopes for. */
const reads = (address, value) => eventually(async () => Math.abs(Number(await daemon.get(address)) - value) < 0.011, `${address} is ${value}`);

/* A gain as it is here and there: what is turned is sent with the next picture, and what was, may still be coming. */
async function agreed(page, id) {
  let here;
  await eventually(async () => {
    here = await gainOf(page, id);
    return Math.abs(Number(await daemon.get(`/stage/${id}/gain`)) - here) < 0.011;
  }, `one gain of ${id} here and there`);
  return here;
}

async function numbersOf(leaf) {
  const lines = (await daemon.get(`/stage/*/${leaf}`)).split('\n').map((line) => line.split(' '));
  return lines.map(([address, value]) => [STAGES[Number(address.split('/')[2]) - 1], Number(value)]);
}

/* Waits until each wire measures so much, by the tool: the page is not asked what it has done. 400 ms of pink noise
 * differ by a third of a decibel, so what is three times as far off is soon another number. */
async function measures(wanted) {
  let now = [];
  const good = await until(async () => {
    now = await numbersOf('meter/out/rms');
    return now.length === STAGES.length && now.every(([, db], i) => Math.abs(db - wanted[i]) <= 1);
  });
  assert.ok(good, `measured ${now.join(' ')}, not ${wanted.join(' ')}`);
}

const listens = (words) => eventually(async () => (await daemon.get('/listen')) === words, `${words} is listened to`);

/* What each wire is predicted to measure, as soon as it does: nothing that was turned before is still heard. */
async function levels() {
  const wanted = (await numbersOf('predict/level_db')).map(([, db]) => db);
  await measures(wanted);
  return wanted;
}

/* A gain of the preamp moves what is behind it, and nothing before it. */
const movesOnlyWhatFollows = (before, by) => measures(before.map((db, i) => db + (i >= STAGES.indexOf('pre') ? by : 0)));

/* The page stands: its chain is whole, and every gain is the daemon's. */
async function ready(page) {
  await page.locator('.strip').first().waitFor({ state: 'attached' });
  const gains = await numbersOf('gain');
  assert.ok(gains.length >= 4);
  for (const [id, value] of gains) {
    await eventually(async () => (await fader(page, id).count()) === 1 && Math.abs((await gainOf(page, id)) - value) < 0.011, `${id} at ${value}`);
  }
  await pictures(page, 3);
}

async function back(page, id, value) {
  await strip(page, id).locator('button.value').click();
  await strip(page, id).locator('input.value').fill(`=${value}`);
  await page.keyboard.press('Enter');
  await eventually(async () => Math.abs((await gainOf(page, id)) - value) < 0.011, `${id} at ${value}`);
  await reads(`/stage/${id}/gain`, value);
}

const QUICK_MS = 900; // a pause of a second takes what keys have come to
const PAUSE_MS = 1500;

/* In the page, whose timers are what is waited for. */
const rest = (ms) => new Promise((done) => setTimeout(done, ms));

/* Presses keys at a list that has no pauses between them; where the machine has made one, it is another thing: that is
 * taken back, and tried again. Gives what they have passed by. */
async function quickly(page, list, names, address) {
  const was = await daemon.get(address);
  let passed;
  await eventually(async () => {
    await list.focus();
    const seen = await keys(page, names);
    passed = seen.passed;
    if (seen.pause < QUICK_MS) return true;
    await page.evaluate(rest, PAUSE_MS);
    while ((await daemon.get(address)) !== was) await daemon.set('/undo', 1);
    return false;
  }, 'a hand that is quick', TRIES);
  return passed;
}

async function openTab(page, name) {
  await page.click(`#tab-${name}`);
}

/* In the page: keeps what goes to the loudspeaker. */
function record() {
  globalThis.sockets = [];
  globalThis.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      sockets.push(this);
    }
  };
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      const ear = new AnalyserNode(this.context, { fftSize: 16384 });
      connect.call(this, ear);
      globalThis.recorded = () => {
        const sound = new Float32Array(ear.fftSize);
        ear.getFloatTimeDomainData(sound);
        return [...sound];
      };
    }
    return connect.call(this, to, ...rest);
  };
}

/* First channel of a WAV file of 32-bit floats. */
function floatsOf(file) {
  const bytes = readFileSync(file);
  const channels = bytes.readUInt16LE(22);
  const at = bytes.indexOf('data') + 8;
  const sound = new Float32Array((bytes.length - at) / 4 / channels);
  for (let i = 0; i < sound.length; i++) sound[i] = bytes.readFloatLE(at + 4 * i * channels);
  return sound;
}

const PIECE = 2048;
const PROBES = [3, 250, 505, 888, 1251, 1500, 1788, 2000];

/* A recording in pieces that overlap: somewhere between two gaps there is a whole one. */
function pieces(sound) {
  const starts = Array.from({ length: 2 * Math.floor(sound.length / PIECE) - 1 }, (_, i) => (i * PIECE) / 2);
  return starts.map((at) => sound.slice(at, at + PIECE));
}

/* Largest correlation coefficient of a piece with any place of a sound: a coarse search over the signs of a few
 * samples, then the whole piece where it looks alike. */
function best(sound, piece) {
  const power = piece.reduce((sum, x) => sum + x * x, 0);
  if (!(power > 0)) return -1;
  const near = Math.sqrt(power / PIECE) * 0.05;
  let most = -1;
  for (let at = 0; at + PIECE <= sound.length; at++) {
    if (!PROBES.every((k) => Math.abs(sound[at + k] - piece[k]) < near)) continue;
    let product = 0;
    let energy = 0;
    for (let i = 0; i < PIECE; i++) {
      product += sound[at + i] * piece[i];
      energy += sound[at + i] ** 2;
    }
    most = Math.max(most, product / Math.sqrt(energy * power));
  }
  return most;
}

const placesOf = (path) => [...path.matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

/* A QR code from the places of its black modules, read by a decoder that is not ours. */
function decoded(dark) {
  const scale = 4;
  const size = scale * (Math.max(...dark.map(([x]) => x)) + 5);
  const pixels = new Uint8ClampedArray(4 * size * size).fill(255);
  for (const [x, y] of dark) {
    for (let row = y * scale; row < (y + 1) * scale; row++) {
      for (let at = x * scale; at < (x + 1) * scale; at++) pixels.fill(0, 4 * (row * size + at), 4 * (row * size + at) + 3);
    }
  }
  return (jsQR.default ?? jsQR)(pixels, size, size)?.data;
}

/** @type {{ name: string, phone?: boolean, run: (at: object) => Promise<void> }[]} */
const tests = [
  {
    name: 'a gain dragged with the mouse moves every later column and none before it',
    async run({ page }) {
      const before = await levels();
      await drag(page, fader(page, 'pre'), 40);
      const by = (await agreed(page, 'pre')) - 48;
      assert.ok(by < -8, `moved by ${by}`);
      await movesOnlyWhatFollows(before, by);
      await back(page, 'pre', 48);
    },
  },
  {
    name: 'shift makes a drag ten times finer',
    async run({ page }) {
      const start = await gainOf(page, 'eq');
      await page.keyboard.down('Shift');
      await drag(page, fader(page, 'eq'), -8);
      await page.keyboard.up('Shift');
      const by = (await agreed(page, 'eq')) - start;
      assert.ok(by > 0.2 && by < 2, `moved by ${by}`);
      await back(page, 'eq', start);
    },
  },
  {
    name: 'wheel and keys: one decibel, a tenth with Shift, six with the page keys, typing, default',
    async run({ page }) {
      const start = await gainOf(page, 'vox');
      const shows = (id, value, what) => eventually(async () => Math.abs((await gainOf(page, id)) - value) < 0.011, `${what}: ${value}`);
      const is = async (value, what) => {
        await shows('vox', value, what);
        await reads('/stage/vox/gain', value);
      };
      const before = await levels();
      await steadyBox(fader(page, 'pre'));
      await fader(page, 'pre').hover();
      for (let gain = 47; gain >= 40; gain--) { // one by one: of turns that wait for each other a browser makes one
        await page.mouse.wheel(0, 100);
        await shows('pre', gain, 'a notch of the wheel');
      }
      await reads('/stage/pre/gain', 40);
      await movesOnlyWhatFollows(before, -8);
      await fader(page, 'pre').focus();
      await page.keyboard.press('PageUp');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowUp');
      await reads('/stage/pre/gain', 48);
      await movesOnlyWhatFollows(before, 0);
      await fader(page, 'vox').hover();
      await page.mouse.wheel(0, -100);
      await is(start + 1, 'wheel');
      await fader(page, 'vox').focus();
      for (const [key, value] of [['ArrowDown', -3], ['PageDown', -9], ['PageUp', -3], ['+', -2], ['-', -3],
        ['Shift+ArrowUp', -2.9], ['Shift+ArrowDown', -3]]) {
        await page.keyboard.press(key);
        await is(value, key);
      }
      for (const [typed, value] of [['12', 10], ['-12', -12], ['+3', -9], ['=0', 0], ['-oo', -90], ['-3', -3]]) {
        await page.keyboard.press('Enter');
        await page.keyboard.type(typed);
        await page.keyboard.press('Enter');
        await is(value, typed);
      }
      await fader(page, 'vox').dblclick();
      await is(0, 'double click');
      await back(page, 'vox', start);
    },
  },
  {
    name: 'mute and bypass say what they are, by mouse and by keys',
    async run({ page }) {
      const mute = strip(page, 'eq').locator('.switch-mute');
      const is = (button, on) => eventually(async () => (await button.getAttribute('aria-pressed')) === String(on), `pressed ${on}`);
      await mute.click();
      await is(mute, true);
      await reads('/stage/eq/mute', 1);
      await eventually(async () => (await strip(page, 'master').locator('.strip-level').textContent()).includes('−∞')
        || Number((await strip(page, 'master').locator('.strip-level').textContent()).replace('−', '-').split(' ')[0]) < -60, 'silence');
      await mute.focus();
      await page.keyboard.press('Space');
      await is(mute, false);
      await reads('/stage/eq/mute', 0);
      const bypass = strip(page, 'eq').locator('.switch-bypass');
      await bypass.click();
      await is(bypass, true);
      await reads('/stage/eq/bypass', 1);
      await bypass.click();
      await is(bypass, false);
      await reads('/stage/eq/bypass', 0);
    },
  },
  {
    name: 'the clip lamp latches, counts, and is reset',
    async run({ page }) {
      const lamp = strip(page, 'adc').locator('.lamp');
      const before = await levels();
      await back(page, 'pre', 70);
      await eventually(async () => /CLIP \d/.test(await lamp.textContent()), 'lit');
      await back(page, 'pre', 48);
      await measures(before); // nothing clips any more
      await pictures(page);
      assert.match(await lamp.textContent(), /CLIP \d/);
      assert.match(await lamp.getAttribute('aria-label'), /CLIP.*: clipped, \d+/);
      await lamp.click();
      await eventually(async () => (await lamp.textContent()) === 'clip', 'out');
    },
  },
  {
    name: 'every scale shows its marks, and meters move on it',
    async run({ page }) {
      const choice = page.locator('select[data-choice="meters"]');
      for (const key of await choice.locator('option').evaluateAll((all) => all.map((one) => one.value))) {
        const meter = strip(page, 'master').locator('.meter-out');
        await meter.evaluate((node) => { // what the scale before has left
          const canvas = node.querySelector('canvas');
          canvas.getContext('2d').clearRect(0, 0, canvas.width, canvas.height);
          node.setAttribute('aria-valuenow', '-999');
        });
        await choice.selectOption(key);
        await eventually(async () => Number(await meter.getAttribute('aria-valuenow')) > -60, `${key} reads`);
        await eventually(async () => (await strip(page, 'master').locator('.meter-marks span').count()) >= 6, `marks of ${key}`);
        await eventually(() => meter.locator('canvas').evaluate((canvas) => {
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Set();
          for (let i = 0; i < data.length; i += 4) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
          return seen.size >= 2;
        }), `${key} has two colours`);
      }
      await choice.selectOption('peak');
    },
  },
  {
    name: 'the drawer shows every parameter of the kind and turns them',
    async run({ page }) {
      await page.locator('th[data-stage="pre"] button.choose').click();
      await eventually(async () => (await page.locator('.drawer-row').count()) > 8, 'every parameter');
      const pad = page.locator('.drawer-row', { hasText: 'Pad' }).locator('[role=slider]');
      await pad.focus();
      await page.keyboard.press('End');
      await eventually(async () => Number(await daemon.get('/stage/pre/pad_db')) > 0, 'pad is in');
      await page.keyboard.press('Home');
      await reads('/stage/pre/pad_db', 0);
      const least = page.locator('.drawer-row', { hasText: 'Least gain' }).locator('[role=slider]');
      await least.focus();
      for (const [key, value] of [['ArrowUp', 1], ['ArrowDown', 0]]) {
        await page.evaluate(() => document.activeElement.classList.add('old'));
        await page.keyboard.press(key); // the chain is made anew, and the drawer with it
        await reads('/stage/pre/gain_min_db', value);
        await eventually(() => page.evaluate(() => document.activeElement.matches('[aria-label="Least gain"]:not(.old)')), 'the focus stays');
      }
      await page.keyboard.press('Escape');
      await eventually(async () => page.locator('.drawer').isHidden(), 'closed');
    },
  },
  {
    name: 'a number is left out by a button, by typing and by another client, and given back',
    async run({ page }) {
      await page.locator('th[data-stage="pre"] button.choose').click();
      const row = page.locator('.drawer-row', { hasText: 'Maximum output' });
      const value = row.locator('input.value');
      const is = (words) => eventually(async () => (await value.inputValue()) === words, words);
      const absent = () => eventually(async () => (await daemon.get('/stage/pre/max_output_dbu/text')) === 'not given', 'left out');
      await is('22.0 dBu');
      const out = row.getByRole('button', { name: 'Maximum output: not given' });
      await out.click();
      await absent();
      await is('not given');
      await eventually(() => out.isHidden(), 'there is nothing more to leave out');
      await eventually(async () => (await row.locator('[role=slider]').getAttribute('aria-valuetext')) === 'not given', 'said');
      await value.fill('20');
      await value.press('Enter');
      await reads('/stage/pre/max_output_dbu', 20);
      await value.fill('none');
      await value.press('Enter');
      await absent();
      await daemon.set('/stage/pre/max_output_dbu', 22);
      await is('22.0 dBu');
      await page.locator('th[data-stage="master"] button.choose').click();
      const bits = page.locator('.drawer-row', { hasText: 'Word length' });
      await eventually(async () => (await bits.locator('input.value').inputValue()) === 'float', 'a word of its own');
      await page.locator('th[data-stage="pre"] button.choose').click();
      const pad = page.locator('.drawer-row', { hasText: 'Pad' });
      await eventually(async () => (await pad.locator('input.value').inputValue()) === '0.0 dB', 'the pad is out');
      assert.equal(await pad.getByRole('button').count(), 0, 'what stands at its default has no button');
      await daemon.set('/stage/pre/pad_db', 20);
      await pad.getByRole('button', { name: 'Pad: ↺ 0.0 dB' }).click();
      await reads('/stage/pre/pad_db', 0);
    },
  },
  {
    name: 'the drawer chooses a data sheet, says what it says and by whom, and why one is refused',
    async run({ page }) {
      await page.locator('th[data-stage="pre"] button.choose').click();
      const select = page.locator('.sheet select');
      const drawer = page.locator('.drawer');
      const made = strip(page, 'pre').locator('.strip-sheet');
      await eventually(async () => (await select.inputValue()) === '', 'no sheet');
      await select.focus();
      await select.selectOption('motu-m2');
      await eventually(async () => (await daemon.get('/stage/pre/model')) === 'motu-m2', 'the daemon has it');
      await reads('/stage/pre/gain_max_db', 60);
      await reads('/stage/pre/ein_dbu', -126); // the chain file says so
      await eventually(async () => (await made.textContent()) === 'MOTU M2', 'on the strip');
      await eventually(async () => (await page.evaluate(() => document.activeElement.matches('.sheet select'))), 'the focus stays');
      await drawer.getByText('What it says: 4 values').click();
      const noise = page.locator('.sheet-lines li', { hasText: 'Equivalent input noise' });
      assert.match(await noise.textContent(), /−129\.0 dBu.*(high|medium|low)/);
      assert.ok((await noise.locator('.sheet-source').textContent()).length > 5, 'its source');
      await noise.getByText('here −126.0 dBu').waitFor();
      await noise.getByRole('button').click();
      await reads('/stage/pre/ein_dbu', -129);
      await eventually(() => noise.getByText('here').isHidden(), 'as it says');
      await daemon.set('/stage/pre/ein_dbu', '--', -126);
      await noise.getByText('here −126.0 dBu').waitFor();
      await select.selectOption('');
      await eventually(async () => (await daemon.get('/stage/pre/model')) === '' && (await made.textContent()) === '', 'none');
      await page.keyboard.press('Control+z');
      await eventually(async () => (await select.inputValue()) === 'motu-m2', 'undone');
      await page.keyboard.press('Control+y');
      await eventually(async () => (await daemon.get('/stage/pre/model')) === '' && (await made.textContent()) === '', 'redone');
      await daemon.set('/stage/pre/gain_min_db', 'default'); // what a hand has said counts more than the sheet
      await daemon.set('/stage/pre/gain', 25);
      await strip(page, 'pre').evaluate((node) => node.classList.add('old'));
      await daemon.set('/stage/pre/gain_max_db', 30); // the chain is made anew, and the strips with it
      await eventually(async () => (await page.locator('.strip.old').count()) === 0, 'new strips');
      await eventually(async () => (await select.inputValue()) === '', 'still none');
      await select.selectOption('api-3124'); // turns from 34 dB up
      await page.locator('.sheet-fault', { hasText: 'gain_max_db is 30.0 dB' }).waitFor();
      await eventually(async () => (await select.inputValue()) === '', 'back to none');
      await eventually(async () => (await select.getAttribute('aria-invalid')) === 'true', 'marked');
      assert.equal(await daemon.get('/stage/pre/model'), '');
      await daemon.set('/stage/pre/gain_max_db', 'default');
      await daemon.set('/stage/pre/gain', 48);
    },
  },
  {
    name: 'keys pass by data sheets without trying each: Enter, leaving or a pause takes one, Escape none',
    async run({ page }) {
      await page.locator('th[data-stage="pre"] button.choose').click();
      const select = page.locator('.sheet select');
      const sheetIs = (name) => eventually(async () => (await daemon.get('/stage/pre/model')) === name
        && (await select.inputValue()) === name, `sheet "${name}"`);
      const names = await select.locator('option').evaluateAll((all) => all.map((one) => one.value));
      const ways = names.slice(1, names.indexOf('motu-m2') + 1);
      const walk = async (...last) => assert.deepEqual(
        await quickly(page, select, [...ways.map(() => 'ArrowDown'), ...last], '/stage/pre/model'), ways);
      await sheetIs('');
      for (const take of [['Enter'], ['Tab'], []]) {
        await walk(...take);
        await sheetIs('motu-m2');
        await daemon.set('/undo', 1); // one step is all of it
        await sheetIs('');
      }
      await walk('Escape');
      await eventually(async () => (await select.inputValue()) === '', 'back to none');
      await page.evaluate(rest, PAUSE_MS);
      await sheetIs('');
      await page.locator('th[data-stage="mic"] button.choose').click();
      const signal = page.getByRole('combobox', { name: 'Signal' });
      await eventually(async () => (await signal.inputValue()) !== '', 'the signal is told');
      const was = [await daemon.get('/stage/mic/signal'), await signal.inputValue()];
      const turn = async (key) => {
        const passed = await quickly(page, signal, ['ArrowUp', key], '/stage/mic/signal');
        assert.ok(passed.length === 1 && passed[0] !== was[1], `passed by ${passed}`);
      };
      await turn('Escape');
      await page.evaluate(rest, PAUSE_MS);
      await eventually(async () => (await signal.inputValue()) === was[1], 'as it was');
      assert.equal(await daemon.get('/stage/mic/signal'), was[0], 'another signal makes the chain anew, too');
      await turn('Enter');
      await eventually(async () => (await daemon.get('/stage/mic/signal')) !== was[0], 'taken');
      await daemon.set('/undo', 1);
      await eventually(async () => (await daemon.get('/stage/mic/signal')) === was[0], 'as it was');
    },
  },
  {
    name: 'OSCQuery fails for a while: the picture stands, it is said, and what can be turned comes',
    async run({ page }) {
      let refused = 0;
      let refusing = true;
      const isTree = (url) => url.pathname === '/';
      await page.route(isTree, (route) => {
        if (route.request().resourceType() !== 'fetch' || !refusing) return route.continue();
        refused++;
        return route.abort();
      });
      await page.reload();
      await eventually(async () => /not known yet/.test(await page.locator('.link-state').textContent()), 'said');
      const pictured = async () => (await page.locator('td[data-line="level"]').count()) === STAGES.length;
      await eventually(pictured, 'the picture comes without it');
      await page.locator('th[data-stage="pre"] button.choose').click();
      await eventually(async () => /not known yet/.test(await page.locator('.drawer-rows').textContent()), 'the drawer says so');
      await eventually(async () => refused >= 3, 'the page asks again');
      assert.equal(await pictured(), true);
      refusing = false;
      await eventually(async () => (await page.locator('.drawer-row').count()) > 8, 'the drawer fills');
      await eventually(async () => (await page.locator('.link-state').textContent()) === 'connected', 'connected');
      await page.unroute(isTree);
      page.complaints.length = 0; // the browser tells of what was refused
    },
  },
  {
    name: 'undo, redo, snapshots',
    async run({ page }) {
      await openTab(page, 'scenes');
      await page.fill('.scenes input[maxlength="31"]', 'before');
      await page.keyboard.press('Enter');
      const recall = page.getByRole('button', { name: 'Recall before' });
      await recall.waitFor();
      await back(page, 'eq', 5);
      await recall.click();
      await eventually(async () => (await gainOf(page, 'eq')) === 2, 'recalled');
      await reads('/stage/eq/gain', 2);
      await page.getByRole('button', { name: 'Undo' }).click();
      await eventually(async () => (await gainOf(page, 'eq')) === 5, 'undone');
      await page.keyboard.press('Control+y');
      await eventually(async () => (await gainOf(page, 'eq')) === 2, 'redone');
      await reads('/stage/eq/gain', 2);
      await page.getByRole('button', { name: 'Forget before' }).click();
      await eventually(async () => (await recall.count()) === 0, 'forgotten');
    },
  },
  {
    name: 'A and B, equally loud',
    async run({ page }) {
      await openTab(page, 'scenes');
      await page.getByRole('button', { name: 'Setting B' }).click();
      await back(page, 'vox', 3);
      const to = async (side, gain) => {
        await page.evaluate(rest, 1500); // heard for a while
        await page.getByRole('button', { name: `Setting ${side}` }).click();
        await eventually(async () => (await gainOf(page, 'vox')) === gain, side);
      };
      const said = page.locator('.scenes [aria-live]');
      const matched = async () => Math.abs(Number((await said.textContent()).replace('−', '-').split(' ')[0]) + 6) <= 0.2;
      await eventually(async () => { // a machine that lets sound wait may have measured one setting as the other
        await to('A', -3);
        await to('B', 3);
        return until(matched, 4);
      }, 'turned down by 6 dB', TRIES);
      await page.locator('.scenes input[type=checkbox]').click();
      await eventually(async () => (await said.textContent()) === '', 'as loud as it is');
      await page.locator('.scenes input[type=checkbox]').click();
      await page.getByRole('button', { name: 'Setting A' }).click();
      await eventually(async () => (await gainOf(page, 'vox')) === -3, 'A again');
      await reads('/ab/match', 1);
      await reads('/ab', 0);
    },
  },
  {
    name: 'panic by the button and by Escape three times',
    async run({ page }) {
      const panic = page.locator('.panic');
      const is = (on) => eventually(async () => (await panic.getAttribute('aria-pressed')) === String(on), `panic ${on}`);
      await panic.click();
      await is(true);
      await panic.click();
      await is(false);
      await keys(page, Array(3).fill('Escape'), 500); // a second is no panic
      await pictures(page);
      await is(false);
      await keys(page, Array(3).fill('Escape'), 400);
      await is(true);
      await panic.click();
      await is(false);
    },
  },
  {
    name: 'chains: a bad one is refused with where, what and the nearest word; another one plays',
    async run({ page }) {
      const bad = 'misspelt'; // in the chain folder: "gain_bd" for "gain_db"
      await openTab(page, 'chains');
      await page.getByRole('button', { name: `Load ${bad}`, exact: true }).click();
      const words = await page.locator('.faults li').first().textContent();
      assert.match(words, new RegExp(`${bad}\\.json: /stages/1/gain_bd`));
      assert.match(words, /found unknown key `gain_bd`, expected .* did you mean `gain_db`/);
      assert.equal(await page.locator('.strip').count(), STAGES.length);
      await page.getByRole('button', { name: 'Load unity-walk', exact: true }).click();
      const walk = JSON.parse(readFileSync(`${chains}/unity-walk.json`, 'utf8'));
      await eventually(async () => (await page.locator('.chain-name').textContent()) === walk.name, 'another name');
      await eventually(async () => (await page.locator('.strip').count()) === walk.stages.length
        && (await page.locator('.faults li').count()) === 0, 'its stages, and no fault left');
      await page.getByRole('button', { name: 'Load demo', exact: true }).click();
      await eventually(async () => (await page.locator('.strip').count()) === STAGES.length
        && (await page.locator('.chain-name').textContent()) === 'Demo', 'demo again');
    },
  },
  {
    name: 'listening: wire, path and boost',
    async run({ page }) {
      await openTab(page, 'listen');
      await page.locator('.listen select').first().selectOption('adc');
      await page.getByRole('button', { name: 'Error', exact: true }).click();
      const boost = page.getByRole('slider', { name: 'Error, louder by' });
      const labelled = (db) => eventually(async () => (await page.locator('.boost-label').textContent()) === `${db} dB louder than real`, `labelled ${db}`);
      await listens('adc error');
      await daemon.set('/listen/boost', 12);
      await labelled('12.0'); // and what was told before it has come
      await boost.focus();
      await page.keyboard.press('PageUp');
      await labelled('18.0');
      await reads('/listen/boost', 18);
      await page.keyboard.press('Home');
      await labelled('0.0');
      await reads('/listen/boost', 0);
      await page.getByRole('button', { name: 'Real', exact: true }).click();
      await eventually(async () => boost.isHidden(), 'no boost of what is real');
      await listens('adc real');
      await page.locator('.listen select').first().selectOption('master');
      await listens('master real');
    },
  },
  {
    name: 'sound heard through the page is the wire, sample by sample',
    async run({ page }) {
      await page.addInitScript(record);
      await page.reload();
      await ready(page);
      await openTab(page, 'listen');
      await page.locator('.listen select').first().selectOption('eq');
      await page.locator('.here').click();
      await eventually(async () => { // a loaded machine may let a buffer run full, or empty
        const late = Number(/heard (\d+) ms/.exec(await page.locator('.listen [role=status]').textContent())?.[1]);
        return late > 5 && late < 400;
      }, 'heard, and not late');
      assert.equal(await page.evaluate(() => sockets.filter((one) => one.readyState === 1).length), 1, 'over the one WebSocket');
      const wav = `${chains}/wire.wav`;
      execFileSync(gainstage, ['render', '-q', '-l', 'eq', '-s', '60', '-o', wav, `${chains}/demo.json`]);
      const wire = floatsOf(wav);
      let likeness = -1; // of a loaded machine's sound not every piece is without a gap
      await eventually(async () => {
        likeness = Math.max(likeness, ...pieces(await page.evaluate(() => globalThis.recorded())).map((piece) => best(wire, piece)));
        return likeness > 0.99999;
      }, 'like the wire').catch((fault) => assert.fail(`${fault.message}: ${likeness}`));
      await page.locator('.panic').click();
      await eventually(async () => Math.max(...(await page.evaluate(() => globalThis.recorded())).map(Math.abs)) < 1e-4, 'panic is silence here, too');
      await page.locator('.panic').click();
      await eventually(async () => (await page.locator('.panic').getAttribute('aria-pressed')) === 'false', 'no panic any more');
      await page.locator('.here').click();
      await page.locator('.listen select').first().selectOption('master');
      await listens('master real');
    },
  },
  {
    name: 'devices: this page is among them, with a QR code and a layout',
    async run({ page }) {
      await openTab(page, 'peers');
      await eventually(async () => (await page.locator('.peers-list').textContent()).includes('this page'), 'listed');
      assert.equal(decoded(placesOf(await page.locator('svg.qr path').getAttribute('d'))), await page.locator('.peers-address').textContent());
      const lines = await page.locator('.peers-address').evaluate((code) => [...code.childNodes].filter((node) => node.data)
        .map((node) => {
          const range = document.createRange();
          range.selectNode(node);
          return range.getClientRects().length;
        }));
      assert.deepEqual(lines, [1, 1], 'no word of the address is broken');
      for (const length of [1, 14, 15, 26, 42, 43, 62, 84, 106, 122, 152, 180, 213]) { // each version to 10, full and not
        const words = 'http://192.168.1.20:7770/#phone?'.padEnd(length, 'A0-').slice(0, length);
        const dark = await page.evaluate(async (said) => (await import('/qr_code.js')).qrCode(said)
          .flatMap((row, y) => row.flatMap((on, x) => (on ? [[x + 4, y + 4]] : []))), words);
        assert.equal(decoded(dark), words);
      }
      const layout = await page.request.get(new URL('layout.tosc', page.url()).href, { timeout: 1000 * PATIENCE_S });
      assert.equal(await page.locator('a.download').getAttribute('href'), 'layout.tosc');
      assert.ok(layout.ok() && (await layout.body()).length > 1000);
    },
  },
  {
    name: 'phone: one strip at a time, next by button and by swipe, gain by touch',
    phone: true,
    async run({ page }) {
      const seen = () => page.locator('.strip').evaluateAll((all) => all.filter((one) => one.offsetParent).map((one) => one.dataset.stage));
      const sees = (id) => eventually(async () => (await seen()).join() === id, `only ${id}`);
      await sees('mic');
      await page.getByRole('button', { name: 'Next stage' }).tap();
      await sees('pre');
      const before = await levels();
      await fader(page, 'pre').scrollIntoViewIfNeeded();
      await eventually(async () => {
        const box = await steadyBox(fader(page, 'pre'));
        assert.ok(box.width >= 44 && box.height >= 200, 'as large as a thumb wants it');
        await touch(page, [0, 10, 20, 30, 40].map((y) => [[box.x + 20, box.y + 100 + y]]));
        return (await gainOf(page, 'pre')) < 44;
      }, 'turned down', TRIES);
      await movesOnlyWhatFollows(before, (await agreed(page, 'pre')) - 48);
      await back(page, 'pre', 48);
      await eventually(async () => {
        const level = await steadyBox(strip(page, 'pre').locator('.strip-level'));
        await touch(page, [300, 260, 220, 180, 140, 100].map((x) => [[x, level.y + 5]]));
        return (await seen()).join() !== 'pre';
      }, 'swiped', TRIES);
      await sees('adc');
      for (const button of await page.locator('.strips-nav button, .strip.current button').all()) {
        const size = await button.boundingBox();
        assert.ok(!size || size.height >= 44, `a thumb's size: ${await button.getAttribute('aria-label')} ${size?.height}`);
      }
    },
  },
  {
    name: 'phone: a thumb that scrolls or zooms turns nothing',
    phone: true,
    async run({ page }) {
      await page.getByRole('button', { name: 'Next stage' }).tap();
      const values = async () => (await daemon.get('/stage/pre/*')).split('\n').filter((line) => !/\/(headroom|agreement_db) /.test(line));
      const before = await values();
      const way = page.locator('.drawer-row .way').nth(1);
      await eventually(async () => {
        await way.evaluate((node) => node.scrollIntoView({ block: 'center' }));
        const from = await steadyBox(way);
        const [x, y] = [from.x + from.width / 2, from.y + from.height / 2];
        await touch(page, Array.from({ length: 21 }, (_, i) => [[x, y - 10 * i]]));
        return until(async () => (await way.boundingBox()).y < from.y - 100, 4);
      }, 'it scrolls', TRIES);
      await pictures(page);
      assert.deepEqual(await values(), before, 'and turns nothing');
      await fader(page, 'pre').evaluate((node) => node.scrollIntoView({ block: 'center' }));
      const box = await steadyBox(fader(page, 'pre'));
      const [x, y] = [box.x + 30, box.y + 60];
      await touchSlowly(page, [[[x, y]], ...[0, 10, 20, 30, 40, 50, 60, 70, 80].map((by) => [[x, y - by / 4], [x + 40, y + 60 + by]])]);
      await pictures(page);
      await eventually(async () => Math.abs((await gainOf(page, 'pre')) - 48) < 0.01, 'two fingers');
      await reads('/stage/pre/gain', 48);
    },
  },
  {
    name: 'whatever the window: 320 px, a phone on its side, 200 % zoom, the system\'s own colours',
    async run({ page }) {
      const wider = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      for (const [mode, width, height] of [['phone', 320, 568], ['phone', 844, 390], ['desk', 720, 450], ['projector', 800, 600]]) {
        await page.setViewportSize({ width, height });
        await page.evaluate((wanted) => {
          location.hash = `mode=${wanted}`;
        }, mode);
        await eventually(() => page.evaluate(([look, w]) => document.documentElement.dataset.mode === look && innerWidth === w, [mode, width]), mode);
        await pictures(page);
        await eventually(async () => (await wider()) <= 0, `${mode} ${width}: no wider`);
        await eventually(() => page.locator('.level-plot canvas').first().evaluate((canvas) => canvas.clientHeight >= 90),
          `${mode} ${width} x ${height}: a picture 90 px high`);
      }
      await page.setViewportSize({ width: 1440, height: 1000 });
      await page.evaluate(() => {
        location.hash = 'mode=desk';
      });
      await page.emulateMedia({ forcedColors: 'active' });
      await eventually(() => page.evaluate(() => {
        const grounds = [...document.querySelectorAll('.listen .switch')].map((node) => getComputedStyle(node).backgroundColor);
        return grounds.length > 1 && grounds[0] !== grounds[1];
      }), 'what is on differs from what is off');
      await page.emulateMedia({ forcedColors: 'none', colorScheme: 'dark' });
      const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
      await eventually(async () => (await theme()) === 'dark', 'the system is dark, so is the page');
    },
  },
  {
    name: 'scope: the curve of the chosen stage, with the point where it works',
    async run({ page }) {
      await page.locator('th[data-stage="pre"] button.choose').click();
      const canvas = page.locator('.plot-curve canvas');
      await canvas.waitFor();
      const seen = () => canvas.evaluate((one) => {
        const { data } = one.getContext('2d').getImageData(0, 0, one.width, one.height);
        let drawn = 0;
        for (let i = 3; i < data.length; i += 4) drawn += data[i] > 0;
        return drawn;
      });
      await eventually(async () => (await seen()) > 1000, 'drawn');
      await eventually(async () => /dBu/.test(await page.locator('.plot-curve .axis-y').textContent()), 'in its unit');
      await page.locator('th[data-stage="mic"] button.choose').click();
      await eventually(() => canvas.isHidden(), 'a source has none');
    },
  },
  {
    name: 'everybody can use it: axe finds no serious fault, drawer and each tab open',
    async run({ page }) {
      await page.locator('th[data-stage="pre"] button.choose').click();
      await page.locator('.sheet select').selectOption('motu-m2');
      await page.getByText('What it says: 4 values').click();
      for (const tab of ['listen', 'scenes', 'chains', 'peers']) {
        await openTab(page, tab);
        await page.evaluate(axe);
        let serious = [];
        await eventually(async () => { // what is just being made may look like anything
          const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
          serious = found.violations.filter((one) => ['serious', 'critical'].includes(one.impact));
          return serious.length === 0;
        }, tab, TRIES).catch((fault) => assert.fail(`${fault.message}: ${serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(' ')}`).join('; ')}`));
      }
      await page.locator('.sheet select').selectOption('');
      await eventually(async () => (await daemon.get('/stage/pre/model')) === '', 'none');
    },
  },
];

const [gainstaged, gainstage, axeFile, chains, name, only = ''] = process.argv.slice(2);
const axe = readFileSync(axeFile, 'utf8');
const daemon = new Daemon({ gainstaged, gainstage }, `${chains}/demo.json`,
  ['--name', name, '--connect', 'none', '--chain-dir', chains]);

await daemon.start();
const browser = await openBrowser();
for (const test of tests.filter((one) => one.name.includes(only))) {
  const look = test.phone ? { width: 390, height: 844, hasTouch: true } : { width: 1440, height: 1000 };
  let page;
  let fault = '';
  try {
    page = await openPage(browser, `${daemon.url}#mode=${test.phone ? 'phone' : 'desk'}`, look);
    await ready(page);
    await test.run({ page });
    assert.deepEqual(page.complaints, [], 'the console stays empty');
  } catch (error) {
    fault = error.message;
  }
  check(!fault, test.name, fault);
  await page?.context().close();
}
await browser.close();
await daemon.kill();
