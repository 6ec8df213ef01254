/** On paper: the whole file in front, of which the editor draws only what is in sight, and the output. */

/** @import { Piece } from '../editor/colored-lines.js' */

/**
 * @typedef {object} PrintParts
 * @property {() => string} title
 * @property {() => Piece[][]} lines of code
 * @property {() => string} output
 */

/** @param {PrintParts} parts */
export function wirePrint(parts) {
  /** @type {HTMLElement | undefined} */
  let paper;
  window.addEventListener('beforeprint', () => {
    paper?.remove();
    paper = paperOf(parts);
    document.body.append(paper);
  });
  window.addEventListener('afterprint', () => paper?.remove());
}

/** @param {PrintParts} parts */
function paperOf({ title, lines, output }) {
  const paper = element('article', 'paper', element('h1', '', title()));
  const code = element('pre', 'printed-code');
  // One by one: there may be more than a call takes arguments.
  for (const pieces of lines()) code.append(lineOf(pieces));
  paper.append(code);
  const written = output();
  if (written) paper.append(element('h2', '', 'Output'), element('pre', '', written));
  return paper;
}

/** @param {Piece[]} pieces */
function lineOf(pieces) {
  const line = element('span', 'line');
  for (const piece of pieces) line.append(colored(piece));
  line.append('\n');
  return line;
}

/** @param {Piece} piece */
function colored({ text, classes }) {
  return classes ? element('span', classes, text) : text;
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {(Node | string)[]} children strings become text, never markup
 */
function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
