/** How a file that a program has made looks on the page. Its content is the program's: hostile. */

import { element } from '../ui/dom.js';

/** @import { MadeFile } from '../types.js' */

const KILOBYTE = 1024;
const TEXT_CHARACTERS = 20_000;
const LOST = 'It cannot be loaded. It may not be kept any more.';
const TEXTS = new Set(['application/json', 'application/xml']);

/**
 * Makes what shows the file, once somebody looks; null where there is nothing to see.
 *
 * @param {MadeFile} file
 * @returns {(() => HTMLElement) | null}
 */
export function pictureOf(file) {
  const { content_type: type, preview_url: page } = file;
  if (type.startsWith('image/')) return () => image(file);
  if (type === 'text/csv') return () => later(file, tableOf);
  if (page) return () => frame(file, page);
  if (type.startsWith('text/') || TEXTS.has(type)) return () => later(file, textOf);
  return null;
}

/**
 * What is made to be looked at; the rest opens at a click.
 *
 * @param {MadeFile} file
 */
export function showsAtOnce({ content_type: type, preview_url: page }) {
  return type.startsWith('image/') || type === 'text/csv' || page !== undefined;
}

/**
 * As the server's pages say it, Django's `filesizeformat`: a kilobyte has 1024 bytes.
 *
 * @param {number} bytes
 */
export function sizeWords(bytes) {
  if (bytes < KILOBYTE) return `${bytes}\u00a0${bytes === 1 ? 'byte' : 'bytes'}`;
  const isLarge = bytes >= KILOBYTE ** 2;
  const size = bytes / (isLarge ? KILOBYTE ** 2 : KILOBYTE);
  return `${size.toFixed(1)}\u00a0${isLarge ? 'MB' : 'KB'}`;
}

/**
 * @param {HTMLDetailsElement} details
 * @param {() => HTMLElement} picture
 */
export function showWhenOpened(details, picture) {
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(picture());
  });
}

/**
 * Words instead of the browser's own sign, where an image is none or cannot be had.
 *
 * @param {HTMLImageElement} made
 */
export function sayIfBroken(made) {
  const say = () =>
    made.replaceWith(element('p', {}, 'This is no picture that a browser can show.'));
  made.addEventListener('error', say);
  if (made.complete) made.decode().catch(say); // it may have failed before anybody listened
}

/** An SVG in an image runs no script and loads nothing. @param {MadeFile} file */
function image({ name, url }) {
  const made = element('img', { className: 'made-picture', src: url, alt: name });
  sayIfBroken(made);
  return made;
}

/**
 * @param {MadeFile} file
 * @param {string} page
 */
function frame({ name }, page) {
  const made = element('iframe', {
    className: 'made-page',
    title: name,
    referrerPolicy: 'no-referrer',
  });
  made.setAttribute('sandbox', 'allow-scripts allow-modals allow-forms');
  made.src = page;
  return made;
}

/**
 * @param {MadeFile} file
 * @param {(text: string) => HTMLElement | Promise<HTMLElement>} show
 */
function later({ url }, show) {
  const made = element('div', { className: 'made-text', tabIndex: 0 }, 'Loading…');
  fetch(url)
    .then(async (answer) => {
      if (!answer.ok) throw new Error('It is not kept any more.');
      const text = await answer.text();
      made.replaceChildren(await show(text.slice(0, TEXT_CHARACTERS)));
      if (text.length > TEXT_CHARACTERS)
        made.append(element('p', {}, 'Download it to see the rest.'));
    })
    .catch(() => made.replaceChildren(element('p', {}, LOST)));
  return made;
}

/** @param {string} text */
function textOf(text) {
  return element('pre', {}, text);
}

/** @param {string} text */
async function tableOf(text) {
  const { default: Papa } = await import('papaparse');
  const [head = [], ...rows] = Papa.parse(text.trimEnd()).data;
  const table = element('table');
  table.createTHead().append(row('th', head));
  table.createTBody().append(...rows.map((cells) => row('td', cells)));
  return table;
}

/**
 * @param {'th' | 'td'} tag
 * @param {string[]} cells
 */
function row(tag, cells) {
  return element('tr', {}, ...cells.map((text) => element(tag, {}, text)));
}
