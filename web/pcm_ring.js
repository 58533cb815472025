// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sound waiting between the network and the loudspeaker. It starts when enough has come to ride out a late
// packet, runs as long as there is some, and lets the oldest go when more waits than that: what is heard stays near.

/** A ring of frames for a few channels; push and pull may be of any size. */
export class PcmRing {
  /**
   * @param {number} channels
   * @param {number} room frames it can hold
   * @param {number} target frames that wait before it starts, and after it has let the oldest go
   */
  constructor(channels, room, target) {
    this.data = Array.from({ length: channels }, () => new Float32Array(room));
    this.room = room;
    this.target = Math.min(target, room);
    this.read = 0;
    this.fill = 0;
    this.running = false;
    this.pulled = false;
    this.underruns = 0;
    this.skipped = 0;
  }

  /**
   * @param {Float32Array} frames interleaved
   */
  push(frames) {
    const channels = this.data.length;
    const count = Math.floor(frames.length / channels);
    for (let i = 0; i < count; i++) {
      const at = (this.read + this.fill) % this.room;
      for (let c = 0; c < channels; c++) this.data[c][at] = frames[i * channels + c];
      if (this.fill === this.room) this.read = (this.read + 1) % this.room;
      else this.fill++;
    }
    if (this.fill > 3 * this.target || this.fill === this.room) this.#skip(this.fill - this.target);
    if (this.fill >= this.target) this.running = true;
  }

  /**
   * Fills each channel's array; with silence while nothing waits. One channel is heard on both sides.
   * @param {Float32Array[]} out
   */
  pull(out) {
    const frames = out[0].length;
    if (!this.pulled && this.running) {
      this.pulled = true; // what came while the loudspeaker was not there yet would be heard late for ever
      if (this.fill > this.target + frames) this.#skip(this.fill - this.target);
    }
    const enough = this.running && this.fill >= frames;
    if (this.running && !enough) {
      this.underruns++;
      this.running = false;
    }
    for (let c = 0; c < out.length; c++) {
      const data = this.data[Math.min(c, this.data.length - 1)];
      for (let i = 0; i < frames; i++) out[c][i] = enough ? data[(this.read + i) % this.room] : 0;
    }
    if (enough) this.#advance(frames);
  }

  #skip(frames) {
    this.skipped += frames;
    this.#advance(frames);
  }

  #advance(frames) {
    this.read = (this.read + frames) % this.room;
    this.fill -= frames;
  }
}
