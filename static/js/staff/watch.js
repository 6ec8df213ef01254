/** The entry of the page of a run that goes on: shows it as it is written, until it has ended. */

import { Screen } from '../history/screen.js';
import { nonceForNewStyles, pageNonce, setSpanStylesAsProperties } from '../ui/csp.js';
import { find, jsonScript } from '../ui/dom.js';
import { recall, remember } from '../ui/storage.js';
import { whenOver } from './over.js';

/** @import { Frame, TerminalSize } from '../types.js' */

nonceForNewStyles(pageNonce());
setSpanStylesAsProperties();

const host = find('watch');
const said = find('watch-status');
/** @type {TerminalSize & { tty: boolean }} */
const terminal = jsonScript('watched-terminal');
const screen = new Screen(host, terminal, 'Terminal of the run that you watch');
const events = new EventSource(host.dataset.watch ?? '');
const loadedAgain = `watch:${location.pathname}`;
let hasEnded = false;
let isOpen = false;

events.addEventListener('open', () => {
  isOpen = true;
});
events.addEventListener('message', (message) => show(JSON.parse(message.data)));
events.addEventListener('error', () => {
  // The stream is over once the run is stored: the page is then the one of a run that has ended.
  if (hasEnded) {
    events.close();
    location.reload();
  } else if (events.readyState === EventSource.CONNECTING) {
    isOpen = false;
    said.textContent = 'The connection is lost. Trying again…';
  } else if (!isOpen && loadAgainOnce()) {
    said.textContent = 'Loading the page again…';
  } else {
    said.textContent = 'You are not watching any more. Load the page again to see how it stands.';
  }
});
whenOver(events, 'You can no longer see this run.', () => {
  said.textContent = 'Not live any more.';
});

/**
 * The run may have ended before this asked for it: its page then says how. A stream that was open
 * is closed by the browser where one leaves the page, and that is not to be hindered.
 */
function loadAgainOnce() {
  if (recall('session', loadedAgain) || !remember('session', loadedAgain, 'yes')) return false;
  location.reload();
  return true;
}

/** @param {Frame} frame */
function show({ type, content, state }) {
  if (state === 'running') find('outcome').textContent = 'Running';
  if (type === 'stdout' || type === 'stderr') {
    screen.write(terminal.tty ? content : content.replaceAll('\n', '\r\n'));
  } else if (type === 'complete' || type === 'error') {
    hasEnded = true;
    said.textContent = content;
  } else if (type === 'status' || type.startsWith('install_')) {
    said.textContent = content;
  }
}
