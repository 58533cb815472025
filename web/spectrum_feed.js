// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sound behind one stage, cut into pieces for the spectrum: what it is and what is wrong with it, of the same time.

import { openPcm } from './pcm_link.js';

const SIZE = 8192; // 5.9 Hz a bin at 48 kHz, and six pictures a second

/**
 * @param {import('./model.js').Model} model
 * @param {(real: Float32Array, wrong: Float32Array, rate: number) => void} show
 * @param {(fault: string) => void} refused
 */
export function createSpectrumFeed(model, show, refused) {
  const lanes = new Map(['real', 'error'].map((path) => [path, { sound: new Float32Array(SIZE), fill: 0, pcm: null }]));

  /* The first channel: what a mono stage has, and the left of two. */
  function take(lane, { channels, frames, rate }) {
    const count = Math.min(frames.length / channels, SIZE - lane.fill);
    for (let i = 0; i < count; i++) lane.sound[lane.fill + i] = frames[i * channels];
    lane.fill += count;
    const [real, wrong] = lanes.values();
    if (real.fill < SIZE || wrong.fill < SIZE) return;
    show(real.sound, wrong.sound, rate);
    real.fill = wrong.fill = 0;
  }

  return {
    /** @param {string|null} stage id; null: nobody looks */
    look(stage) {
      for (const [path, lane] of lanes) {
        lane.fill = 0;
        if (!stage) lane.pcm?.close();
        lane.pcm = stage ? lane.pcm ?? openPcm(model, (piece) => take(lane, piece), refused) : null;
        lane.pcm?.listen(stage, path);
      }
    },
  };
}
