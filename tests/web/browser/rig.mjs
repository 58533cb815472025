// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the tests in a browser stand on: a daemon of their own that can be killed and started again, the browser, OSC
// by the tool (which is no part of the page), and results as lines "ok TEXT" and "not ok TEXT".

import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const run = promisify(execFile);

export function check(good, text, detail = '') {
  console.log(`${good ? 'ok' : 'not ok'} ${text}${good || detail === '' ? '' : ` (${detail})`}`.replace(/\n/g, ' '));
  return good;
}

export function equal(got, expected, text) {
  return check(JSON.stringify(got) === JSON.stringify(expected), text, `got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`);
}

/** Looks that are tries, and take seconds each. */
export const TRIES = 5;

/** How long anything may take where others need the machine, too. Nobody waits for it but a test that fails. */
export const PATIENCE_S = 60;
const STARTING_S = 120;

/**
 * Waits until `probe` gives something true, which it returns; else the last it gave. What is so starved that a look takes
 * seconds gets so many looks.
 */
export async function until(probe, seconds = PATIENCE_S, looks = 100) {
  const end = Date.now() + seconds * 1000;
  for (let look = 1; ; look++) {
    const found = await probe();
    if (found || (Date.now() > end && look >= looks)) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits until `probe` gives what is expected: what a page shows comes a moment after its cause. */
export async function becomes(probe, expected, text, looks) {
  let got;
  await until(async () => {
    got = await probe();
    return JSON.stringify(got) === JSON.stringify(expected);
  }, PATIENCE_S, looks);
  return equal(got, expected, text);
}

/** A daemon, and its port once it runs. */
export class Daemon {
  constructor(programs, chain, options) {
    Object.assign(this, { programs, chain, options, port: 0, url: '' });
  }

  async start() {
    const child = spawn(this.programs.gainstaged, ['--osc-port', String(this.port), ...this.options, this.chain],
      { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    process.once('exit', () => child.kill('SIGKILL')); // whatever else has happened
    let said = '';
    child.stderr.on('data', (data) => {
      said += data;
    });
    const page = await until(() => /page at (http:\S+)/.exec(said) ?? (child.exitCode !== null && ['', '']), STARTING_S);
    if (!page?.[1]) throw new Error(`the daemon does not start: ${said}`);
    this.url = page[1];
    this.port = Number(new URL(this.url).port);
    if (!await until(() => /running at/.test(said), STARTING_S)) throw new Error(`the daemon does not run: ${said}`);
  }

  async kill() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }

  async get(address) {
    const { stdout } = await run(this.programs.gainstage, ['get', '--wait', String(PATIENCE_S), '--port', String(this.port), address]);
    return stdout.trim();
  }

  async set(address, ...values) {
    await run(this.programs.gainstage, ['set', '--wait', String(PATIENCE_S), '--port', String(this.port), address, ...values.map(String)]);
  }
}

/** A browser, and what its pages complained about. */
export async function openBrowser() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    timeout: 1000 * STARTING_S,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
  });
  return browser;
}

export async function openPage(browser, url, options = {}) {
  const { width = 1440, height = 900, ...others } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: 'light', ...others });
  context.setDefaultTimeout(1000 * PATIENCE_S);
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(error.stack ?? String(error)));
  page.on('console', (message) => message.type() === 'error' && page.complaints.push(message.text()));
  await page.goto(url);
  return page;
}

/** Waits until the page has drawn so many pictures more: what was to be laid out anew by then is. */
export async function pictures(page, count = 8) {
  const drawn = () => page.evaluate(() => Number(document.querySelector('.diagram')?.dataset.frames ?? 0));
  const before = await drawn();
  await until(async () => (await drawn()) >= before + count);
}

/** Reads "−12.3" and "+4.0" as numbers, a dash as NaN. */
export function numberOf(text) {
  return Number.parseFloat(text.replace('−', '-'));
}
