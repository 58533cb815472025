// SPDX-License-Identifier: GPL-3.0-or-later
//
// What hands do at the strips and beside them, in a real browser against a live daemon that plays demo.json: each
// test gets a fresh page and leaves the chain as it found it. Arguments: gainstaged, gainstage, axe's source, folder
// of chains, client name.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import jsQR from 'jsqr';
import { check, Daemon, openBrowser, openPage } from './rig.mjs';

const STAGES = ['mic', 'pre', 'adc', 'eq', 'vox', 'mix', 'master'];
const near = (a, b, reach, what = '') => assert.ok(Math.abs(a - b) <= reach, `${what}: ${a} is not ${b} +- ${reach}`);

const strip = (page, id) => page.locator(`.strip[data-stage="${id}"]`);
const fader = (page, id) => strip(page, id).locator('.fader');

async function gainOf(page, id) {
  return Number(await fader(page, id).getAttribute('aria-valuenow'));
}

/* What each wire measures, by the tool: the page is not asked what it has done. */
async function levels() {
  await new Promise((done) => setTimeout(done, 800)); // a window of RMS and what came before it
  const lines = (await daemon.get('/stage/*/meter/out/rms')).split('\n');
  return lines.map((line) => Number(line.split(' ')[1]));
}

/* A gain of the preamp moves what is behind it, and nothing before it. Pink noise: 400 ms of it differ by a decibel. */
async function movesOnlyWhatFollows(before, by) {
  const now = await levels();
  assert.equal(now.length, STAGES.length);
  STAGES.forEach((id, i) => near(now[i] - before[i], i >= 1 ? by : 0, 2, id));
}

/* What the daemon has, not what the page hopes for. */
const reads = (address, value) => eventually(async () => Math.abs(Number(await daemon.get(address)) - value) < 0.011, `${address} is ${value}`);

async function back(page, id, value) {
  const button = strip(page, id).locator('button.value');
  await button.click();
  await strip(page, id).locator('input.value').fill(`=${value}`);
  await page.keyboard.press('Enter');
  await page.waitForFunction(([stage, wanted]) => Math.abs(Number(document.querySelector(
    `.strip[data-stage="${stage}"] .fader`).getAttribute('aria-valuenow')) - wanted) < 0.01, [id, value]);
}

async function eventually(fn, what, ms = 15000) {
  const end = Date.now() + ms;
  for (;;) {
    if (await fn()) return;
    assert.ok(Date.now() < end, `never: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
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

/* Largest correlation coefficient of a piece with any place of a sound: a coarse search over the signs of a few
 * samples, then the whole piece where it looks alike. */
function best(sound, piece) {
  const size = 4096; // of the middle of the piece: its edges may lie in a gap
  const part = piece.slice(piece.length - size);
  const probes = [3, 500, 1011, 1777, 2503, 3001, 3777, 4001];
  const power = part.reduce((sum, x) => sum + x * x, 0);
  if (!(power > 0)) return -1;
  const near = Math.sqrt(power / size) * 0.05;
  let most = -1;
  for (let at = 0; at + size <= sound.length; at++) {
    if (!probes.every((k) => Math.abs(sound[at + k] - part[k]) < near)) continue;
    let product = 0;
    let energy = 0;
    for (let i = 0; i < size; i++) {
      product += sound[at + i] * part[i];
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
      const box = await fader(page, 'pre').boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 + 40, { steps: 8 });
      await page.mouse.up();
      const by = (await gainOf(page, 'pre')) - 48;
      assert.ok(by < -8, `moved by ${by}`);
      await movesOnlyWhatFollows(before, by);
      await back(page, 'pre', 48);
    },
  },
  {
    name: 'shift makes a drag ten times finer',
    async run({ page }) {
      const box = await fader(page, 'eq').boundingBox();
      const start = await gainOf(page, 'eq');
      await page.mouse.move(box.x + 5, box.y + 60);
      await page.keyboard.down('Shift');
      await page.mouse.down();
      await page.mouse.move(box.x + 5, box.y + 52, { steps: 4 });
      await page.mouse.up();
      await page.keyboard.up('Shift');
      const by = (await gainOf(page, 'eq')) - start;
      assert.ok(by > 0.2 && by < 2, `moved by ${by}`);
      await back(page, 'eq', start);
    },
  },
  {
    name: 'wheel and keys: one decibel, a tenth with Shift, six with the page keys, typing, default',
    async run({ page }) {
      const start = await gainOf(page, 'vox');
      const is = async (value, what) => {
        await eventually(async () => Math.abs((await gainOf(page, 'vox')) - value) < 0.011, `${what}: ${value}`);
        await reads('/stage/vox/gain', value);
      };
      const before = await levels();
      await fader(page, 'pre').hover();
      for (let i = 0; i < 8; i++) await page.mouse.wheel(0, 100);
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
      await eventually(async () => (await strip(page, 'master').locator('.strip-level').textContent()).includes('−∞')
        || Number((await strip(page, 'master').locator('.strip-level').textContent()).replace('−', '-').split(' ')[0]) < -60, 'silence');
      await mute.focus();
      await page.keyboard.press('Space');
      await is(mute, false);
      const bypass = strip(page, 'eq').locator('.switch-bypass');
      await bypass.click();
      await is(bypass, true);
      await bypass.click();
      await is(bypass, false);
    },
  },
  {
    name: 'the clip lamp latches, counts, and is reset',
    async run({ page }) {
      const lamp = strip(page, 'adc').locator('.lamp');
      await back(page, 'pre', 70);
      await eventually(async () => /CLIP \d/.test(await lamp.textContent()), 'lit');
      await back(page, 'pre', 48);
      await page.waitForTimeout(400);
      assert.match(await lamp.textContent(), /CLIP/);
      assert.match(await lamp.getAttribute('aria-label'), /CLIP.*: clipped, \d+/);
      await lamp.click();
      await eventually(async () => (await lamp.textContent()) === 'clip', 'out');
      await strip(page, 'pre').locator('.lamp').click();
    },
  },
  {
    name: 'every scale shows its marks, and meters move on it',
    async run({ page }) {
      const choice = page.locator('select[data-choice="meters"]');
      for (const key of await choice.locator('option').evaluateAll((all) => all.map((one) => one.value))) {
        await choice.selectOption(key);
        const meter = strip(page, 'master').locator('.meter-out');
        await eventually(async () => Number(await meter.getAttribute('aria-valuenow')) > -60, `${key} reads`);
        assert.ok((await strip(page, 'master').locator('.meter-marks span').count()) >= 6, key);
        const lit = await meter.locator('canvas').evaluate((canvas) => {
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Set();
          for (let i = 0; i < data.length; i += 4) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
          return seen.size;
        });
        assert.ok(lit >= 2, `${key}: ${lit} colours`);
      }
      await choice.selectOption('peak');
    },
  },
  {
    name: 'the drawer shows every parameter of the kind and turns them',
    async run({ page }) {
      await page.locator('th[data-stage="pre"] button.choose').click();
      const rows = page.locator('.drawer-row');
      assert.ok((await rows.count()) > 8);
      const pad = page.locator('.drawer-row', { hasText: 'Pad' }).locator('[role=slider]');
      await pad.focus();
      await page.keyboard.press('End');
      await eventually(async () => Number(await daemon.get('/stage/pre/pad_db')) > 0, 'pad is in');
      await page.keyboard.press('Home');
      await reads('/stage/pre/pad_db', 0);
      const least = page.locator('.drawer-row', { hasText: 'Least gain' }).locator('[role=slider]');
      await least.focus();
      await page.keyboard.press('ArrowUp'); // the chain is made anew, and the drawer with it
      await reads('/stage/pre/gain_min_db', 1);
      await eventually(async () => (await page.evaluate(() => document.activeElement.getAttribute('aria-label'))) === 'Least gain', 'the focus stays');
      await page.keyboard.press('ArrowDown');
      await reads('/stage/pre/gain_min_db', 0);
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
      assert.ok(await out.isHidden(), 'there is nothing more to leave out');
      assert.equal(await row.locator('[role=slider]').getAttribute('aria-valuetext'), 'not given');
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
      assert.equal(await select.inputValue(), '');
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
      await daemon.set('/stage/pre/gain_min_db', 'default'); // what a hand has said counts more than the sheet
      await daemon.set('/stage/pre/gain', 25);
      await strip(page, 'pre').evaluate((node) => node.classList.add('old'));
      await daemon.set('/stage/pre/gain_max_db', 30); // the chain is made anew, and the strips with it
      await eventually(async () => (await page.locator('.strip.old').count()) === 0, 'new strips');
      await eventually(async () => (await select.inputValue()) === '', 'redone');
      await select.selectOption('api-3124'); // turns from 34 dB up
      await page.locator('.sheet-fault', { hasText: 'gain_max_db is 30.0 dB' }).waitFor();
      assert.equal(await select.inputValue(), '');
      assert.equal(await select.getAttribute('aria-invalid'), 'true');
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
      const walk = async () => {
        await select.focus();
        const names = await select.locator('option').evaluateAll((all) => all.map((one) => one.value));
        for (let i = 0; i < names.indexOf('motu-m2'); i++) await page.keyboard.press('ArrowDown');
        assert.equal(await select.inputValue(), 'motu-m2');
      };
      await sheetIs('');
      for (const take of ['Enter', 'Tab', '']) {
        await walk();
        if (take) await page.keyboard.press(take);
        await sheetIs('motu-m2');
        await daemon.set('/undo', 1); // one step is all of it
        await sheetIs('');
      }
      await walk();
      await page.keyboard.press('Escape');
      assert.equal(await select.inputValue(), '');
      await page.waitForTimeout(1500);
      await sheetIs('');
      await page.locator('th[data-stage="mic"] button.choose').click();
      const signal = page.getByRole('combobox', { name: 'Signal' });
      const was = [await daemon.get('/stage/mic/signal'), await signal.inputValue()];
      const turn = async (key) => {
        await signal.focus();
        await page.keyboard.press('ArrowUp');
        assert.notEqual(await signal.inputValue(), was[1]);
        await page.keyboard.press(key);
        await page.waitForTimeout(1500);
      };
      await turn('Escape');
      assert.deepEqual([await daemon.get('/stage/mic/signal'), await signal.inputValue()], was, 'another signal makes the chain anew, too');
      await turn('Enter');
      assert.notEqual(await daemon.get('/stage/mic/signal'), was[0]);
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
      await eventually(async () => refused >= 3, 'the page asks again', 15000);
      assert.equal(await pictured(), true);
      refusing = false;
      await eventually(async () => (await page.locator('.drawer-row').count()) > 8, 'the drawer fills', 15000);
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
      await page.waitForTimeout(1500);
      await page.getByRole('button', { name: 'Setting A' }).click();
      await eventually(async () => (await gainOf(page, 'vox')) === -3, 'A');
      await page.waitForTimeout(1500);
      await page.getByRole('button', { name: 'Setting B' }).click();
      await eventually(async () => (await gainOf(page, 'vox')) === 3, 'B');
      const said = page.locator('.scenes [aria-live]');
      await eventually(async () => Math.abs(Number((await said.textContent()).replace('−', '-').split(' ')[0]) + 6) <= 0.2, 'turned down by 6 dB');
      await page.locator('.scenes input[type=checkbox]').click();
      await eventually(async () => (await said.textContent()) === '', 'as loud as it is');
      await page.locator('.scenes input[type=checkbox]').click();
      await page.getByRole('button', { name: 'Setting A' }).click();
      await eventually(async () => (await gainOf(page, 'vox')) === -3, 'A again');
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
      for (let i = 0; i < 3; i++) await page.keyboard.press('Escape');
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
      const fault = page.locator('.faults li').first();
      await fault.waitFor();
      const words = await fault.textContent();
      assert.match(words, new RegExp(`${bad}\\.json: /stages/1/gain_bd`));
      assert.match(words, /found unknown key `gain_bd`, expected .* did you mean `gain_db`/);
      assert.equal(await page.locator('.strip').count(), STAGES.length);
      await page.getByRole('button', { name: 'Load unity-walk', exact: true }).click();
      await eventually(async () => (await page.locator('.chain-name').textContent()) !== 'Demo', 'another name');
      await eventually(async () => (await page.locator('.strip[data-stage="pre"] .fader').count()) >= 0
        && (await page.locator('.faults li').count()) === 0, 'no fault left');
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
      await boost.focus();
      await page.keyboard.press('PageUp');
      await eventually(async () => (await page.locator('.boost-label').textContent()) === '6.0 dB louder than real', 'labelled');
      await reads('/listen/boost', 6);
      assert.equal(await daemon.get('/listen'), 'adc error');
      await page.keyboard.press('Home');
      await page.getByRole('button', { name: 'Real', exact: true }).click();
      await eventually(async () => boost.isHidden(), 'no boost of what is real');
      await page.locator('.listen select').first().selectOption('master');
    },
  },
  {
    name: 'sound heard through the page is the wire, sample by sample',
    async run({ page }) {
      await page.addInitScript(record);
      await page.reload();
      await page.locator('.strip').first().waitFor();
      await openTab(page, 'listen');
      await page.locator('.listen select').first().selectOption('eq');
      await page.locator('.here').click();
      await eventually(async () => /heard \d+ ms/.test(await page.locator('.listen [role=status]').textContent()), 'heard', 10000);
      assert.equal(await page.evaluate(() => sockets.length), 1, 'over the one WebSocket');
      const late = Number(/\d+/.exec(await page.locator('.listen [role=status]').textContent())[0]);
      assert.ok(late > 5 && late < 400, `${late} ms late`);
      await page.waitForTimeout(1000);
      const wav = `${chains}/wire.wav`;
      execFileSync(gainstage, ['render', '-q', '-l', 'eq', '-s', '60', '-o', wav, `${chains}/demo.json`]);
      const wire = floatsOf(wav);
      let likeness = -1; // of a loaded machine one piece may have a gap
      await eventually(async () => {
        likeness = best(wire, await page.evaluate(() => globalThis.recorded()));
        return likeness > 0.99999;
      }, 'like the wire', 12000).catch((fault) => assert.fail(`${fault.message}: ${likeness}`));
      await page.locator('.panic').click();
      await eventually(async () => Math.max(...(await page.evaluate(() => globalThis.recorded())).map(Math.abs)) < 1e-4, 'panic is silence here, too');
      await page.locator('.panic').click();
      await page.locator('.here').click();
      await page.locator('.listen select').first().selectOption('master');
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
      const layout = await page.request.get(new URL('layout.tosc', page.url()).href);
      assert.equal(await page.locator('a.download').getAttribute('href'), 'layout.tosc');
      assert.ok(layout.ok() && (await layout.body()).length > 1000);
    },
  },
  {
    name: 'phone: one strip at a time, next by button and by swipe, gain by touch',
    phone: true,
    async run({ page }) {
      const seen = () => page.locator('.strip').evaluateAll((all) => all.filter((one) => one.offsetParent).map((one) => one.dataset.stage));
      assert.deepEqual(await seen(), ['mic']);
      await page.getByRole('button', { name: 'Next stage' }).tap();
      assert.deepEqual(await seen(), ['pre']);
      const before = await levels();
      await fader(page, 'pre').scrollIntoViewIfNeeded();
      const box = await fader(page, 'pre').boundingBox();
      assert.ok(box.width >= 44 && box.height >= 200, 'as large as a thumb wants it');
      const client = await page.context().newCDPSession(page);
      const touch = (type, x, y) => client.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });
      await touch('touchStart', box.x + 20, box.y + 100);
      for (let y = 100; y <= 140; y += 10) await touch('touchMove', box.x + 20, box.y + y);
      await touch('touchEnd');
      await eventually(async () => (await gainOf(page, 'pre')) < 44, 'turned down');
      await movesOnlyWhatFollows(before, (await gainOf(page, 'pre')) - 48);
      await back(page, 'pre', 48);
      const level = await strip(page, 'pre').locator('.strip-level').boundingBox();
      await touch('touchStart', 300, level.y + 5);
      for (let x = 300; x >= 100; x -= 40) await touch('touchMove', x, level.y + 5);
      await touch('touchEnd');
      await eventually(async () => (await seen())[0] === 'adc', 'swiped');
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
      const client = await page.context().newCDPSession(page);
      const touch = (type, ...points) => client.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
      const values = async () => (await daemon.get('/stage/pre/*')).split('\n').filter((line) => !line.includes('/headroom '));
      const before = await values();
      const way = page.locator('.drawer-row .way').nth(1);
      await way.evaluate((node) => node.scrollIntoView({ block: 'center' }));
      const from = await way.boundingBox();
      const x = from.x + from.width / 2;
      const y = from.y + from.height / 2;
      await touch('touchStart', [x, y]);
      for (let by = 10; by <= 200; by += 10) await touch('touchMove', [x, y - by]);
      await touch('touchEnd');
      await eventually(async () => (await way.boundingBox()).y < from.y - 100, 'it scrolls');
      assert.deepEqual(await values(), before, 'and turns nothing');
      await fader(page, 'pre').evaluate((node) => node.scrollIntoView({ block: 'center' }));
      const box = await fader(page, 'pre').boundingBox();
      const thumb = [box.x + 30, box.y + 60];
      await touch('touchStart', thumb);
      await touch('touchStart', thumb, [thumb[0] + 40, thumb[1] + 60]);
      for (let by = 10; by <= 80; by += 10) await touch('touchMove', [thumb[0], thumb[1] - by / 4], [thumb[0] + 40, thumb[1] + 60 + by]);
      await touch('touchEnd');
      await page.waitForTimeout(300);
      near(await gainOf(page, 'pre'), 48, 0.01, 'two fingers');
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
        await page.waitForTimeout(400);
        assert.ok((await wider()) <= 0, `${mode} ${width}: ${await wider()} px too wide`);
        const high = await page.locator('.level-plot canvas').first().evaluate((canvas) => canvas.clientHeight);
        assert.ok(high >= 90, `${mode} ${width} x ${height}: a picture ${high} px high`);
      }
      await page.setViewportSize({ width: 1440, height: 1000 });
      await page.evaluate(() => {
        location.hash = 'mode=desk';
      });
      await page.emulateMedia({ forcedColors: 'active' });
      const grounds = await page.evaluate(() => [...document.querySelectorAll('.listen .switch')]
        .map((node) => getComputedStyle(node).backgroundColor));
      assert.notEqual(grounds[0], grounds[1], 'what is on differs from what is off');
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
      assert.match(await page.locator('.plot-curve .axis-y').textContent(), /dBu/);
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
        const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
        const serious = found.violations.filter((one) => ['serious', 'critical'].includes(one.impact));
        assert.deepEqual(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(' ')}`), [], tab);
      }
      await page.locator('.sheet select').selectOption('');
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
  const page = await openPage(browser, `${daemon.url}#mode=${test.phone ? 'phone' : 'desk'}`, look);
  let fault = '';
  try {
    await page.locator('.strip').first().waitFor({ state: 'attached' });
    await test.run({ page });
    assert.deepEqual(page.complaints, [], 'the console stays empty');
  } catch (error) {
    fault = error.message;
  }
  check(!fault, test.name, fault);
  await page.context().close();
}
await browser.close();
await daemon.kill();
