// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sound behind one stage, over a WebSocket of its own, so that it never stands before what hands turn: the page
// says /pcm with a stage and a path, the daemon sends frames until it is told otherwise.

import { decode, encode } from './osc.js';

const MAGIC = 0x50434d31; // "PCM1"
const HEADER = 32;
const AGAIN_MS = 1500;

/**
 * @typedef {object} PcmPiece
 * @property {number} channels
 * @property {number} first number of its first frame: a jump is a gap
 * @property {number} rate hertz
 * @property {Float32Array} frames interleaved, full scale
 */

/**
 * What a packet carries; null: it is no sound. Header: "PCM1", then little-endian u16 channels, u16 path, u64 first
 * frame, u32 rate, u32 frames, u16 stage.
 * @param {ArrayBuffer} packet
 * @returns {PcmPiece|null}
 */
export function pieceOf(packet) {
  const view = new DataView(packet);
  if (packet.byteLength < HEADER || view.getUint32(0) !== MAGIC) return null;
  const channels = view.getUint16(4, true);
  const count = view.getUint32(20, true) * channels;
  if (!channels || HEADER + 4 * count > packet.byteLength) return null;
  const frames = new Float32Array(packet.slice(HEADER, HEADER + 4 * count));
  return { channels, first: Number(view.getBigUint64(8, true)), rate: view.getUint32(16, true), frames };
}

/**
 * @param {(piece: PcmPiece) => void} take
 * @param {(fault: string) => void} [refused] the daemon's words
 * @param {string} [url]
 */
export function openPcm(take, refused = () => {}, url = new URL('/', location.href).href.replace(/^http/, 'ws')) {
  let socket = null;
  let wanted = null;
  let timer = 0;

  function say() {
    if (socket?.readyState === WebSocket.OPEN && wanted) socket.send(encode('/pcm', 'ss', wanted));
  }

  function hear(data) {
    if (typeof data === 'string') return;
    const piece = pieceOf(data);
    if (piece) take(piece);
    else decode(data).filter(({ address }) => address === '/error').forEach(({ args }) => refused(args[2]));
  }

  function open() {
    const mine = new WebSocket(url);
    socket = mine;
    mine.binaryType = 'arraybuffer';
    mine.onopen = say;
    mine.onmessage = (event) => mine === socket && hear(event.data);
    mine.onclose = () => {
      if (mine === socket) timer = setTimeout(open, AGAIN_MS);
    };
  }

  open();
  return {
    /** @param {string} stage id @param {'real'|'ideal'|'error'} path */
    listen(stage, path) {
      if (wanted?.[0] === stage && wanted[1] === path) return; // said again it would be a gap
      wanted = [stage, path];
      say();
    },
    close() {
      clearTimeout(timer);
      const mine = socket;
      socket = null;
      mine?.close();
    },
  };
}
