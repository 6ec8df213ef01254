/** What one gives to others, an address or an embed code: a click takes it into the clipboard, and
 * says so. */

import { copied } from '../ui/clipboard.js';
import { element } from '../ui/dom.js';

const SAID_FOR_MS = 2000;

/** @param {HTMLInputElement} field */
export function wireAddress(field) {
  const label = field.dataset.address ?? '';
  const copy = element('button', { className: 'act', ariaLive: 'polite' }, label);
  copy.addEventListener('click', async () => {
    field.select();
    copy.textContent = (await copied(field.value)) ? 'Copied' : 'Press Ctrl C';
    setTimeout(() => {
      copy.textContent = label;
    }, SAID_FOR_MS);
  });
  field.after(copy);
}
