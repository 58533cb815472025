// SPDX-License-Identifier: GPL-3.0-or-later
//
// What hands do faster than a loaded machine lets a test be: keys, fingers and the mouse as bursts that the browser gets
// at once, each event with the time at which it happens, and never beside what they are meant for.

import { until } from './rig.mjs';

const KEYS = {
  ArrowDown: { code: 'ArrowDown', windowsVirtualKeyCode: 40 },
  ArrowUp: { code: 'ArrowUp', windowsVirtualKeyCode: 38 },
  Enter: { code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
  Escape: { code: 'Escape', windowsVirtualKeyCode: 27 },
  Tab: { code: 'Tab', windowsVirtualKeyCode: 9 },
};
const LINGERS = 20; // pictures

/* When the event with this number happens, in seconds: `apart` milliseconds between two of them, the last one now. All of
   them after the page began and after what was dealt before: no event is older than that. */
async function clock(page, apart, last) {
  await page.waitForFunction((span) => performance.now() > (globalThis.dealt ?? 0) + span, apart * (last + 2));
  await page.evaluate(() => {
    globalThis.dealt = performance.now();
  });
  const now = Date.now();
  return (i) => (now - (last - i) * apart) / 1000;
}

/**
 * Presses keys, `apart` milliseconds from one to the next whatever the machine's load.
 * @returns {Promise<{ pause: number, passed: string[] }>} for how many ms the page has waited at most for the next of
 *   them; what lists have come by
 */
export async function keys(page, names, apart = 20) {
  const cdp = await page.context().newCDPSession(page);
  await page.evaluate(() => {
    const times = [];
    const passed = [];
    const see = ({ type, target }) => {
      times.push(performance.now());
      if (type === 'change') passed.push(target.value);
    };
    for (const kind of ['keydown', 'change']) document.addEventListener(kind, see, true);
    globalThis.pressed = () => {
      for (const kind of ['keydown', 'change']) document.removeEventListener(kind, see, true);
      return { pause: Math.max(0, ...times.slice(1).map((at, i) => at - times[i])), passed };
    };
  });
  const at = await clock(page, apart, names.length - 1);
  await Promise.all(names.flatMap((name, i) => {
    const { text, ...key } = KEYS[name];
    const event = { key: name, ...key, timestamp: at(i) };
    return [cdp.send('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', text, ...event }),
      cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event })];
  }));
  await cdp.detach();
  return page.evaluate(() => globalThis.pressed());
}

/** Where something is, as soon as it has stayed there for some pictures: what is still to come may move it. */
export async function steadyBox(locator) {
  const boxes = [];
  return until(async () => {
    await locator.page().evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    boxes.push(await locator.boundingBox());
    const last = boxes.slice(-4).map((box) => JSON.stringify(box));
    return last.length === 4 && last.every((box) => box === last[0]) && boxes.at(-1);
  });
}

/** Takes hold of something that can be turned, and moves the mouse by so many pixels downwards. */
export async function drag(page, locator, by) {
  const taken = await until(async () => {
    await page.evaluate(() => document.activeElement?.blur());
    const box = await steadyBox(locator);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    if (await locator.evaluate((node) => node === document.activeElement)) return box;
    return page.mouse.up(); // the page has moved meanwhile
  });
  await page.mouse.move(taken.x + taken.width / 2, taken.y + taken.height / 2 + by, { steps: 8 });
  await page.mouse.up();
}

function fingers(cdp, at) {
  const send = (type, points, i) => cdp.send('Input.dispatchTouchEvent', {
    type, timestamp: at(i), touchPoints: points.map(([x, y], id) => ({ x, y, id })),
  });
  return {
    step: (steps, i) => send(steps[i].length > (steps[i - 1]?.length ?? 0) ? 'touchStart' : 'touchMove', steps[i], i),
    lift: (i) => send('touchEnd', [], i),
  };
}

/**
 * A finger on the glass, too quick to be taken for one that is pressed down. Each step is a list of points; the last
 * stays for a while before it is lifted, so that nothing is thrown.
 * @param {number[][][]} steps
 */
export async function touch(page, steps) {
  const cdp = await page.context().newCDPSession(page);
  const { step, lift } = fingers(cdp, await clock(page, 16, steps.length + LINGERS));
  await Promise.all([...steps.map((_, i) => step(steps, i)), lift(steps.length + LINGERS)]);
  await cdp.detach();
}

/** Fingers whose every step the page has seen before the next comes: it may take two of them for a zoom. */
export async function touchSlowly(page, steps) {
  const cdp = await page.context().newCDPSession(page);
  const { step, lift } = fingers(cdp, () => Date.now() / 1000);
  for (let i = 0; i < steps.length; i++) await step(steps, i);
  await lift(steps.length);
  await cdp.detach();
}
