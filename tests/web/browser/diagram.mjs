// SPDX-License-Identifier: GPL-3.0-or-later
//
// The level diagram in a real browser against a live daemon: its numbers are OSC's, it follows what others turn, it
// shows both views and all modes, it comes back after the daemon's death, it keeps its pace with 40 stages, and
// everybody can use it. Arguments: gainstaged, gainstage, axe's source, folder of chains, client name.

import { readFileSync } from 'node:fs';
import { becomes, check, Daemon, equal, numberOf, openBrowser, openPage, PATIENCE_S, pictures, TRIES, until } from './rig.mjs';

const [gainstaged, gainstage, axeFile, chains, name] = process.argv.slice(2);
const daemon = new Daemon({ gainstaged, gainstage }, `${chains}/strip.json`,
  ['--name', name, '--connect', 'none', '--chain-dir', chains]);
const axe = readFileSync(axeFile, 'utf8');

const cell = (page, line, stage) => page.locator(`td[data-line="${line}"][data-stage="${stage}"]`).innerText();
const frames = (page) => page.evaluate(() => Number(document.querySelector('.diagram')?.dataset.frames ?? 0));
const drawn = (page) => until(() => frames(page));
const cover = (page) => page.locator('.cover').isVisible();

async function opens(browser) {
  const page = await openPage(browser, daemon.url);
  check(await drawn(page), 'the page opens and draws');
  await becomes(() => page.locator('h1').innerText(), 'strip', 'the chain has its name on top');
  await becomes(() => page.locator('thead th[data-stage] .name').allInnerTexts(), ['Voice', 'Preamp', 'A/D', 'Fader', 'Master'],
    'one column a stage, in the order of the chain');
  return page;
}

/** What stands in a cell, as soon as it is what OSC says: to the last digit shown, or what a level moves in a moment. */
async function shows(page, line, stage, address, reach, text) {
  let shown;
  let db;
  const good = await until(async () => {
    db = Number(await daemon.get(address));
    shown = numberOf(await cell(page, line, stage));
    return Math.abs(db) >= 144 ? Number.isNaN(shown) : Math.abs(shown - db) <= reach;
  });
  check(good, text, `${shown} on the page, ${db} over OSC`);
}

async function showsOsc(page) {
  for (const stage of ['voice', 'pre', 'ad', 'fader', 'out']) {
    for (const [line, leaf] of [['level', 'level_db'], ['headroom', 'headroom_db'], ['snr', 'snr_db']]) {
      await shows(page, line, stage, `/stage/${stage}/predict/${leaf}`, 0.0501, `${line} of ${stage} is OSC's`);
    }
    await shows(page, 'measured', stage, `/stage/${stage}/meter/out/rms`, 0.15, `measured level of ${stage} is OSC's`);
  }
  const first = await daemon.get('/chain/clips_first');
  const badge = page.locator('.badges .badge-cell').filter({ hasText: 'clips first' });
  await becomes(() => badge.count(), 1, 'one stage clips first');
  const at = await badge.evaluate((node) => [...node.parentNode.children].indexOf(node));
  equal(await page.locator('thead th[data-stage]').nth(at).getAttribute('data-stage'), first, 'the one that OSC names');
  const range = Number(await daemon.get('/chain/dynamic_range_db')).toFixed(1);
  check(await until(async () => (await page.locator('.verdict').innerText()).includes(`dynamic range ${range} dB`)), 'the dynamic range is OSC\'s');
}

/** Milliseconds from a set of another client to the number on the page. */
async function lag(page, other, db, shown) {
  await page.evaluate(([text]) => { // looks from now on
    globalThis.seen = new Promise((resolve) => {
      const node = document.querySelector('td[data-line="gain"][data-stage="pre"]');
      new MutationObserver((_, observer) => {
        if (node.innerText !== text) return;
        observer.disconnect();
        resolve(Date.now());
      }).observe(node, { subtree: true, childList: true, characterData: true });
      setTimeout(resolve, 90000, Infinity);
    });
  }, [shown]);
  const said = await other.evaluate((value) => {
    window.socket.send(window.encode('/stage/pre/gain', 'f', [value]));
    return Date.now();
  }, db);
  return await page.evaluate(() => globalThis.seen) - said;
}

const SOON_MS = 100;
const TURNS = [31, 33, 35, 37, 30];

async function follows(browser, page) {
  const other = await openPage(browser, daemon.url);
  await other.evaluate(async () => {
    window.encode = (await import('/osc.js')).encode;
    window.socket = new WebSocket(location.origin.replace('http', 'ws'));
    await new Promise((resolve) => window.socket.addEventListener('open', resolve));
  });
  const before = await cell(page, 'level', 'voice');
  const level = numberOf(await cell(page, 'level', 'out'));
  const lags = [];
  await until(async () => { // a machine that does something else now and then does not do so all the time
    for (const db of TURNS) lags.push(await lag(page, other, db, `+${db}.0`));
    return Math.min(...lags) <= SOON_MS;
  }, PATIENCE_S, TRIES);
  check(Math.min(...lags) <= SOON_MS, `another client's change is on the page within ${SOON_MS} ms: ${lags.join(', ')} ms`);
  check(await until(async () => Math.abs(numberOf(await cell(page, 'level', 'out')) - (level + TURNS.at(-1) - 40)) < 0.11), 'every later column moves');
  equal(await cell(page, 'level', 'voice'), before, 'none before it does');
  await daemon.set('/stage/pre/gain', 40);
  await becomes(() => cell(page, 'gain', 'pre'), '+40.0', 'what the tool turns is on the page');
  await other.context().close();
}

async function views(page) {
  const ruler = () => page.locator('.ruler-left .ruler-unit').innerText();
  await page.keyboard.press('v');
  await becomes(ruler, 'dBu', 'seen from the source, the ruler is the source\'s');
  const range = Number(await daemon.get('/chain/dynamic_range_db')).toFixed(1);
  await becomes(() => page.locator('.bracket strong').innerText(), `${range} dB`, 'a bracket shows the dynamic range');
  check(await until(() => page.locator('.bracket').isVisible()), 'it is there');
  await page.keyboard.press('v');
  check(await until(async () => !(await page.locator('.bracket').isVisible())), 'and it goes with the view');
  await page.keyboard.press('r');
  await becomes(ruler, 'dBFS', 'the ruler is chosen by a key');
  await page.getByLabel('ruler').selectOption('dBu');
  check(await until(async () => (await page.evaluate(() => location.hash)).includes('ruler=dBu')), 'the address keeps how the page looks');
}

async function clips(page) {
  await daemon.set('/stage/pre/gain', 70);
  const count = await until(async () => numberOf(await cell(page, 'clips', 'ad')));
  check(count > 0, 'a clip is counted', count);
  check(await until(async () => /since \d+:\d\d/.test(await cell(page, 'clips', 'ad'))), 'with its time');
  check(await until(async () => (await page.locator('.verdict').innerText()).includes('too loud')), 'and it is said what is too loud');
  check(await until(async () => (await page.locator('.badges').innerText()).includes('not linear')), 'a stage that bends says so');
  await daemon.set('/stage/pre/gain', 40);
  const level = Number(await daemon.get('/stage/ad/predict/level_db'));
  check(await until(async () => Math.abs(Number(await daemon.get('/stage/ad/meter/out/rms')) - level) < 0.15), 'turned back, all that clipped has gone by');
  check(numberOf(await cell(page, 'clips', 'ad')) > 0, 'and is still counted');
  await daemon.set('/clip/reset', 1);
  check(await until(async () => (await cell(page, 'clips', 'ad')) === '–'), 'reset, the lamp goes out');
}

async function refuses(page) {
  await page.evaluate(async () => {
    const { encode } = await import('/osc.js');
    window.socket = new WebSocket(location.origin.replace('http', 'ws'));
    await new Promise((resolve) => window.socket.addEventListener('open', resolve));
    window.socket.send(encode('/chain/load', 's', ['bad']));
  });
  const fault = page.locator('.fault-card');
  check(await until(() => fault.isVisible()), 'a bad chain that somebody else loads is told');
  await becomes(() => fault.locator('strong').innerText(), 'bad.json is refused; “strip” plays on.', 'by name');
  await becomes(() => fault.locator('code').allInnerTexts(), ['/stages/1/kind'], 'with its place');
  const what = await fault.locator('li span').allInnerTexts();
  check(/^found text `acd`, expected a kind of stage: did you mean `adc`\?$/.test(what.join('|')), 'what was found, what is expected, the nearest word', what.join('|'));
  equal(await page.locator('[role=alert]:has(.fault-card)').count(), 1, 'said to screen readers');
  await becomes(() => serious(page), [], 'axe finds no serious fault', TRIES);
  equal(await page.locator('h1').innerText(), 'strip', 'a bad chain changes nothing');
  check(await drawn(page) && !(await cover(page)), 'and the picture goes on');
  await fault.getByRole('button', { name: 'Dismiss' }).click();
  check(await until(() => fault.isHidden()), 'read and put away');
}

async function survives(page) {
  const before = page.complaints.length;
  await daemon.kill();
  check(await until(() => cover(page)), 'the daemon killed, the page says so');
  await becomes(() => page.locator('.link-state').innerText(), 'connection lost', 'in its line on top, too');
  daemon.chain = `${chains}/other.json`;
  await daemon.start();
  check(await until(async () => !(await cover(page))), 'started again, the page comes back by itself');
  await becomes(() => page.locator('h1').innerText(), 'other', 'with the chain of now');
  await becomes(() => page.locator('thead th[data-stage]').count(), 3, 'and its columns');
  const then = await frames(page);
  check(await until(async () => (await frames(page)) > then + 5), 'and it moves');
  page.complaints.splice(before); // the browser itself tells of every attempt to connect
}

const PACE_MS = 4000;
const REST_MS = 22;
const BUDGET_MS = 33;
const RATE_HZ = 30;
const LAYOUTS = 0.35; // a picture; five a second are 0.17
const STYLES = 0.5;

/**
 * In the page: pictures drawn, those that were due, and strokes, for a while. Due is what somebody gets who rests as long
 * between two pictures, at the same time and in the same thread: a loaded machine is as late for both.
 */
const count = ([ms, rest]) => new Promise((resolve) => {
  const { stroke } = CanvasRenderingContext2D.prototype;
  let strokes = 0;
  CanvasRenderingContext2D.prototype.stroke = function (...args) {
    strokes++;
    return stroke.apply(this, args);
  };
  const drawn = () => Number(document.querySelector('.diagram').dataset.frames);
  const start = performance.now();
  const first = drawn();
  let due = 0;
  requestAnimationFrame(function tick() {
    const seconds = (performance.now() - start) / 1000;
    if (1000 * seconds < ms) {
      due++;
      setTimeout(requestAnimationFrame, rest, tick);
      return;
    }
    CanvasRenderingContext2D.prototype.stroke = stroke;
    resolve({ drawn: drawn() - first, due, strokes, seconds });
  });
});

/** What the page's thread has worked until now, in seconds of its own time: a loaded machine makes it wait, not work. */
async function work(cdp) {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/* What is done in a while, for each of the pictures that a machine at rest draws in it: where fewer are drawn, meters
 * come as often, and numbers change as often. */
async function pace(page, cdp) {
  const before = await work(cdp);
  const seen = await page.evaluate(count, [PACE_MS, REST_MS]);
  const after = await work(cdp);
  const pictured = Math.max(seen.drawn, RATE_HZ * seen.seconds);
  const each = (key) => (after[key] - before[key]) / pictured;
  return { ...seen, strokes: seen.strokes / pictured, layouts: each('LayoutCount'), styles: each('RecalcStyleCount'),
    ms: 1000 * (each('ScriptDuration') + each('LayoutDuration') + each('RecalcStyleDuration')) };
}

/** With 40 stages pictures come as they are due; how many a second are due is the machine's affair, what one costs ours. */
async function keepsPace(page) {
  await daemon.set('/chain/load', 'forty');
  await becomes(() => page.locator('thead th[data-stage]').count(), 40, 'a chain of 40 stages');
  await pictures(page, 25); // nothing glides any more
  const columns = await page.evaluate(() => [...document.querySelectorAll('td[data-line="gain"]')]
    .filter((cell) => cell.getBoundingClientRect().left < document.querySelector('.board').clientWidth).length);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  let seen;
  await until(async () => { // a machine that is taken away counts as work now and then
    seen = await pace(page, cdp);
    return seen.drawn >= 0.8 * seen.due && seen.ms < BUDGET_MS / 4 && seen.layouts < LAYOUTS && seen.styles < STYLES;
  }, PATIENCE_S, TRIES);
  await cdp.detach();
  check(seen.drawn >= 0.8 * seen.due, `it draws ${(seen.drawn / seen.seconds).toFixed(1)} pictures a second`,
    `${seen.drawn} of ${seen.due} that were due`);
  check(seen.ms < BUDGET_MS / 4, `a picture costs ${seen.ms.toFixed(1)} ms of script, style and layout`);
  check(seen.layouts < LAYOUTS, 'numbers are laid out five times a second, not with every picture',
    `${seen.layouts.toFixed(2)} layouts a picture`);
  check(seen.styles < STYLES, 'nor are rules looked for', `${seen.styles.toFixed(2)} a picture`);
  check(seen.strokes < 4 * columns, 'what stands still is not drawn again',
    `${seen.strokes.toFixed(0)} strokes a picture of ${columns} columns`);
  await page.evaluate(() => {
    document.querySelector('.board').scrollLeft = 1e6;
  });
  check(await until(() => page.locator('thead th[data-stage]').last().evaluate((node) => {
    const { left, right } = node.getBoundingClientRect();
    return left >= 0 && right <= innerWidth + 1;
  })), 'the last column can be scrolled to');
}

async function serious(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', ')}`);
}

async function modes(browser) {
  for (const [mode, size] of [['desk', {}], ['projector', { width: 1920, height: 1080 }], ['phone', { width: 390, height: 844, hasTouch: true }]]) {
    for (const theme of ['light', 'dark']) {
      const page = await openPage(browser, `${daemon.url}#mode=${mode}&theme=${theme}`, size);
      check(await drawn(page), `${mode}, ${theme}: it draws`);
      await pictures(page);
      await becomes(() => serious(page), [], `${mode}, ${theme}: axe finds no serious fault`, TRIES);
      if (theme === 'light') await fits(page, mode);
      equal(page.complaints, [], `${mode}, ${theme}: nothing on the console`);
      await page.context().close();
    }
  }
}

async function fits(page, mode) {
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(await until(async () => (await wide()) <= 0), `${mode}: nothing stands out of the window`, `${await wide()} px`);
  if (mode !== 'projector') return;
  await becomes(() => page.locator('button:visible, input:visible, select:visible').count(), 0, 'projector: no controls');
  await page.keyboard.press('Escape');
  check(await until(async () => (await page.evaluate(() => document.documentElement.dataset.mode)) === 'desk'), 'projector: Escape leaves it');
}

async function byKeyboard(page) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press('ArrowRight');
  const chosen = (id) => until(() => page.locator(`th[data-chosen][data-stage="${id}"]`).count()); // with the next picture
  check(await chosen('s1'), 'arrows go from stage to stage');
  await page.keyboard.press('ArrowRight');
  check(await chosen('s2'), 'one by one');
  const names = await page.evaluate(() => [...document.querySelectorAll('button, select, input')]
    .filter((node) => node.offsetParent && !(node.innerText || node.ariaLabel || node.title || node.labels?.length || node.getAttribute('aria-labelledby')))
    .map((node) => node.outerHTML.slice(0, 80)));
  equal(names, [], 'every control has a name');
}

async function movesLittle(browser) {
  const page = await openPage(browser, daemon.url, { reducedMotion: 'reduce' });
  await drawn(page);
  await pictures(page);
  await page.evaluate(() => { // how strong it has ever been
    const bracket = document.querySelector('.bracket');
    globalThis.strengths = [];
    new MutationObserver(() => globalThis.strengths.push(bracket.style.opacity)).observe(bracket, { attributes: true });
  });
  await page.keyboard.press('v');
  await until(async () => Number(await page.locator('.bracket').evaluate((node) => node.style.opacity)) === 1);
  const strengths = await page.evaluate(() => globalThis.strengths);
  check(strengths.length > 0 && strengths.every((one) => Number(one) === 1), 'who wants no motion gets the other view at once', strengths.join(' '));
  await page.context().close();
}

/** A page that may only look shows everything and is refused nothing that it asks by itself. */
async function looksOnly(browser) {
  const page = await openPage(browser, daemon.url);
  check(await drawn(page), 'without the PIN the page draws');
  await pictures(page, 25);
  equal(await page.locator('.complaints li').allInnerTexts(), [], 'and nothing that it asks by itself is refused');
  check(await until(() => page.locator('.pin').isVisible()), 'it says that it may only look');
  await page.locator('.pin input').fill('4711');
  await page.locator('.pin button').click();
  check(await until(async () => (await page.locator('.pin').innerText()).includes('not the word')), 'a wrong PIN opens nothing');
  await page.locator('.pin input').fill('0815');
  await page.locator('.pin button').click();
  check(await until(async () => !(await page.locator('.pin').isVisible())), 'the right one does');
  await page.locator('th[data-stage] button').first().click();
  check(await until(() => page.locator('.drawer').isVisible()), 'the drawer opens');
  await pictures(page);
  const hidden = () => page.locator('.board').evaluate((board) => board.scrollHeight - board.clientHeight);
  check(await until(async () => (await hidden()) <= 1), 'with the drawer open all of the board can be reached', `${await hidden()} px are cut off`);
  await page.context().close();
}

await daemon.start();
const browser = await openBrowser();
try {
  const page = await opens(browser);
  await showsOsc(page);
  await follows(browser, page);
  await views(page);
  await clips(page);
  await refuses(page);
  await modes(browser);
  await movesLittle(browser);
  await survives(page);
  await keepsPace(page);
  await byKeyboard(page);
  equal(page.complaints, [], 'nothing on the console');
  await daemon.kill();
  daemon.options.push('--http-pin', '0815');
  await daemon.start();
  await looksOnly(browser);
} catch (error) {
  check(false, 'the test came to its end', error.stack);
} finally {
  await browser.close();
  await daemon.kill();
}
