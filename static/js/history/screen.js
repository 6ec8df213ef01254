/** The terminal that a recording, or a run that one watches, is shown on. */

import { Terminal as Xterm } from '@xterm/xterm';
import { terminalTheme } from '../terminal/terminal-theme.js';
import { useWidths } from '../terminal/widths.js';

/** @import { TerminalSize } from '../types.js' */

// What would make text read otherwise than it is, as `ide/history/visible.py` names it.
const REORDERING = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;
const RESET = '\x1bc\x1b[?25l';

export class Screen {
  #xterm;

  /**
   * @param {HTMLElement} host
   * @param {TerminalSize} size
   * @param {string} label what it is called
   */
  constructor(host, { cols, rows }, label) {
    this.#xterm = new Xterm({
      allowProposedApi: true, // widths
      cols,
      rows,
      disableStdin: true,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
      fontSize: 13,
      lineHeight: 1.35,
      logLevel: 'off', // whatever a program wrote is no error of the page
      minimumContrastRatio: 4.5,
      scrollback: 10_000,
      screenReaderMode: true,
      theme: terminalTheme(),
      linkHandler: { activate: () => {} }, // somebody else's program: its links lead nowhere
    });
    useWidths(this.#xterm);
    this.#xterm.open(host);
    this.#xterm.textarea?.setAttribute('aria-label', label);
    // A tab key is for the page: nothing here reads what is typed.
    this.#xterm.attachCustomKeyEventHandler(() => false);
    this.#xterm.write(RESET);
  }

  /** @param {string} text as a program sent it */
  write(text) {
    this.#xterm.write(text.replace(REORDERING, named));
  }

  clear() {
    this.#xterm.write(RESET);
  }

  repaint() {
    this.#xterm.options.theme = terminalTheme();
  }
}

/** @param {string} character */
function named(character) {
  return `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
