// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every word that the page says, in English: one block a panel. Another language is another file like this one.

import { clock, decibels } from '../diagram/format.js';

export const text = {
  page: {
    title: 'gainstaged',
    board: 'Level diagram and strips',
  },

  bar: {
    looks: 'Look',
    labels: { mode: 'mode', view: 'view', ruler: 'ruler', theme: 'colours' },
    hint: (label, key) => `${label}: key ${key}`,
    sound: (rate, xruns) => `${rate / 1000} kHz${xruns ? `, ${xruns} xruns` : ''}`,
    noSound: 'no sound: waiting for a JACK server',
    mode: { desk: 'desk', projector: 'projector', phone: 'phone' },
    view: { stages: 'as each stage sees it', source: 'seen from the source' },
    ruler: { dBu: 'dBu', dBFS: 'dBFS', dBSPL: 'dB SPL' },
    theme: { auto: 'system colours', light: 'light', dark: 'dark' },
    link: { connecting: 'connecting', open: 'connected', lost: 'connection lost' },
  },

  pin: {
    lookOnly: 'Look only.',
    wrong: 'That is not the word.',
    word: 'PIN',
    open: 'Unlock',
  },

  diagram: {
    label: 'Level diagram',
    caption: 'Levels of every stage',
    lineHead: 'figure',
    units: { dBSPL: 'dB SPL' },
    lines: {
      gain: 'gain dB',
      level: 'level',
      measured: 'measured',
      headroom: 'headroom dB',
      snr: 'SNR dB',
      clips: 'clipped',
    },
    kind: (kind, unit) => `${kind}, ${unit}`,
    clips: (count, first) => `${count > 99999 ? `${Math.floor(count / 1000)} k` : count}${first >= 0 ? ` since ${clock(first)}` : ''}`,
    noClips: '–',
    from: (name) => `from ${name}`,
    inputs: (count) => `${count} inputs`,
    bottleneck: 'noise bottleneck',
    bracket: (range) => [`${decibels(range)} dB`, 'dynamic range'],
    badges: {
      modelError: (db) => `model error ${db} dB`,
      muted: 'muted',
      bypassed: 'bypassed',
      live: 'live: nominal level assumed',
      notLinear: 'not linear',
      distortion: (percent, programme) => `${programme ? 'distortion' : 'THD'} ${percent} %`,
      clipsFirst: 'clips first',
      bendsFirst: 'bends first',
    },
  },

  verdict: {
    label: 'What limits this chain',
    nothingClips: 'nothing clips: no stage states a ceiling, or no signal reaches one',
    toGo: (name, db, soft) => `${soft ? 'bends' : 'clips'} first: ${name}, ${db} dB to go`,
    tooLoud: (name, db, soft) => `${soft ? 'bends' : 'clips'} first: ${name}, ${db} dB too loud`,
    noNoise: 'no noise: no stage states any, or none reaches the end',
    noise: (name, percent) => `noise bottleneck: ${name}, ${percent} % of the noise at the end`,
    mending: (db) => ` (mending it wins ${db} dB)`,
    range: (db, weighted) => `dynamic range ${db} dB, ${weighted} dB(A)`,
    spread: (db) => `; ceilings ${db} dB apart`,
  },

  legend: {
    label: 'Legend',
    ceiling: 'ceiling',
    soft: 'soft ceiling',
    level: 'level (RMS), predicted',
    peak: 'peak, predicted',
    measured: 'measured',
    held: 'held peak',
    nominal: 'nominal',
    noise: 'noise',
    good: 'headroom 12 dB or more',
    small: '6 to 12 dB',
    low: 'less than 6 dB',
    over: 'clips',
  },

  notices: {
    connecting: 'Connecting to gainstaged',
    lost: 'The daemon does not answer',
    retry: (seconds) => (seconds ? `Next attempt in ${seconds} s. The picture stands still until then.` : 'Trying again.'),
    retryNow: 'Try now',
    empty: 'No chain is loaded',
    emptyHint: 'Start gainstaged with a chain file.',
    complaints: 'What gainstaged refused',
    dismiss: 'Dismiss',
  },

  strip: {
    name: (number, stage) => `${number}: ${stage}`,
    open: (stage) => `${stage}: parameters`,
    gain: (stage) => `${stage}: gain`,
    level: 'Sample peak behind this stage',
    mute: 'Mute',
    bypass: 'Bypass',
    muteOf: (stage) => `${stage}: mute`,
    bypassOf: (stage) => `${stage}: bypass`,
    nav: 'Stages',
    before: 'Stage before',
    next: 'Next stage',
    where: (number, count) => `${number} of ${count}`,
    scale: 'Meters',
    scales: {
      peak: 'Peak', vu: 'VU', ppm1: 'PPM I (DIN)', ppm2a: 'PPM IIa (BBC)', ppm2b: 'PPM IIb (EBU)',
      k20: 'K-20', k14: 'K-14', k12: 'K-12', lufs: 'LUFS',
    },
  },

  meter: {
    name: (stage, side) => `${stage}: level ${side === 'in' ? 'before' : 'behind'}`,
  },

  gain: {
    hint: 'Drag, wheel or arrow keys; Shift is fine; double click: default; Enter: type',
    typeOf: (name) => `${name}: type a value, −12, or +3 for three more`,
  },

  lamp: {
    dark: 'clip',
    lit: (frames) => (frames ? `CLIP ${frames > 9999 ? '9999+' : frames}` : 'CLIP'),
    none: (stage) => `${stage}: has not clipped`,
    reset: (stage, frames) => `${stage}: clipped, ${frames} samples. Reset`,
  },

  drawer: {
    name: 'Parameters of the chosen stage',
    close: 'Close the parameters',
    send: (stage, label) => `${stage}: ${label}`,
    range: (low, high) => `${low} … ${high}`,
    none: 'Nothing to set here.',
    on: 'on',
    off: 'off',
    is: (label, state) => `${label}: ${state}`,
  },

  sheet: {
    label: 'Data sheet',
    choose: (stage) => `${stage}: data sheet`,
    none: 'none',
    noneHint: 'Choose a device: what its maker or a bench says becomes what this stage does.',
    says: 'What it says',
    saysCount: (count) => `What it says: ${count} ${count === 1 ? 'value' : 'values'}`,
    trust: {
      high: 'A manual, a data sheet, a careful bench',
      medium: 'A review, a bench of one piece, a sister model',
      low: 'Sources disagree: see what the source says',
    },
    here: (value) => `here ${value}`,
    notGiven: 'not given',
    back: 'as it says',
    backTo: (label) => `${label}: as it says`,
  },

  panic: {
    on: 'Panic',
    off: 'Silenced – open again',
    hint: 'Silences the outputs at once. Escape three times does the same.',
  },

  tools: {
    name: 'Listen, compare, chains, devices',
    tabs: { listen: 'Listen', scenes: 'Compare', chains: 'Chains', peers: 'Devices' },
  },

  scenes: {
    history: 'Undo and redo',
    undo: '↶ Undo',
    redo: '↷ Redo',
    undoHint: 'Takes back the last change, whoever made it (Ctrl+Z)',
    redoHint: 'Makes it again (Ctrl+Y)',
    ab: 'Compare two settings',
    side: (side) => `Setting ${side}`,
    match: 'equally loud',
    trim: (gain) => `${gain}, so that the louder one does not win`,
    snapshots: 'Snapshots',
    name: 'Name of a snapshot',
    placeholder: 'name',
    nameRule: 'Letters, figures, - and _, at most 31',
    save: 'Keep',
    list: 'Snapshots',
    recall: (name) => `Recall ${name}`,
    forget: (name) => `Forget ${name}`,
    empty: 'None yet. A snapshot keeps every value of the chain.',
    glide: 'Seconds that a recall takes',
    glideLabel: 'glide there in',
  },

  chains: {
    now: (name) => `Now: ${name}`,
    list: 'Chains',
    load: (name) => `Load ${name}`,
    loaded: (name) => `${name} plays.`,
    saved: (path) => `Saved as ${path}`,
    name: 'Name to save under',
    placeholder: 'name; empty: its own file',
    nameRule: 'Letters, figures, - and _',
    save: 'Save',
    faults: 'What is wrong with the chain',
    fault: (chain, code) => `${chain}: ${code}`,
    empty: 'No chain folder has been given to the daemon.',
  },

  peers: {
    connected: 'Connected',
    list: 'Connected devices',
    peer: (transport, lease, rate) => `${transport}, ${rate} meters a second${lease ? `, for ${lease} s more` : ''}`,
    you: ' this page',
    join: 'Open this page on a phone',
    qr: (url) => `QR code of ${url}`,
    alone: 'The daemon listens to this computer alone. Start it with --http-bind to let others in.',
    layout: 'TouchOSC layout of this chain',
    layoutHint: '(.tosc, for the TouchOSC app)',
  },

  listen: {
    wire: 'Heard on the outputs',
    behind: (number, name) => `${number}: behind ${name}`,
    path: 'What of it',
    paths: { real: 'Real', ideal: 'Ideal', error: 'Error' },
    pathHints: {
      real: 'As the equipment passes it',
      ideal: 'The same gains, and nothing wrong',
      error: 'Only what goes wrong: noise, distortion, clipping',
    },
    boost: 'Error, louder by',
    louder: (gain) => `${gain} louder than real`,
    limited: 'The output is limited, whatever the boost.',
    startHere: '▶ Hear it here',
    stopHere: '■ Stop',
    hereHint: 'In this browser, beside the outputs.',
    waiting: 'waiting for sound',
    late: (ms) => `heard ${ms} ms late, and the way of the network`,
    noSound: (why) => `No sound: ${why}`,
  },

  scope: {
    name: 'Scope of the chosen stage',
    title: (stage) => `Scope: ${stage}`,
    noCurve: 'A source has no curve.',
    curve: 'Out over in',
    spectrum: 'Spectrum behind the stage',
    wireKey: 'signal',
    errorKey: 'error',
    tone: (hertz) => hertz,
    distortion: (percent) => `THD ${percent} %`,
    noTone: 'no single tone',
  },
};
