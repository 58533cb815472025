// SPDX-License-Identifier: GPL-3.0-or-later
//
// A clock that a test turns: the timers and Date.now of the global scope stand still until tick(). node's own
// (mock.timers) has no Date before version 20, and Debian 12 has 18.

const NAMES = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'];

/**
 * Stops time.
 * @returns {{ tick: (ms: number) => void, restore: () => void }} tick: lets time pass and runs what is due, in its
 *   order, each at its own moment; restore: gives the real clock back
 */
export function stopClock() {
  const real = Object.fromEntries(NAMES.map((name) => [name, globalThis[name]]));
  const realNow = Date.now;
  const waiting = new Map(); // by number: { due, every, run }
  let now = realNow();
  let last = 0;

  function start(run, ms, every) {
    waiting.set(++last, { due: now + Math.max(ms, 1), every, run });
    return last;
  }

  const stop = (number) => void waiting.delete(number);

  Object.assign(globalThis, {
    setTimeout: (run, ms = 0, ...args) => start(() => run(...args), ms, 0),
    setInterval: (run, ms = 0, ...args) => start(() => run(...args), ms, Math.max(ms, 1)),
    clearTimeout: stop,
    clearInterval: stop,
  });
  Date.now = () => now;

  return {
    tick(ms) {
      const end = now + ms;
      for (;;) {
        const [number, next] = [...waiting].reduce((a, b) => (b[1].due < a[1].due ? b : a), [0, { due: Infinity }]);
        if (next.due > end) break;
        now = next.due;
        if (next.every) next.due += next.every;
        else waiting.delete(number);
        next.run();
      }
      now = end;
    },
    restore() {
      Object.assign(globalThis, real);
      Date.now = realNow;
    },
  };
}
