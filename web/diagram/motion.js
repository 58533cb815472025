// SPDX-License-Identifier: GPL-3.0-or-later
//
// What moves by itself: the way from one view to the other, lines that glide to where they belong, peaks that are
// held and fall, the flash of a clip. With prefers-reduced-motion everything is where it belongs at once.

const VIEW_MS = 650;
const GLIDE_MS = 55;
const HOLD_MS = 10000; // the tick of the held peak
const FALL_DB_S = 11.8; // IEC 60268-10 type I: 20 dB in 1.7 s
const FLASH_MS = 900;

const reduced = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)');

/** @returns {boolean} whether this person wants nothing to move that need not */
export function still() {
  return reduced?.matches ?? false;
}

const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);

/** From 0 (stages) to 1 (source), softly. */
export class ViewShift {
  constructor(view) {
    this.to = view === 'source' ? 1 : 0;
    this.from = this.to;
    this.start = -Infinity;
    this.t = this.to;
  }

  turn(view, ms) {
    const to = view === 'source' ? 1 : 0;
    if (to === this.to) return;
    this.from = this.t;
    this.to = to;
    this.start = ms;
  }

  frame(ms) {
    const passed = still() ? 1 : Math.min(1, (ms - this.start) / VIEW_MS);
    this.t = this.from + (this.to - this.from) * ease(passed);
    if (passed >= 1) this.t = this.to;
    return this.t;
  }
}

/** Numbers by key that glide to their targets; what is no number, or has just become one, jumps. */
export class Glide {
  constructor() {
    this.now = new Map();
    this.share = 1;
    this.moved = false; // something is elsewhere than in the picture before
  }

  frame(passedMs) {
    this.moved = false;
    this.share = still() ? 1 : 1 - Math.exp(-passedMs / GLIDE_MS);
  }

  to(key, target) {
    const now = this.now.get(key);
    const next = Number.isFinite(now) && Number.isFinite(target) ? now + (target - now) * this.share : target;
    const close = Math.abs(target - next) < 0.01 ? target : next;
    if (!Object.is(now, close)) {
      this.now.set(key, close);
      this.moved = true;
    }
    return close;
  }
}

/** A peak as a person can see it: falls slowly, and leaves a tick at the highest of the last ten seconds. */
export class Peak {
  constructor() {
    this.forget();
  }

  forget() {
    this.shown = -Infinity;
    this.held = -Infinity;
    this.heldAt = -Infinity;
  }

  take(db, ms, passedMs) {
    this.shown = Math.max(db, this.shown - (FALL_DB_S * passedMs) / 1000);
    if (db >= this.held || ms - this.heldAt > HOLD_MS) {
      this.held = db;
      this.heldAt = ms;
    }
  }
}

/** Lights up when a count grows, and fades. */
export class Flash {
  constructor() {
    this.count = 0;
    this.at = -Infinity;
  }

  take(count, ms) {
    if (count > this.count) this.at = ms;
    this.count = count;
  }

  /** @returns {number} 1 fresh to 0 gone; with reduced motion on or off */
  strength(ms) {
    const left = 1 - (ms - this.at) / FLASH_MS;
    return still() ? Number(left > 0) : Math.max(0, left);
  }
}
