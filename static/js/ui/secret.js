/** A password that can be read while it is typed. */

import { find } from './dom.js';

/** @param {HTMLElement} secret around the field and its button */
export function wireSecret(secret) {
  const input = /** @type {HTMLInputElement} */ (secret.querySelector('input'));
  const button = find('secret-toggle', secret);
  const show = (/** @type {boolean} */ visible) => {
    input.type = visible ? 'text' : 'password';
    button.textContent = visible ? 'Hide' : 'Show';
    button.setAttribute('aria-pressed', String(visible));
  };
  button.addEventListener('click', () => show(input.type === 'password'));
  // Browsers keep only what was typed into a password field.
  input.form?.addEventListener('submit', () => show(false));
  button.hidden = false;
}
