// SPDX-License-Identifier: GPL-3.0-or-later
//
// OSC 1.0 packets: what is sent and heard is messages, alone or in bundles. Pure; knows no network.

/**
 * One message as it was heard.
 * @typedef {object} OscMessage
 * @property {string} address
 * @property {string} types type tags without the comma; "" when there are none
 * @property {Array<number|string|boolean|null|bigint|Uint8Array>} args one per tag
 */

const text = new TextEncoder();
const utf8 = new TextDecoder();
const padded = (size) => (size + 3) & ~3;

const writers = {
  i: (out, value) => out.four((view, at) => view.setInt32(at, value)),
  f: (out, value) => out.four((view, at) => view.setFloat32(at, value)),
  h: (out, value) => out.eight((view, at) => view.setBigInt64(at, BigInt(value))),
  t: (out, value) => out.eight((view, at) => view.setBigUint64(at, BigInt(value))),
  d: (out, value) => out.eight((view, at) => view.setFloat64(at, value)),
  s: (out, value) => out.text(String(value)),
  b: (out, value) => out.blob(value),
  T: () => {},
  F: () => {},
  N: () => {},
  I: () => {},
};

const readers = {
  i: (from) => from.take(4, (view, at) => view.getInt32(at)),
  f: (from) => from.take(4, (view, at) => view.getFloat32(at)),
  h: (from) => from.take(8, (view, at) => view.getBigInt64(at)),
  t: (from) => from.take(8, (view, at) => view.getBigUint64(at)),
  d: (from) => from.take(8, (view, at) => view.getFloat64(at)),
  s: (from) => from.text(),
  S: (from) => from.text(),
  b: (from) => from.blob(),
  T: () => true,
  F: () => false,
  N: () => null,
  I: () => Infinity,
};

class Writer {
  constructor() {
    this.bytes = new Uint8Array(128);
    this.size = 0;
  }

  room(size) {
    if (this.size + size > this.bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.size + size));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.size += size;
    return this.size - size;
  }

  put(size, set) {
    const at = this.room(size);
    set(new DataView(this.bytes.buffer), at);
  }

  four(set) {
    this.put(4, set);
  }

  eight(set) {
    this.put(8, set);
  }

  text(value) {
    const bytes = text.encode(value);
    const at = this.room(padded(bytes.length + 1));
    this.bytes.set(bytes, at);
  }

  blob(value) {
    this.four((view, at) => view.setInt32(at, value.length));
    const at = this.room(padded(value.length));
    this.bytes.set(value, at);
  }
}

const KNOWN_MAX = 8192;
const known = new Map(); // hash of its bytes -> { bytes, words }

/* Addresses come again and again, thousands a second: one that was read before is found by its bytes. */
function wordsOf(bytes, from, end) {
  let hash = 0;
  for (let i = from; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  const found = known.get(hash);
  if (found && same(found.bytes, bytes, from, end)) return found.words;
  const mine = bytes.slice(from, end);
  const words = utf8.decode(mine);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(hash, { bytes: mine, words });
  return words;
}

function same(mine, bytes, from, end) {
  if (mine.length !== end - from) return false;
  for (let i = 0; i < mine.length; i++) {
    if (mine[i] !== bytes[from + i]) return false;
  }
  return true;
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.within(0, bytes.length);
  }

  /* Reads from here on, to there; padding is counted from the start. */
  within(start, end) {
    this.start = this.at = start;
    this.end = end;
  }

  take(size, get) {
    if (this.at + size > this.end) throw new RangeError('OSC packet ends early');
    this.at += size;
    return get(this.view, this.at - size);
  }

  text() {
    const from = this.at;
    let end = from;
    while (end < this.end && this.bytes[end] !== 0) end++;
    if (end >= this.end) throw new RangeError('OSC text without an end');
    this.at = this.start + padded(end + 1 - this.start);
    return wordsOf(this.bytes, from, end);
  }

  blob() {
    const size = this.take(4, (view, at) => view.getInt32(at));
    if (size < 0 || this.at + size > this.end) throw new RangeError('OSC blob ends early');
    this.at += padded(size);
    return this.bytes.slice(this.at - padded(size), this.at - padded(size) + size);
  }

  message() {
    const address = this.text();
    if (this.at >= this.end) return { address, types: '', args: [] };
    const types = this.text().slice(1);
    const args = [];
    for (const tag of types) {
      if (!readers[tag]) throw new TypeError(`OSC type '${tag}' is not known`);
      args.push(readers[tag](this));
    }
    return { address, types, args };
  }
}

/**
 * A packet of one message.
 * @param {string} address
 * @param {string} [types] one tag of i f s b T F N I d h t for each argument
 * @param {Array} [args]
 * @returns {Uint8Array}
 */
export function encode(address, types = '', args = []) {
  const out = new Writer();
  out.text(address);
  out.text(`,${types}`);
  for (let i = 0; i < types.length; i++) {
    if (!writers[types[i]]) throw new TypeError(`OSC type '${types[i]}' is not known`);
    writers[types[i]](out, args[i]);
  }
  return out.bytes.slice(0, out.size);
}

/**
 * Type tags of plain values: numbers are floats, texts texts, true T, false F, null N, bigint h, bytes b.
 * @param {Array} args
 * @returns {string}
 */
export function typesOf(args) {
  return args.map((arg) => {
    if (arg === null || arg === undefined) return 'N';
    if (typeof arg === 'boolean') return arg ? 'T' : 'F';
    if (typeof arg === 'bigint') return 'h';
    if (arg instanceof Uint8Array) return 'b';
    return typeof arg === 'number' ? 'f' : 's';
  }).join('');
}

const BUNDLE_HEAD = 16; // "#bundle", its end, and a time tag
const DEPTH_MAX = 8;

function gather(from, start, end, depth, messages) {
  from.within(start, end);
  if (from.bytes[start] !== 0x23) {
    messages.push(from.message());
    return;
  }
  if (depth > DEPTH_MAX) throw new RangeError('OSC bundles too deep');
  for (let at = start + BUNDLE_HEAD; at + 4 <= end;) {
    const size = from.view.getInt32(at);
    if (size < 0 || at + 4 + size > end) throw new RangeError('OSC bundle ends early');
    gather(from, at + 4, at + 4 + size, depth + 1, messages);
    at += 4 + size;
  }
}

/**
 * The messages of a packet, those of bundles in their order. Throws a RangeError or TypeError for what is none.
 * @param {ArrayBuffer|Uint8Array} packet
 * @returns {OscMessage[]}
 */
export function decode(packet) {
  const bytes = packet instanceof Uint8Array ? packet : new Uint8Array(packet);
  const messages = [];
  gather(new Reader(bytes), 0, bytes.length, 0, messages);
  return messages;
}
