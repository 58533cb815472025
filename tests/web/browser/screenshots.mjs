// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pictures of the page for people: both chains, all modes, both themes. Called by doc/screenshots. Arguments:
// gainstaged, gainstage, folder of chains, client name, folder for the pictures.

import { Daemon, openBrowser, openPage, until } from './rig.mjs';

const [gainstaged, gainstage, chains, name, to] = process.argv.slice(2);
const SIZES = {
  projector: { width: 1600, height: 900 },
  desk: { width: 1440, height: 960 },
  phone: { width: 390, height: 844, deviceScaleFactor: 2, hasTouch: true },
};
const PLAYING_MS = 2500; // long enough for meters to rise and noise to be read

const daemon = new Daemon({ gainstaged, gainstage }, `${chains}/podcast-sm7b.json`,
  ['--name', name, '--connect', 'none', '--chain-dir', chains]);

async function shoot(browser, file, hash, size) {
  const page = await openPage(browser, `${daemon.url}#${hash}`, size);
  await until(() => page.evaluate(() => Number(document.querySelector('.diagram')?.dataset.frames ?? 0)));
  await page.waitForTimeout(PLAYING_MS);
  await page.screenshot({ path: `${to}/${file}.png` });
  await page.context().close();
}

async function shootAll(browser, chain) {
  for (const [mode, size] of Object.entries(SIZES)) {
    for (const theme of ['light', 'dark']) {
      await shoot(browser, `${chain}-${mode}-${theme}`, `mode=${mode}&theme=${theme}`, size);
    }
  }
  await shoot(browser, `${chain}-source-dark`, 'mode=projector&view=source&theme=dark', SIZES.projector);
}

await daemon.start();
const browser = await openBrowser();
try {
  await shootAll(browser, 'good');
  await daemon.set('/chain/load', 'too-hot');
  await shootAll(browser, 'bad');
} finally {
  await browser.close();
  await daemon.kill();
}
