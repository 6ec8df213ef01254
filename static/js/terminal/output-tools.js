import { copied } from '../ui/clipboard.js';
import { find } from '../ui/dom.js';

/** @import { Terminal } from './terminal.js' */

/**
 * @typedef {object} OutputToolsParts
 * @property {Terminal} terminal
 * @property {(text: string) => void} announce says it to screen readers
 */

/** What one does with output: find something in it, copy it, keep it as a file. */
export class OutputTools {
  #bar = find('find');
  #field = /** @type {HTMLInputElement} */ (find('find-field'));
  #count = find('find-count');
  #terminal;
  #announce;

  /** @param {OutputToolsParts} parts */
  constructor({ terminal, announce }) {
    this.#terminal = terminal;
    this.#announce = announce;
    find('find-open').addEventListener('click', () => this.open());
    find('find-close').addEventListener('click', () => this.#close());
    find('find-next').addEventListener('click', () => this.#find('next'));
    find('find-previous').addEventListener('click', () => this.#find('previous'));
    find('copy-output').addEventListener('click', () => this.#copy());
    find('download-output').addEventListener('click', () => this.#download());
    this.#field.addEventListener('input', () => this.#find('here'));
    this.#bar.addEventListener('keydown', (event) => this.#onKey(event));
    terminal.onFound((found) => this.#showCount(found));
  }

  open() {
    this.#bar.hidden = false;
    this.#field.focus();
    this.#field.select();
    this.#find('here');
  }

  #close() {
    this.#bar.hidden = true;
    this.#terminal.endFind();
    this.#terminal.focus();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key === 'Escape') this.#close();
    else if (event.key === 'Enter' && event.target === this.#field) {
      this.#find(event.shiftKey ? 'previous' : 'next');
    } else return;
    event.preventDefault();
  }

  /** @param {'next' | 'previous' | 'here'} way */
  #find(way) {
    this.#count.textContent = '';
    this.#terminal.find(this.#field.value, way);
  }

  /** @param {{ index: number, count: number }} found `index` is -1 where there are too many */
  #showCount({ index, count }) {
    if (!this.#field.value) this.#count.textContent = '';
    else if (count === 0) this.#count.textContent = 'Not found';
    else this.#count.textContent = index < 0 ? `${count}` : `${index + 1} of ${count}`;
  }

  async #copy() {
    if (await copied(this.#terminal.text)) return this.#say('The output is copied.');
    this.#terminal.selectAll();
    this.#terminal.focus();
    this.#say('All is selected: copy it with Ctrl+C.');
  }

  #download() {
    const link = document.createElement('a');
    const url = URL.createObjectURL(new Blob([this.#terminal.text], { type: 'text/plain' }));
    link.href = url;
    link.download = 'output.txt';
    link.click();
    setTimeout(() => URL.revokeObjectURL(url));
  }

  /** @param {string} text */
  #say(text) {
    this.#announce(text);
    const said = find('output-said');
    said.textContent = text;
    setTimeout(() => {
      if (said.textContent === text) said.textContent = '';
    }, 3000);
  }
}
