// SPDX-License-Identifier: GPL-3.0-or-later
//
// A room with phones, in a real browser: a daemon that every network reaches and a PIN keeps; long names and many
// stages on a narrow screen; the address that a phone is shown; names of harmonics. Arguments: gainstaged, gainstage,
// axe's source, folder of chains, client name.

import { check, Daemon, equal, openBrowser, openPage, until } from './rig.mjs';

const PATIENCE_S = 40; // of a loaded machine
const PIN = 'kept';
const [gainstaged, gainstage, , chains, name] = process.argv.slice(2);
const daemon = new Daemon({ gainstaged, gainstage }, `${chains}/room.json`,
  ['--name', name, '--connect', 'none', '--chain-dir', chains, '--http-bind', '0.0.0.0', '--http-pin', PIN]);

const soon = (probe) => until(probe, PATIENCE_S);
const ask = async (path) => (await fetch(new URL(path, daemon.url))).json(); // OSC has a port of its own here
const gain = async () => (await ask('/stage/pre/gain?VALUE')).VALUE[0];

async function open(browser, mode, size) {
  const page = await openPage(browser, `${daemon.url}#mode=${mode}`, size);
  await soon(() => page.evaluate(() => Number(document.querySelector('.diagram')?.dataset.frames ?? 0) > 5));
  return page;
}

async function close(page) {
  equal(page.complaints, [], 'the console stays empty');
  await page.context().close();
}

async function unlock(page) {
  await soon(() => page.locator('.pin').isVisible());
  await page.locator('.pin input').fill(PIN);
  await page.locator('.pin input').press('Enter');
  await soon(() => page.locator('.pin').isHidden());
}

/* What lies to the right of the screen, or is wider than what holds it. */
const outside = (page, selector) => page.locator(selector).evaluateAll((all) => all
  .filter((one) => one.offsetParent && (one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1))
  .map((one) => one.className || one.textContent));

async function lookOnly(browser) {
  const page = await open(browser, 'phone', { width: 390, height: 844, hasTouch: true });
  check(await soon(() => page.locator('.pin').isVisible()), 'who has not said the PIN is told so');
  await page.locator('.strips-nav button').last().click();
  const fader = page.locator('.strip[data-stage="pre"] .fader');
  const before = await gain();
  const shown = await fader.getAttribute('aria-valuenow');
  await fader.focus();
  await page.keyboard.press('ArrowDown');
  check(await soon(() => page.locator('.pin.refused').isVisible()), 'a gain that is turned says why nothing happens');
  equal([await fader.getAttribute('aria-valuenow'), await gain()], [shown, before], 'and stays, here and there');
  await unlock(page);
  await fader.focus();
  await page.keyboard.press('ArrowDown');
  check(await soon(async () => (await gain()) === before - 1), 'with the PIN it turns', `${await gain()}`);
  await page.keyboard.press('ArrowUp');
  await close(page);
}

async function longNames(browser) {
  const page = await open(browser, 'phone', { width: 390, height: 844, hasTouch: true });
  await page.locator('.strips-nav button').last().click(); // a preamp has data sheets
  await soon(() => page.locator('.drawer .sheet').count());
  equal(await outside(page, '.top *, .verdict *, .strips-nav button, .strip.current *, .drawer *, .scope h2'), [], 'a long name pushes nothing out of sight');
  const label = await page.locator('.drawer .sheet .row-label').first().evaluate((one) => one.getBoundingClientRect().height
    / parseFloat(getComputedStyle(one).fontSize));
  check(label < 2, 'a label of the drawer is one line', `${label}`);
  const row = page.locator('.drawer-row', { hasText: 'Least gain' });
  await row.locator('.row-label').click();
  equal(await row.locator('.row-doc').textContent(), await row.locator('[role=slider]').getAttribute('aria-description'),
    'a tap on a label shows what a screen reader says of it');
  const cut = () => page.locator('.choose').evaluateAll((all) => all.filter((one) => {
    const text = one.firstElementChild.getBoundingClientRect();
    return text.width > one.getBoundingClientRect().width + 0.5 && getComputedStyle(one.firstElementChild).clipPath === 'none';
  }).map((one) => one.textContent));
  equal(await cut(), [], 'upright names are whole');
  await unlock(page);
  await page.click('#tab-chains');
  await page.getByRole('button', { name: 'Load many', exact: true }).click();
  await soon(async () => (await page.locator('.strip').count()) === 24 && page.locator('.diagram').evaluate((one) => one.dataset.frames > 5));
  equal(await cut(), [], 'those of 24 stages, too');
  await page.getByRole('button', { name: 'Load room', exact: true }).click();
  await soon(async () => (await page.locator('.strip').count()) === 4);
  await close(page);
}

async function desk(browser) {
  const page = await open(browser, 'desk', { width: 1440, height: 900 });
  await page.click('#tab-chains');
  await soon(async () => (await page.locator('.chains .list button').count()) > 30);
  const top = () => page.locator('.level-plot').first().evaluate((one) => one.getBoundingClientRect().top);
  const before = await top();
  await page.locator('.chains .list button').last().scrollIntoViewIfNeeded();
  equal(await top(), before, 'a long list of chains leaves the picture where it is');

  await page.click('#tab-peers');
  const { ADDRESSES } = await ask('/?HOST_INFO');
  const wanted = ADDRESSES.length ? ADDRESSES[0] : '127.0.0.1';
  const shown = () => page.locator('.peers-address').textContent();
  check(await soon(async () => (await shown()) === `http://${wanted}:${daemon.port}/#mode=phone`), 'a phone is shown where it finds the page', await shown());
  equal(await page.locator('.peers .dim', { hasText: '--http-bind' }).isHidden(), ADDRESSES.length > 0, 'and not told that it cannot');

  equal(await page.locator('select[data-choice="ruler"] option[value="dBSPL"]').isDisabled(), true, 'no dB SPL where nothing is in air');
  await page.locator('th[data-stage="pre"] button.choose').click();
  const names = page.locator('.plot-names span:not([hidden])');
  check(await soon(async () => (await names.allTextContents()).includes('H3')), 'harmonics of a clipped tone have names', (await names.allTextContents()).join(' '));
  const seen = await names.evaluateAll((all) => all.map((one) => ({ name: one.textContent, ...one.getBoundingClientRect().toJSON() })));
  const over = seen.flatMap((a, i) => seen.slice(i + 1).filter((b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
    .map((b) => `${a.name} ${b.name}`));
  equal(over, [], 'which do not lie on each other');
  await page.locator('.strip[data-stage="out"] .lamp').focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Tab'); // fader, value, mute
  const covered = () => page.evaluate(() => {
    const { left, width, top, height } = document.activeElement.getBoundingClientRect();
    return document.activeElement.closest('.strip') && document.elementFromPoint(left + width / 2, top + height / 2) !== document.activeElement;
  });
  check(await soon(async () => (await covered()) === false), 'what has the focus is not under the open drawer');
  await close(page);
}

let browser = null;
try {
  await daemon.start();
  check(daemon.port > 0, '--http-bind alone: the page has a port, though OSC has its own on this machine');
  browser = await openBrowser();
  for (const part of [lookOnly, longNames, desk]) {
    try {
      await part(browser);
    } catch (error) {
      check(false, part.name, error.message);
    }
  }
} finally {
  await browser?.close();
  await daemon.kill();
}
