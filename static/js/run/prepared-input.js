import { find } from '../ui/dom.js';
import { recall, remember } from '../ui/storage.js';
import { argumentWords } from './argument-words.js';

/** What programs get besides their text: arguments, and input that is not typed. */
export class PreparedInput {
  #arguments = /** @type {HTMLInputElement} */ (find('arguments'));
  #stdin = /** @type {HTMLTextAreaElement} */ (find('stdin'));
  #mark = find('input-mark');
  #argumentsKey;
  #stdinKey;

  /** @param {string} keptAs under which word of its own this browser keeps it */
  constructor(keptAs) {
    this.#argumentsKey = `arguments.${keptAs}`;
    this.#stdinKey = `stdin.${keptAs}`;
    this.#read();
    this.#arguments.addEventListener('input', () => this.#keep());
    this.#stdin.addEventListener('input', () => this.#keep());
    // Another tab has changed it.
    window.addEventListener('storage', () => this.#read());
  }

  focus() {
    this.#stdin.focus();
  }

  /**
   * What a run's request says of it. Input comes to the program through a pipe, and then ends.
   *
   * @returns {{ args?: string[], stdin?: string, interactive?: boolean, tty?: boolean }}
   */
  get forRun() {
    const args = argumentWords(this.#arguments.value);
    const stdin = this.#stdin.value;
    return {
      ...(args.length > 0 && { args }),
      ...(stdin && { stdin, interactive: false, tty: false }),
    };
  }

  #read() {
    this.#arguments.value = recall('local', this.#argumentsKey) ?? '';
    this.#stdin.value = recall('local', this.#stdinKey) ?? '';
    this.#showMark();
  }

  #keep() {
    remember('local', this.#argumentsKey, this.#arguments.value || null);
    remember('local', this.#stdinKey, this.#stdin.value || null);
    this.#showMark();
  }

  #showMark() {
    this.#mark.hidden = !this.#stdin.value && !this.#arguments.value.trim();
  }
}
