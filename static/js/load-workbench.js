import { find } from './ui/dom.js';

/** @import { Toasts } from './ui/toasts.js' */

/**
 * Fetches what runs programs, the terminal above all: it comes once the text can be written.
 *
 * @param {Toasts} toasts
 */
export async function loadWorkbench(toasts) {
  const takeRun = catchRun();
  try {
    const { makeWorkbench } = await import('./workbench.js');
    return { makeWorkbench, takeRun };
  } catch (error) {
    toasts.show('in-part', {
      tone: 'bad',
      lasts: true,
      title: 'Programs cannot run here yet.',
      text: 'A part of the page did not arrive. Your text is kept.',
      actions: [{ label: 'Load again', act: () => location.reload() }],
    });
    throw error;
  }
}

/**
 * Catches Run, by its button or its keys, while there is nothing yet that could run a program.
 *
 * @returns {() => boolean} ends that; whether Run was pressed
 */
function catchRun() {
  const caught = new AbortController();
  const { signal } = caught;
  let isWanted = false;
  const want = () => {
    isWanted = true;
  };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    want();
    event.preventDefault();
    event.stopPropagation(); // the editor would begin a new line
  };
  find('run').addEventListener('click', want, { signal });
  window.addEventListener('keydown', onKey, { capture: true, signal });
  return () => {
    caught.abort();
    return isWanted;
  };
}
