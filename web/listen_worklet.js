// SPDX-License-Identifier: GPL-3.0-or-later
//
// The end of the wire in the browser's own audio thread: what the page hands over waits in a ring and goes out.

import { PcmRing } from './pcm_ring.js';

const ROOM_S = 2;
const REPORT_S = 0.25;

class ListenProcessor extends AudioWorkletProcessor {
  constructor({ processorOptions: { channels, target } }) {
    super();
    this.ring = new PcmRing(channels, Math.round(ROOM_S * sampleRate), target);
    this.reported = 0;
    this.port.onmessage = ({ data }) => this.ring.push(data);
  }

  process(_inputs, [out]) {
    this.ring.pull(out);
    this.reported += out[0].length;
    if (this.reported >= REPORT_S * sampleRate) {
      this.reported = 0;
      const { fill, underruns, skipped, running } = this.ring;
      this.port.postMessage({ fill, underruns, skipped, running });
    }
    return true;
  }
}

registerProcessor('listen', ListenProcessor);
