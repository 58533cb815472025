// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sound of wires, over the one WebSocket of the page: all that panels want to hear is said in one /pcm, what two of
// them want is sent once, and what is hidden ends. The daemon sends sound when nothing else waits.

const MAGIC = 0x50434d31; // "PCM1"
const HEADER = 32;
const AGAIN_MS = 3000; // until somebody else may have let a wire go
const PATHS = ['real', 'ideal', 'error'];

/**
 * @typedef {object} PcmPiece
 * @property {number} stage from 1
 * @property {'real'|'ideal'|'error'} path
 * @property {number} channels
 * @property {number} first number of its first frame: a jump is a gap
 * @property {number} rate hertz
 * @property {Float32Array} frames interleaved, full scale
 */

/**
 * Whether a packet is sound, and no OSC.
 * @param {ArrayBuffer} packet
 */
export function isSound(packet) {
  return packet.byteLength >= HEADER && new DataView(packet).getUint32(0) === MAGIC;
}

/**
 * What a packet carries; null: it is no sound. Header: "PCM1", then little-endian u16 channels, u16 path, u64 first
 * frame, u32 rate, u32 frames, u16 stage.
 * @param {ArrayBuffer} packet
 * @returns {PcmPiece|null}
 */
export function pieceOf(packet) {
  if (!isSound(packet)) return null;
  const view = new DataView(packet);
  const channels = view.getUint16(4, true);
  const count = view.getUint32(20, true) * channels;
  if (!channels || HEADER + 4 * count > packet.byteLength) return null;
  const frames = new Float32Array(packet.slice(HEADER, HEADER + 4 * count));
  return { stage: view.getUint16(24, true), path: PATHS[view.getUint16(6, true)], channels,
    first: Number(view.getBigUint64(8, true)), rate: view.getUint32(16, true), frames };
}

/** What the panels of one model hear. */
class Pcm {
  constructor(model) {
    this.model = model;
    this.wants = new Set();
    this.said = '';
    this.fault = '';
    this.timer = 0;
    model.link.onSound((packet) => this.#hand(pieceOf(packet)));
    model.on('link', ({ state }) => state === 'open' && this.say(true));
    model.on('chain', () => this.say(true));
    model.on('error', ({ address, text }) => {
      if (address !== '/pcm') return;
      this.fault = text;
      this.#again();
    });
    model.watch('/pcm', (told) => this.#heard(told));
  }

  /* Says what is wanted, where that is something else than before or has to be said again. */
  say(again = false) {
    const wires = new Set([...this.wants].filter(({ wire }) => wire).map(({ wire }) => wire.join(' ')));
    const next = [...wires].join(' ');
    if (next === this.said && !(again && next)) return;
    this.said = this.model.call('/pcm', ...(next ? next.split(' ') : [])) ? next : '';
  }

  #again() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say(true), AGAIN_MS);
  }

  /* The answer: pairs of stage and path that are heard now. Who misses his is told why. */
  #heard(told) {
    const heard = new Set();
    for (let i = 0; i + 1 < told.length; i += 2) heard.add(`${told[i]} ${told[i + 1]}`);
    for (const want of this.wants) {
      if (want.wire && this.fault && !heard.has(want.wire.join(' '))) want.refused(this.fault);
    }
    this.fault = '';
  }

  #hand(piece) {
    const id = piece && this.model.stages[piece.stage - 1]?.id;
    const takers = [...this.wants].filter(({ wire }) => wire && wire[0] === id && wire[1] === piece.path);
    takers.forEach(({ take }, i) => take(i + 1 < takers.length ? { ...piece, frames: piece.frames.slice() } : piece)); // a taker may give it away
  }
}

const ofModel = new WeakMap();

/**
 * @param {import('./model.js').Model} model
 * @param {(piece: PcmPiece) => void} take the frames are the taker's own
 * @param {(fault: string) => void} [refused] the daemon's words; it is tried again
 */
export function openPcm(model, take, refused = () => {}) {
  if (!ofModel.has(model)) ofModel.set(model, new Pcm(model));
  const pcm = ofModel.get(model);
  const want = { wire: null, take, refused };
  pcm.wants.add(want);
  return {
    /** @param {string} stage id @param {'real'|'ideal'|'error'} path */
    listen(stage, path) {
      want.wire = stage ? [stage, path] : null;
      pcm.say();
    },
    close() {
      pcm.wants.delete(want);
      pcm.say();
    },
  };
}
