import { isPressed } from './keys.js';

/**
 * @typedef {object} Command
 * @property {string} label what it does, as one would ask for it
 * @property {string} group under which the sheet of shortcuts has it
 * @property {() => void} run
 * @property {string} [keys] see `keys.js`
 * @property {boolean} [isEditors] its keys are the editor's own, and work there
 * @property {boolean} [overProgram] its keys work in the terminal, too, while a program reads
 * @property {boolean} [yields] its keys are left to an editor with the keys of Vim or Emacs
 * @property {() => boolean} [isPossible] whether it can be done now; left out: always
 */

/** All that can be done on the page, by name and by keys. */
export class Commands {
  #lists;

  /** @param {(() => Command[])[]} lists asked each time, so that they may change */
  constructor(lists) {
    this.#lists = lists;
    // In the capture phase: the editor has meanings of its own for some of these keys.
    window.addEventListener('keydown', (event) => this.#onKey(event), { capture: true });
  }

  /** @returns {Command[]} */
  get all() {
    return this.#lists.flatMap((list) => list());
  }

  /** @returns {Command[]} those that can be done now */
  get possible() {
    return this.all.filter(isPossible);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (document.querySelector('dialog:modal')) return;
    const command = this.all.find(
      (one) => one.keys && !one.isEditors && isPressed(event, one.keys),
    );
    if (!command || (isForProgram(event) && !command.overProgram)) return;
    if (command.yields && isForKeymap(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (isPossible(command)) command.run();
  }
}

/** @param {Command} command */
function isPossible(command) {
  return command.isPossible?.() ?? true;
}

/** @param {KeyboardEvent} event which a running program would read */
function isForProgram(event) {
  const inTerminal = event.target instanceof Element && event.target.closest('[data-terminal]');
  return inTerminal && document.body.hasAttribute('data-busy');
}

/** @param {KeyboardEvent} event in an editor that takes keys as another one does */
function isForKeymap(event) {
  return event.target instanceof Element && event.target.closest('.cm-vimMode, .cm-emacsMode');
}
