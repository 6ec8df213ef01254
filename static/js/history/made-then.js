import { pictureOf, sayIfBroken, showWhenOpened } from '../made/pictures.js';
import { element, findAll, jsonScript } from '../ui/dom.js';

/** @import { MadeFile } from '../types.js' */

/** So many tables are shown without being asked for. */
const OPEN_AT_FIRST = 6;

/** Lets one look at the files that a past run has made, as the editor does; pictures are there. */
export function showMadeThen() {
  /** @type {MadeFile[]} */
  const files = jsonScript('made-files') ?? [];
  const items = findAll('made-file');
  files.forEach((file, place) => {
    const item = /** @type {HTMLElement} */ (items[place]);
    const picture = item.querySelector('img');
    if (picture) sayIfBroken(picture);
    else item.append(...look(file, place < OPEN_AT_FIRST));
  });
}

/**
 * A page waits to be asked for: it may be a stranger's, and runs scripts.
 *
 * @param {MadeFile} file
 * @param {boolean} atFirst
 */
function look(file, atFirst) {
  const picture = pictureOf(file);
  if (!picture) return [];
  const summary = element('summary', { ariaLabel: `Show ${file.name}` }, 'Show');
  const details = element('details', {}, summary);
  showWhenOpened(details, picture);
  details.open = atFirst && file.content_type === 'text/csv';
  return [details];
}
