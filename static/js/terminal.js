import { FitAddon } from '@xterm/addon-fit';
import { Terminal as Xterm } from '@xterm/xterm';
import { OutputQueue } from './output-queue.js';
import { findPlaces } from './problem.js';
import { paintedColor } from './theme.js';

const RESET = '\x1bc';
const RED = '\x1b[31m';
const SOFT = '\x1b[90m';
const ACCENT = '\x1b[34m';
const PLAIN = '\x1b[39m';

const ANSI = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/**
 * @typedef {object} TerminalHooks
 * @property {(line: number) => void} onPlace a place in the code was clicked
 * @property {() => void} onType somebody types while the terminal has the focus
 */

/** What a program printed. Nothing is typed into it: input has a line of its own below. */
export class Terminal {
  #xterm;
  #fit = new FitAddon();
  #queue;
  #hooks;
  #fileName = '';
  #screenful = 0;

  /**
   * @param {HTMLElement} host
   * @param {TerminalHooks} hooks
   */
  constructor(host, hooks) {
    this.#hooks = hooks;
    this.#xterm = new Xterm({
      convertEol: true,
      disableStdin: true,
      cursorStyle: 'bar',
      cursorInactiveStyle: 'none',
      fontFamily: getComputedStyle(host).fontFamily,
      fontSize: 13,
      lineHeight: 1.35,
      minimumContrastRatio: 4.5,
      scrollback: 10_000,
      screenReaderMode: true,
      theme: tokensTheme(),
    });
    this.#queue = new OutputQueue((text, done) => this.#xterm.write(text, done));
    this.#xterm.loadAddon(this.#fit);
    this.#xterm.open(host);
    this.#xterm.textarea?.setAttribute('aria-label', 'Output of the program');
    this.#xterm.attachCustomKeyEventHandler((event) => this.#onKey(event));
    this.#xterm.registerLinkProvider({
      provideLinks: (row, callback) => callback(this.#linksOn(row)),
    });
    new ResizeObserver(() => this.#refit(host)).observe(host);
  }

  /** @param {string} fileName whose places become links */
  clear(fileName) {
    this.#fileName = fileName;
    this.#screenful += 1;
    this.#queue.clear();
    // Through the queue, since some of the last program's output may still be on its way.
    this.#queue.push(RESET);
  }

  /** @param {string} text */
  stdout(text) {
    this.#queue.push(text);
  }

  /** @param {string} text */
  stderr(text) {
    this.#queue.push(RED + text + PLAIN);
  }

  /**
   * What the user typed: a pipe does not echo.
   *
   * @param {string} text
   */
  echo(text) {
    this.#queue.push(ACCENT + text + PLAIN);
  }

  /**
   * A line of our own, on a new line, apart from the program's.
   *
   * @param {string} text
   */
  note(text) {
    const screenful = this.#screenful;
    this.#queue.drained().then(() => {
      if (screenful !== this.#screenful) return;
      const lead = this.#xterm.buffer.active.cursorX > 0 ? '\n' : '';
      this.#queue.push(`${lead}${SOFT}${text}${PLAIN}\n`);
    });
  }

  drained() {
    return this.#queue.drained();
  }

  repaint() {
    this.#xterm.options.theme = tokensTheme();
  }

  /** @param {HTMLElement} host */
  #refit(host) {
    if (host.clientWidth > 0 && host.clientHeight > 0) this.#fit.fit();
  }

  /**
   * Keys scroll; the rest is left to the page, so that Tab moves on and shortcuts work.
   *
   * @param {KeyboardEvent} event
   */
  #onKey(event) {
    if (event.type !== 'keydown') return false;
    const page = this.#xterm.rows - 1;
    const lines = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page }[event.key];
    if (lines) this.#xterm.scrollLines(lines);
    else if (event.key === 'Home') this.#xterm.scrollToTop();
    else if (event.key === 'End') this.#xterm.scrollToBottom();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      this.#hooks.onType();
    }
    return false;
  }

  /**
   * @param {number} row counts from 1
   * @returns {import('@xterm/xterm').ILink[]}
   */
  #linksOn(row) {
    const text = this.#xterm.buffer.active.getLine(row - 1)?.translateToString(true) ?? '';
    return findPlaces(text, this.#fileName).map(({ start, length, line }) => ({
      text: text.slice(start, start + length),
      range: { start: { x: start + 1, y: row }, end: { x: start + length, y: row } },
      activate: () => this.#hooks.onPlace(line),
    }));
  }
}

/** @returns {import('@xterm/xterm').ITheme} */
function tokensTheme() {
  /** @type {Record<string, string>} */
  const theme = {
    background: paintedColor('--sunken'),
    foreground: paintedColor('--text'),
    cursor: paintedColor('--accent'),
    selectionBackground: paintedColor('--selection'),
    brightBlack: paintedColor('--text-soft'),
    scrollbarSliderBackground: paintedColor('--scrollbar'),
    scrollbarSliderHoverBackground: paintedColor('--scrollbar-hover'),
    scrollbarSliderActiveBackground: paintedColor('--scrollbar-hover'),
  };
  for (const name of ANSI) {
    theme[name] = paintedColor(`--ansi-${name}`);
    const bright = `bright${name[0]?.toUpperCase()}${name.slice(1)}`;
    theme[bright] ??= paintedColor(`--ansi-${name}`);
  }
  return theme;
}
