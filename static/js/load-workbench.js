import { find } from './ui/dom.js';

/** @import { StatusBar } from './ui/status-bar.js' */
/** @import { Toasts } from './ui/toasts.js' */

/** Until then nobody needs to hear that something is on its way. */
const QUIET_MS = 400;

/**
 * Fetches what runs programs, the terminal above all: it comes once the text can be written. Never
 * returns where it does not come.
 *
 * @param {StatusBar} status
 * @param {Toasts} toasts
 */
export async function loadWorkbench(status, toasts) {
  const takeRun = catchRun(status);
  const slow = setTimeout(() => status.state('Loading…', 'busy'), QUIET_MS);
  try {
    const { makeWorkbench } = await import('./workbench.js');
    clearTimeout(slow);
    status.state('Ready', 'plain');
    return { makeWorkbench, takeRun };
  } catch {
    clearTimeout(slow);
    takeRun();
    status.state('Not loaded', 'bad');
    tellMissing(toasts);
    find('run').addEventListener('click', () => tellMissing(toasts));
    return /** @type {Promise<never>} */ (new Promise(() => {}));
  }
}

/**
 * Catches Run while there is nothing yet that could run a program. Whoever types on has thought
 * again: what comes late must not take them from their text.
 *
 * @param {StatusBar} status
 * @returns {() => boolean} ends that; whether Run is wanted
 */
function catchRun(status) {
  const caught = new AbortController();
  const options = { capture: true, signal: caught.signal };
  let isWanted = false;
  const want = (/** @type {boolean} */ wanted) => {
    if (wanted !== isWanted) status.state(wanted ? 'Starting…' : 'Loading…', 'busy');
    isWanted = wanted;
  };
  find('run').addEventListener('click', () => want(true), options);
  document.addEventListener('beforeinput', () => want(false), options);
  return () => {
    caught.abort();
    return isWanted;
  };
}

/** @param {Toasts} toasts */
function tellMissing(toasts) {
  toasts.show('in-part', {
    tone: 'bad',
    lasts: true,
    title: 'Programs cannot run here yet.',
    text: 'A part of the page did not arrive. Your text is kept.',
    actions: [{ label: 'Load again', act: () => location.reload() }],
  });
}
