// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every word that the page says, in English: one block a panel. Another language is another file like this one.

export const text = {
  page: {
    title: 'gainstaged',
    board: 'Level diagram and strips',
  },

  bar: {
    looks: 'Look of this page',
    labels: { mode: 'mode', view: 'view', ruler: 'ruler', theme: 'theme' },
    mode: { desk: 'desk', projector: 'projector', phone: 'phone' },
    view: { stages: 'as each stage sees it', source: 'seen from the source' },
    ruler: { dBu: 'dBu', dBFS: 'dBFS', dBSPL: 'dB SPL' },
    theme: { auto: 'as the system', light: 'light', dark: 'dark' },
    link: { connecting: 'connecting', open: 'connected', lost: 'connection lost' },
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
};
