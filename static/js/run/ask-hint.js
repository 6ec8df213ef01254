import { find } from '../ui/dom.js';
import { isNarrow } from '../ui/panes.js';
import { hasKeyboard } from '../ui/soft-keyboard.js';
import { PromptWatch } from './prompt-watch.js';

/** @import { Terminal } from '../terminal/terminal.js' */

/**
 * Brings whoever pressed Run to the terminal when the program asks for something: the focus goes
 * there by itself if they have done nothing else since, otherwise a button offers it.
 */
export class AskHint {
  #button = find('ask');
  #terminal;
  #prompts;
  #begunAt = 0;
  #touchedAt = 0;

  /** @param {Terminal} terminal */
  constructor(terminal) {
    this.#terminal = terminal;
    const lineSoFar = async () => {
      await terminal.drawn();
      return terminal.lineSoFar;
    };
    this.#prompts = new PromptWatch(lineSoFar, (asks) => this.#show(asks));
    this.#button.addEventListener('click', () => terminal.focus());
    find('terminal').addEventListener('focusin', () => this.#show(false));
    for (const type of /** @type {const} */ (['keydown', 'pointerdown'])) {
      window.addEventListener(type, (event) => this.#touch(event), { capture: true });
    }
  }

  begin() {
    this.#begunAt = performance.now();
  }

  /** @param {boolean} watching only while the program can be answered */
  watch(watching) {
    this.#prompts.watch(watching);
  }

  /** The program wrote something. */
  written() {
    this.#prompts.written();
  }

  /** @param {Event} event */
  #touch(event) {
    if (!(event instanceof KeyboardEvent && event.repeat)) this.#touchedAt = event.timeStamp;
  }

  /** @param {boolean} asks */
  #show(asks) {
    const isUntouched = this.#touchedAt <= this.#begunAt;
    // A phone opens its keyboard only for who taps.
    if (asks && isUntouched && (hasKeyboard() || !isNarrow())) this.#terminal.focus();
    this.#button.hidden = !asks || this.#terminal.hasFocus;
  }
}
