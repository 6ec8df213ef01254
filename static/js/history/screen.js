/** The terminal that a recording is shown on. Loaded when the first one is played. */

import { Terminal as Xterm } from '@xterm/xterm';
import { terminalTheme } from '../terminal/terminal-theme.js';
import { useWidths } from '../terminal/widths.js';
import { rowsOf } from './recording.js';

/** @import { Recording } from './recording.js' */

const RESET = '\x1bc\x1b[?25l';

export class Screen {
  #xterm;

  /**
   * @param {HTMLElement} host
   * @param {Recording} recording whose terminal was as wide
   */
  constructor(host, recording) {
    this.#xterm = new Xterm({
      allowProposedApi: true, // widths
      cols: recording.cols,
      rows: rowsOf(recording),
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
    this.#xterm.textarea?.setAttribute('aria-label', 'Recorded terminal');
    // A tab key is for the page: nothing here reads what is typed.
    this.#xterm.attachCustomKeyEventHandler(() => false);
    this.#xterm.write(RESET);
  }

  /** @param {string} text as a program sent it */
  write(text) {
    this.#xterm.write(text);
  }

  clear() {
    this.#xterm.write(RESET);
  }

  repaint() {
    this.#xterm.options.theme = terminalTheme();
  }
}
