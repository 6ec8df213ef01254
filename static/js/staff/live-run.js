/** The entry of the page of a live run: shows its stream, and the page of the ended run after it. */

import { Screen } from '../history/screen.js';
import { nonceForNewStyles, pageNonce, setSpanStylesAsProperties } from '../ui/csp.js';
import { find } from '../ui/dom.js';

nonceForNewStyles(pageNonce());
setSpanStylesAsProperties();

const host = find('live');
const said = find('live-said');
const { live = '', cols, rows, tty } = host.dataset;
const screen = new Screen(host, {
  cols: Number(cols),
  rows: Number(rows),
  length: 0,
  moments: [{ at: 0, text: '\n'.repeat(Number(rows)) }],
});
const source = new EventSource(live);

source.onmessage = ({ data }) => {
  const frame = JSON.parse(data);
  said.textContent = '';
  if (frame.type === 'stdout' || frame.type === 'stderr') {
    screen.write(tty === undefined ? frame.content.replaceAll('\n', '\r\n') : frame.content);
  } else if (frame.type === 'complete' || frame.type === 'error') {
    source.close();
    location.reload();
  }
};
source.onerror = () => {
  if (source.readyState === EventSource.CLOSED) {
    said.textContent = 'The stream has ended. Load the page again to see how the run went.';
  } else {
    said.textContent = 'The connection is lost; trying again…';
  }
};
