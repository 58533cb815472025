// SPDX-License-Identifier: GPL-3.0-or-later
//
// How this browser looks at the chain: mode, view, ruler, theme, the chosen stage. Kept behind the # of the address,
// so that a projector's look can be bookmarked; nothing of it is the daemon's business.

const CHOICES = {
  mode: ['desk', 'projector', 'phone'],
  view: ['stages', 'source'],
  ruler: ['dBu', 'dBFS', 'dBSPL'],
  theme: ['auto', 'light', 'dark'],
};
const PHONE_WIDTH = 640;

const observers = new Set();

function fromAddress() {
  const said = new URLSearchParams(globalThis.location?.hash.slice(1));
  const narrow = globalThis.innerWidth < PHONE_WIDTH;
  const start = { mode: narrow ? 'phone' : 'desk', view: 'stages', ruler: 'dBu', theme: 'auto', selected: '' };
  for (const [key, words] of Object.entries(CHOICES)) {
    if (words.includes(said.get(key))) start[key] = said.get(key);
  }
  return start;
}

const now = fromAddress();

function toAddress() {
  const said = new URLSearchParams();
  for (const key of Object.keys(CHOICES)) said.set(key, now[key]);
  globalThis.history?.replaceState(null, '', `#${said}`);
}

/**
 * The look of this browser. `selected` is the id of a stage, "" for none.
 */
export const view = {
  choices: CHOICES,

  /**
   * @param {'mode'|'view'|'ruler'|'theme'|'selected'} key
   * @returns {string}
   */
  get: (key) => now[key],

  /**
   * Takes one of the key's words; anything else is ignored.
   * @param {string} key
   * @param {string} value
   */
  set(key, value) {
    if (now[key] === value || (CHOICES[key] && !CHOICES[key].includes(value))) return;
    now[key] = value;
    if (key !== 'selected') toAddress();
    observers.forEach((fn) => fn(key, value));
  },

  /**
   * @param {(key: string, value: string) => void} fn for every change
   * @returns {() => void} stop
   */
  on(fn) {
    observers.add(fn);
    return () => observers.delete(fn);
  },
};

globalThis.addEventListener?.('hashchange', () => {
  const wanted = fromAddress();
  for (const key of Object.keys(CHOICES)) view.set(key, wanted[key]);
});
