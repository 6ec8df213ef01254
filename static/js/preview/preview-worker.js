/**
 * Reads what a page says. To unpack a message takes as long as its sender likes, and here it holds up
 * nobody else. Passes on what is well-formed and short, and `{ type: 'flood' }` once it is too much.
 */

import { Allowance, messageOf } from './preview-messages.js';

/** The script that goes with each page sends less; a page that says more floods. */
const allowance = new Allowance(500, 500);

self.onmessage = ({ ports: [port] }) => {
  if (port) port.onmessage = read;
};

/** @param {MessageEvent} event */
function read(event) {
  const begun = performance.now();
  const message = messageOf(event.data);
  const now = performance.now();
  if (!allowance.take(1 + (now - begun), now)) self.postMessage({ type: 'flood' });
  else if (message) self.postMessage(message);
}
