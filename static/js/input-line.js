import { find } from './dom.js';

/**
 * @typedef {object} InputHooks
 * @property {(data: string) => void} onInput
 * @property {() => void} onEnd
 * @property {() => void} onInterrupt Ctrl+C
 */

/** @typedef {'idle' | 'open' | 'ended'} InputState */

/** @type {Record<InputState, string>} */
const PLACEHOLDERS = {
  idle: 'Input for a running program',
  open: 'Type a line for the program',
  ended: 'Input has ended',
};

/** The line below the terminal whose text goes to the program's standard input. */
export class InputLine {
  #form = find('input-form');
  #line = /** @type {HTMLInputElement} */ (find('input-line'));
  #hooks;
  /** @type {InputState} */
  #state = 'idle';
  /** @type {string[]} */
  #sent = [];
  #recalled = 0;

  /** @param {InputHooks} hooks */
  constructor(hooks) {
    this.#hooks = hooks;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#state === 'open') this.#sendLine();
    });
    find('input-end').addEventListener('click', () => this.#end());
    this.#line.addEventListener('keydown', (event) => this.#onKey(event));
    this.#line.addEventListener('paste', (event) => this.#onPaste(event));
  }

  /** @param {InputState} state */
  setState(state) {
    this.#state = state;
    this.#form.dataset.state = state;
    this.#line.readOnly = state !== 'open';
    this.#line.placeholder = PLACEHOLDERS[state];
    if (state !== 'open') this.#line.value = '';
  }

  /** Takes the focus, if there is somebody to type to. */
  focus() {
    if (this.#state === 'open') this.#line.focus();
  }

  #sendLine() {
    const text = this.#line.value;
    if (text && text !== this.#sent.at(-1)) this.#sent.push(text);
    this.#recalled = this.#sent.length;
    this.#line.value = '';
    this.#hooks.onInput(`${text}\n`);
  }

  #end() {
    if (this.#state !== 'open') return;
    this.setState('ended');
    this.#hooks.onEnd();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.#state !== 'open') return;
    const control = event.ctrlKey && !event.altKey && !event.metaKey;
    if (control && event.key === 'd') this.#endOfTransmission();
    else if (control && event.key === 'c' && !this.#hasSelection) this.#hooks.onInterrupt();
    else if (event.key === 'ArrowUp') this.#recall(this.#recalled - 1);
    else if (event.key === 'ArrowDown') this.#recall(this.#recalled + 1);
    else return;
    event.preventDefault();
  }

  /** As on a terminal: what is typed goes out as it is, and on an empty line the input ends. */
  #endOfTransmission() {
    const text = this.#line.value;
    this.#line.value = '';
    if (text) this.#hooks.onInput(text);
    else this.#end();
  }

  get #hasSelection() {
    return this.#line.selectionStart !== this.#line.selectionEnd;
  }

  /** @param {number} index */
  #recall(index) {
    this.#recalled = Math.max(0, Math.min(index, this.#sent.length));
    this.#line.value = this.#sent[this.#recalled] ?? '';
  }

  /**
   * A one-line field would run pasted lines together.
   *
   * @param {ClipboardEvent} event
   */
  #onPaste(event) {
    const text = event.clipboardData?.getData('text/plain').replaceAll('\r\n', '\n') ?? '';
    const end = text.lastIndexOf('\n');
    if (end < 0 || this.#state !== 'open') return;
    event.preventDefault();
    this.#hooks.onInput(this.#line.value + text.slice(0, end + 1));
    this.#line.value = text.slice(end + 1);
  }
}
