/** The addresses of one's links: a click takes them into the clipboard, and says so. */

import { copied } from '../ui/clipboard.js';
import { element } from '../ui/dom.js';

const SAID_FOR_MS = 2000;

/** @param {HTMLInputElement} field */
export function wireAddress(field) {
  const copy = element('button', { className: 'act', ariaLive: 'polite' }, 'Copy');
  copy.addEventListener('click', async () => {
    field.select();
    copy.textContent = (await copied(field.value)) ? 'Copied' : 'Press Ctrl C';
    setTimeout(() => {
      copy.textContent = 'Copy';
    }, SAID_FOR_MS);
  });
  field.after(copy);
}
