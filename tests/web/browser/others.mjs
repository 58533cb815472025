// SPDX-License-Identifier: GPL-3.0-or-later
//
// The page in Firefox and in WebKit against a live daemon: each draws all modes, keeps its console empty, does what a
// key says, and hears. Arguments as in diagram.mjs; in the environment OTHERS, which of them, and SHOTS, a folder for
// pictures.

import { Firefox, WebKit } from './drivers.mjs';
import { check, Daemon, until } from './rig.mjs';

const [gainstaged, gainstage, , chains, name] = process.argv.slice(2);
const daemon = new Daemon({ gainstaged, gainstage }, `${chains}/demo.json`, ['--name', name, '--connect', 'none', '--chain-dir', chains]);

const KINDS = { firefox: Firefox, webkit: WebKit };
const SIZES = { desk: [1440, 900], projector: [1600, 900], phone: [450, 844] };
const UP = '\uE013';

const FRAMES = "Number(document.querySelector('.diagram')?.dataset.frames ?? 0)";
const WIDER = 'document.documentElement.scrollWidth - innerWidth';
const VALUE = "document.activeElement.getAttribute('aria-valuenow')";
const STATUS = "document.querySelector('.listen [role=status]').textContent";

/* How many colours stand on the level diagram: a blank one has one, and one without a height none. */
const COLOURS = `(() => {
  const canvas = document.querySelector('.level-plot canvas');
  const brush = canvas.getContext('2d');
  if (!(canvas.clientHeight > 100)) return 0;
  const { data } = brush.getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
})()`;

async function draws(browser, who, mode) {
  await browser.open(`${daemon.url}#mode=${mode}&theme=dark`, ...SIZES[mode]);
  const drawn = await until(() => browser.see(`${FRAMES} > 10`));
  check(drawn && await until(async () => await browser.see(COLOURS) >= 8), `${who}, ${mode}: the diagram is drawn`, `${await browser.see(COLOURS)} colours`);
  check(await until(async () => await browser.see(WIDER) <= 0), `${who}, ${mode}: nothing stands out of the window`);
  if (process.env.SHOTS) await browser.photograph(`${process.env.SHOTS}/${who}-${mode}.png`);
}

async function turns(browser, who) {
  await until(() => browser.see("document.querySelector('.strip[data-stage=vox] .fader') !== null"));
  await browser.see("document.querySelector('.strip[data-stage=vox] .fader').focus()");
  const before = Number(await daemon.get('/stage/vox/gain'));
  check(await until(async () => Number(await browser.see(VALUE)) === before), `${who}: a fader stands where the gain is`);
  await browser.press(UP);
  const after = await until(async () => Math.abs(Number(await daemon.get('/stage/vox/gain')) - before - 1) < 0.01);
  check(after, `${who}: a key turns a gain by a decibel`);
  const lit = await until(() => browser.see("Number(document.querySelector('.strip[data-stage=master] .meter-out').getAttribute('aria-valuenow')) > -60"));
  check(lit, `${who}: meters move`);
  await browser.see("document.querySelector('th[data-stage=pre] button.choose').click()");
  check(await until(() => browser.see("document.querySelectorAll('.drawer-row').length > 8")), `${who}: the drawer opens`);
  if (process.env.SHOTS) await browser.photograph(`${process.env.SHOTS}/${who}-drawer.png`);
  await daemon.set('/stage/vox/gain', '--', before);
}

/* A machine without a sound card has a sink for WebKit's sound, none for Firefox's. */
async function hears(browser, who) {
  await browser.see("document.querySelector('.here').click()");
  check(await until(async () => /heard \d+ ms/.test(await browser.see(STATUS))), `${who}: sound is heard here`, await browser.see(STATUS));
}

async function tryOut(who) {
  const browser = new KINDS[who]();
  try {
    await browser.start();
    for (const mode of ['phone', 'projector', 'desk']) await draws(browser, who, mode);
    await turns(browser, who);
    if (who === 'webkit') await hears(browser, who);
    const complaints = await browser.complaints();
    check(complaints.length === 0, `${who}: nothing on the console`, complaints.join('; '));
  } catch (error) {
    check(false, `${who}: the test came to its end`, error.stack);
  } finally {
    await browser.stop().catch(() => {});
  }
}

await daemon.start();
try {
  for (const who of process.env.OTHERS.split(' ')) await tryOut(who);
} finally {
  await daemon.kill();
}
process.exit(0);
