/** @import { Terminal as Xterm } from '@xterm/xterm' */

const DELETE = '\x7f';
const TYPED = new Set(['insertText', 'insertReplacementText']);

/**
 * Sends text that no key press brings: from a phone's keyboard, an emoji panel, dictation, the
 * accents of a key that is held. In its screen reader mode xterm.js sends none of it, since what a
 * key has sent already reaches the textarea there too.
 * https://github.com/xtermjs/xterm.js/issues/3679
 */
export class KeylessText {
  #xterm;
  #textarea;
  /** What a key has just sent, as long as the same is still to reach the textarea. */
  #sent = '';
  /** Whether xterm.js has yet to send what was composed. */
  #owes = false;
  /** Text that came meanwhile: a key that is pressed now makes xterm.js send what was composed alone. */
  #held = '';

  /**
   * @param {Xterm} xterm
   * @param {HTMLTextAreaElement} textarea its own
   */
  constructor(xterm, textarea) {
    this.#xterm = xterm;
    this.#textarea = textarea;
    xterm.onKey(({ key }) => {
      this.#sent = key;
    });
    xterm.onSelectionChange(() => this.#unmark());
    textarea.addEventListener('keyup', () => {
      this.#sent = '';
    });
    textarea.addEventListener('compositionend', ({ data }) => this.#awaitComposed(data));
    xterm.onData(() => this.#sendHeld());
    textarea.addEventListener('beforeinput', (event) => this.#take(event));
  }

  /**
   * It is sent by a timer that is set by now; another one only sees to it that the wait ends.
   *
   * @param {string} composed nothing if it was given up
   */
  #awaitComposed(composed) {
    this.#owes = composed !== '';
    setTimeout(() => this.#sendHeld());
  }

  #sendHeld() {
    const held = this.#held;
    this.#owes = false;
    this.#held = '';
    if (held) this.#xterm.input(held);
  }

  /** @param {InputEvent} event */
  #take(event) {
    if (event.isComposing || !TYPED.has(event.inputType)) return;
    const text = event.data ?? event.dataTransfer?.getData('text/plain');
    if (!text) return;
    if (text === this.#sent) {
      this.#sent = '';
      return;
    }
    // The textarea stays as it was, else xterm.js sends the change itself on a phone.
    event.preventDefault();
    const typed = text.replaceAll(/\r?\n/g, '\r');
    if (this.#owes) this.#held += typed;
    else this.#xterm.input(this.#replace() + typed);
  }

  /** Takes back what the text replaces: what is marked, as the `e` of an `é` by a held key. */
  #replace() {
    const { value, selectionStart, selectionEnd } = this.#textarea;
    // What is selected in the terminal is put here by a right click, to be copied: not typed.
    const marked = this.#xterm.hasSelection() ? '' : value.slice(selectionStart, selectionEnd);
    this.#unmark();
    return DELETE.repeat([...marked].length);
  }

  #unmark() {
    if (this.#xterm.hasSelection()) return;
    const { length } = this.#textarea.value;
    this.#textarea.setSelectionRange(length, length);
  }
}
