/** A live page whose reader may see it no more. */

import { find, findAll } from '../ui/dom.js';

/** @import { Frame } from '../types.js' */

/**
 * Once the server says that the stream is over, say why, show the way on, and hide what it showed:
 * a browser would ask for it again.
 *
 * @param {EventSource} events
 * @param {string} what has ended, in a sentence
 * @param {() => void} onOver
 */
export function whenOver(events, what, onOver) {
  events.addEventListener('over', ({ data }) => {
    events.close();
    /** @type {Frame} */
    const { code, content } = JSON.parse(data);
    for (const way of findAll('over-way')) way.hidden = way.dataset.overWay !== code;
    find('over-words').textContent = `${what} ${content}`;
    find('over').hidden = false;
    for (const shown of findAll('over-hides')) shown.hidden = true;
    onOver();
  });
}
