import { element, find } from '../ui/dom.js';

/** @import { Place, Problem } from '../types.js' */

/** The errors of the last run in the user's files: each a way to its place. */
export class Problems {
  #list = find('problems');
  #empty = find('problems-empty');
  #counts = find('problems-count');
  #open = find('problems-open');
  #goTo;

  /**
   * @param {object} parts
   * @param {(place: Place) => void} parts.goTo
   * @param {() => void} parts.show brings the list to the front
   */
  constructor({ goTo, show }) {
    this.#goTo = goTo;
    this.#open.addEventListener('click', () => {
      show();
      this.focus();
    });
  }

  focus() {
    const first = this.#list.querySelector('button') ?? this.#empty;
    first.focus();
  }

  clear() {
    this.show([]);
  }

  /** @param {Problem[]} problems */
  show(problems) {
    this.#list.replaceChildren(...problems.map((problem) => this.#item(problem)));
    this.#empty.hidden = problems.length > 0;
    this.#counts.textContent = problems.length > 0 ? String(problems.length) : '';
    this.#open.textContent = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    this.#open.hidden = problems.length === 0;
  }

  /** @param {Problem} problem */
  #item({ file, line, column, message }) {
    const where = [file, line, column].filter(Boolean).join(':');
    const onclick = () => this.#goTo({ file, line: line ?? 1, column });
    const words = [element('span', {}, message), element('small', {}, where)];
    return element('li', {}, element('button', { onclick }, ...words));
  }
}
