// SPDX-License-Identifier: GPL-3.0-or-later
//
// The browser's loudspeaker: an audio context at the daemon's rate, a ring in its own thread, a gain with a limiter
// behind it, and how long all of that takes.

const CHANNELS = 2;
const RAMP_S = 0.02;

/**
 * @param {number} rate hertz of the frames that will come
 * @param {number} buffer seconds that wait in the ring
 * @param {(state: { seconds: number, running: boolean }) => void} tell a few times a second: how late it is heard
 */
export function soundOf(rate, buffer, tell) {
  const context = new AudioContext({ sampleRate: rate, latencyHint: 'interactive' });
  const volume = new GainNode(context, { gain: 1 });
  // Whatever is lifted, nothing above the ceiling: the same word as the daemon's safety stage, by the browser's means.
  const limiter = new DynamicsCompressorNode(context, { threshold: -3, knee: 0, ratio: 20, attack: 0.001, release: 0.2 });
  let node = null;
  let lifted = false;

  function connect() {
    volume.disconnect();
    limiter.disconnect();
    if (lifted) volume.connect(limiter).connect(context.destination);
    else volume.connect(context.destination);
  }

  async function start() {
    await context.audioWorklet.addModule(new URL('./listen_worklet.js', import.meta.url));
    node = new AudioWorkletNode(context, 'listen', {
      numberOfInputs: 0,
      outputChannelCount: [CHANNELS],
      processorOptions: { channels: CHANNELS, target: Math.round(buffer * rate) },
    });
    node.port.onmessage = ({ data }) => tell({
      seconds: data.fill / rate + context.baseLatency + (context.outputLatency || 0),
      running: data.running,
    });
    node.connect(volume);
    connect();
    await context.resume();
  }

  return {
    ready: start(),
    /** @param {{ channels: number, frames: Float32Array }} piece interleaved */
    push({ channels, frames }) {
      const stereo = channels === CHANNELS ? frames : twice(frames);
      node?.port.postMessage(stereo, [stereo.buffer]);
    },
    /** @param {number} db lifts what is heard; with a limiter behind it when above 0 */
    gain(db) {
      volume.gain.setTargetAtTime(10 ** (db / 20), context.currentTime, RAMP_S);
      if (lifted === db > 0) return;
      lifted = db > 0;
      connect();
    },
    close() {
      node?.disconnect();
      context.close();
    },
    context,
    volume,
  };
}

function twice(mono) {
  const stereo = new Float32Array(2 * mono.length);
  mono.forEach((sample, i) => {
    stereo[2 * i] = stereo[2 * i + 1] = sample;
  });
  return stereo;
}
