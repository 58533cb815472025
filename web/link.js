// SPDX-License-Identifier: GPL-3.0-or-later
//
// The wire to the daemon: a WebSocket that carries OSC packets, comes back by itself, and says how it is.

import { decode, encode, typesOf } from './osc.js';
import { isSound } from './pcm_link.js';

/**
 * How the wire is.
 * @typedef {object} LinkState
 * @property {'connecting'|'open'|'lost'} state
 * @property {number} attempt since it was last open; 0 while it is
 * @property {number} retryAt time (ms, Date.now) of the next attempt while lost; else 0
 */

/**
 * @typedef {object} Link
 * @property {(address: string, ...args: Array) => boolean} send false: not sent, there is no wire, or it is full
 * @property {(packet: Uint8Array) => boolean} sendPacket
 * @property {(fn: (message: import('./osc.js').OscMessage) => void) => () => void} onMessage
 * @property {(fn: (command: object) => void) => () => void} onCommand OSCQuery's text frames
 * @property {(fn: (packet: ArrayBuffer) => void) => () => void} onSound frames that are no OSC, see pcm_link.js
 * @property {(fn: (state: LinkState) => void) => () => void} onState called at once, too
 * @property {LinkState} state
 * @property {() => void} retry now, instead of at retryAt
 * @property {() => void} close for good
 */

const BACKOFF_MS = [250, 500, 1000, 2000, 4000];
const FULL_BYTES = 65536; // more than this waiting: the wire does not keep up, and what is said now is dropped
const OPENING_MS = 4000;

function observers() {
  const set = new Set();
  return {
    add: (fn) => {
      set.add(fn);
      return () => set.delete(fn);
    },
    tell: (value) => set.forEach((fn) => fn(value)),
  };
}

/**
 * Opens a wire to `url` and keeps it open.
 * @param {string} url ws: or wss:
 * @param {{ WebSocket?: typeof WebSocket }} [platform]
 * @returns {Link}
 */
export function createLink(url, platform = globalThis) {
  const messages = observers();
  const commands = observers();
  const states = observers();
  const sounds = observers();
  let socket = null;
  let timer = 0;
  let closed = false;
  const link = { state: { state: 'connecting', attempt: 0, retryAt: 0 } };

  function become(state) {
    link.state = state;
    states.tell(state);
  }

  function hear(data) {
    if (typeof data === 'string') {
      try {
        commands.tell(JSON.parse(data));
      } catch (error) {
        console.warn('not JSON:', error.message);
      }
      return;
    }
    if (isSound(data)) {
      sounds.tell(data);
      return;
    }
    let heard = [];
    try {
      heard = decode(data);
    } catch (error) {
      console.warn('not OSC:', error.message);
    }
    heard.forEach(messages.tell);
  }

  function lose(mine) {
    if (mine !== socket || closed) return;
    socket = null;
    const attempt = link.state.attempt + 1;
    const wait = BACKOFF_MS[Math.min(attempt - 1, BACKOFF_MS.length - 1)] * (0.8 + 0.4 * Math.random());
    clearTimeout(timer);
    timer = setTimeout(open, wait);
    become({ state: 'lost', attempt, retryAt: Date.now() + wait });
  }

  function open() {
    clearTimeout(timer);
    const mine = new platform.WebSocket(url);
    socket = mine;
    mine.binaryType = 'arraybuffer';
    timer = setTimeout(() => {
      if (mine.readyState !== 1) {
        lose(mine);
        mine.close();
      }
    }, OPENING_MS);
    mine.onopen = () => {
      clearTimeout(timer);
      if (mine === socket) become({ state: 'open', attempt: 0, retryAt: 0 });
    };
    mine.onmessage = (event) => mine === socket && hear(event.data);
    mine.onclose = () => lose(mine);
    mine.onerror = () => {}; // a close follows
  }

  link.sendPacket = (packet) => {
    if (!socket || socket.readyState !== 1 || socket.bufferedAmount > FULL_BYTES) return false;
    socket.send(packet);
    return true;
  };
  link.send = (address, ...args) => link.sendPacket(encode(address, typesOf(args), args));
  link.onMessage = messages.add;
  link.onCommand = commands.add;
  link.onSound = sounds.add;
  link.onState = (fn) => {
    fn(link.state);
    return states.add(fn);
  };
  link.retry = () => link.state.state === 'lost' && open();
  link.close = () => {
    closed = true;
    clearTimeout(timer);
    if (socket) socket.close();
  };
  open();
  return link;
}
