import { find } from '../ui/dom.js';
import { keyWords } from './keys.js';
import { fit } from './match.js';

/** @import { Command, Commands } from './commands.js' */

/** Every command by its name: type a part of it, choose with the arrow keys, press Enter. */
export class Palette {
  #dialog = /** @type {HTMLDialogElement} */ (find('palette'));
  #input = /** @type {HTMLInputElement} */ (find('palette-input'));
  #list = find('palette-list');
  #none = find('palette-none');
  #commands;
  /** @type {Command[]} */
  #shown = [];
  #chosen = 0;

  /** @param {Commands} commands */
  constructor(commands) {
    this.#commands = commands;
    this.#input.addEventListener('input', () => this.#filter());
    this.#input.addEventListener('keydown', (event) => this.#onKey(event));
    this.#list.addEventListener('click', (event) => this.#onClick(event));
    // A click beside it: the dialog itself is all backdrop.
    this.#dialog.addEventListener('click', (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    find('palette-open').addEventListener('click', () => this.open());
  }

  open() {
    this.#input.value = '';
    this.#dialog.showModal();
    this.#filter();
  }

  #filter() {
    const typed = this.#input.value.trim();
    const fits = this.#commands.possible.map((command) => ({
      command,
      score: fit(typed, command.label),
    }));
    const good = fits.filter(({ score }) => score !== null);
    if (typed) good.sort((a, b) => Number(b.score) - Number(a.score));
    this.#shown = good.map(({ command }) => command);
    this.#list.replaceChildren(...this.#shown.map(option));
    this.#list.hidden = this.#shown.length === 0;
    this.#none.hidden = this.#shown.length > 0;
    this.#choose(0);
  }

  /** @param {number} place */
  #choose(place) {
    const options = [...this.#list.children];
    this.#chosen = (place + options.length) % Math.max(1, options.length);
    for (const [at, one] of options.entries()) {
      one.setAttribute('aria-selected', String(at === this.#chosen));
    }
    const chosen = options[this.#chosen];
    if (!chosen) return this.#input.removeAttribute('aria-activedescendant');
    this.#input.setAttribute('aria-activedescendant', chosen.id);
    chosen.scrollIntoView({ block: 'nearest' });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) this.#choose(this.#chosen + step);
    else if (event.key === 'Enter' && !event.isComposing) this.#run(this.#chosen);
    else return;
    event.preventDefault();
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const clicked = event.target instanceof Element && event.target.closest('[role=option]');
    if (clicked) this.#run([...this.#list.children].indexOf(clicked));
  }

  /** @param {number} place */
  #run(place) {
    const command = this.#shown[place];
    if (!command) return;
    // Closed first, so that the focus goes where the command has it.
    this.#dialog.close();
    command.run();
  }
}

/**
 * @param {Command} command
 * @param {number} place
 */
function option({ label, keys }, place) {
  const item = document.createElement('li');
  item.id = `palette-${place}`;
  item.setAttribute('role', 'option');
  item.append(label);
  if (keys) {
    const shown = document.createElement('kbd');
    shown.textContent = keyWords(keys);
    item.append(' ', shown);
  }
  return item;
}
