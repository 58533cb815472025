// SPDX-License-Identifier: GPL-3.0-or-later
//
// Hearing it here: the wire that is listened to, as the browser's own sound, with how late it is. For a room of phones
// without a sound card.

import { el, setAttribute, setText } from './element.js';
import { openPcm } from './pcm_link.js';
import { soundOf } from './sound.js';

const BUFFER_S = 0.08; // rides out a late packet of a wireless network

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 * @param {() => { stage: string, path: string, gain: number }} wanted what is listened to
 */
export function createHere(model, text, wanted) {
  const words = text.listen;
  const button = el('button.here', { type: 'button', onclick: () => (player ? stop() : start()) });
  const late = el('p.dim', { role: 'status' });
  let player = null;
  let pcm = null;

  function show() {
    setAttribute(button, 'aria-pressed', String(Boolean(player)));
    setText(button, player ? words.stopHere : words.startHere);
    setText(late, player ? words.waiting : words.hereHint);
  }

  /* The browser lets nobody make sound but a hand: the context is made in the click. */
  async function start() {
    const rate = Number(model.value('/audio')?.[1] ?? 48000);
    try {
      player = soundOf(rate, BUFFER_S, tell);
      show();
      await player.ready;
      pcm = openPcm(model, (piece) => player?.push(piece), (fault) => setText(late, words.noSound(fault)));
      follow(); // what is wanted by now
    } catch (error) {
      stop();
      setText(late, words.noSound(error.message));
    }
  }

  function tell({ seconds, running }) {
    setText(late, running ? words.late(Math.round(1000 * seconds)) : words.waiting);
  }

  function stop() {
    pcm?.close();
    player?.close();
    pcm = player = null;
    show();
  }

  const stops = [model.on('chain', () => follow())];
  function follow() {
    if (!player || !pcm) return;
    const { stage, path, gain } = wanted();
    pcm.listen(stage, path);
    player.gain(gain);
  }
  show();
  return {
    element: el('div.block', {}, button, late),
    follow,
    destroy() {
      stops.forEach((end) => end());
      stop();
    },
  };
}
