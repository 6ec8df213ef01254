/** Says what went wrong with a passkey; allauth's own script does the rest. */

import { find, icon } from './dom.js';

const SENTENCES = /** @type {Record<string, string>} */ ({
  NotAllowedError: 'No passkey was used: it was cancelled, or it took too long.',
  InvalidStateError: 'This passkey has been added already.',
  NotSupportedError: 'This browser or device cannot use passkeys here.',
  SecurityError: 'Passkeys work only over HTTPS, or on localhost.',
});
const UNFORESEEN = 'The passkey could not be used. Try again.';

export function wirePasskeys() {
  document.addEventListener('allauth.error', (event) => {
    event.preventDefault(); // the person reads it, not the console
    const { exception } = /** @type {CustomEvent} */ (event).detail;
    say(SENTENCES[exception?.name] ?? UNFORESEEN);
  });
}

/** @param {string} sentence */
function say(sentence) {
  const place = find('passkey-problem');
  const text = document.createElement('span');
  text.textContent = sentence;
  place.replaceChildren(icon('alert'), text);
  place.scrollIntoView({ block: 'nearest' });
}
