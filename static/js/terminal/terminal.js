import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal as Xterm } from '@xterm/xterm';
import { OutputQueue } from '../run/output-queue.js';
import { paintedHex } from '../ui/theme.js';
import { bufferText } from './buffer-text.js';
import { KeylessText } from './keyless-text.js';
import { PlaceLinks } from './place-links.js';
import { TerminalKeys } from './terminal-keys.js';
import { terminalTheme } from './terminal-theme.js';
import { linkTheWeb } from './web-links.js';
import { useWidths } from './widths.js';

/** @import { Place, TerminalSize } from '../types.js' */

const RESET = '\x1bc';
const SOFT = '\x1b[90m';
const PLAIN = '\x1b[39m';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
/** Undoes what a program may leave behind: its own screen, the mouse, colours, odd modes. */
const TIDY = '\x1b[?1047l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[!p';
/** A splitter that is dragged changes the size many times; the program hears of the last one. */
const RESIZE_AFTER_MS = 150;

/**
 * @typedef {object} TerminalHooks
 * @property {(data: string) => void} onInput what was typed or pasted for the program
 * @property {(size: TerminalSize) => void} onResize
 * @property {(place: Place) => void} onPlace a place in the code was clicked
 */

/** The program's terminal: shows what it writes, and takes what is typed while it runs. */
export class Terminal {
  #xterm;
  #fit = new FitAddon();
  #search = new SearchAddon();
  #keys = new TerminalKeys();
  #links;
  #queue;
  #hooks;
  #host;
  #screenful = 0;
  #open = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #resizeTimer;

  /**
   * @param {HTMLElement} host
   * @param {TerminalHooks} hooks
   */
  constructor(host, hooks) {
    this.#host = host;
    this.#hooks = hooks;
    this.#xterm = new Xterm({
      allowProposedApi: true, // decorations, widths
      cursorInactiveStyle: 'outline',
      disableStdin: true,
      fontFamily: getComputedStyle(host).fontFamily,
      fontSize: 13,
      lineHeight: 1.35,
      logLevel: 'off', // whatever a program writes is no error of the page
      minimumContrastRatio: 4.5,
      scrollback: 10_000,
      screenReaderMode: true,
      theme: terminalTheme(),
    });
    this.#queue = new OutputQueue((text, done) => this.#xterm.write(text, done));
    this.#xterm.loadAddon(this.#fit);
    this.#xterm.loadAddon(this.#search);
    useWidths(this.#xterm);
    this.#xterm.open(host);
    linkTheWeb(this.#xterm);
    this.#describe();
    this.#xterm.attachCustomKeyEventHandler((event) => this.#onKey(event));
    this.#links = new PlaceLinks(this.#xterm, (place) => this.#hooks.onPlace(place));
    this.#xterm.onData((data) => this.#hooks.onInput(data));
    // After those who listen to its data: it adds to them.
    if (this.#xterm.textarea) new KeylessText(this.#xterm, this.#xterm.textarea);
    this.#xterm.onResize((size) => this.#tellSize(size));
    this.#xterm.element?.addEventListener('copy', () => this.#deselect());
    new ResizeObserver(() => this.refit()).observe(host);
    this.tidy();
  }

  /** @returns {TerminalSize} */
  get size() {
    this.refit();
    return { cols: this.#xterm.cols, rows: this.#xterm.rows };
  }

  /** What a run's request says of it. */
  get forRun() {
    return { interactive: true, tty: true, ...this.size };
  }

  get hasFocus() {
    return this.#host.contains(document.activeElement);
  }

  /** What stands before the cursor on its line. */
  get lineSoFar() {
    const { baseY, cursorX, cursorY } = this.#xterm.buffer.active;
    const line = this.#xterm.buffer.active.getLine(baseY + cursorY);
    return line?.translateToString(false, 0, cursorX) ?? '';
  }

  /** All that was written, as far as the scrollback goes. */
  get text() {
    return bufferText(this.#xterm.buffer.active);
  }

  focus() {
    this.#xterm.focus();
  }

  selectAll() {
    this.#xterm.selectAll();
  }

  /**
   * Goes to what is wanted and marks it everywhere; `here` stays where it is as long as that fits.
   *
   * @param {string} wanted
   * @param {'next' | 'previous' | 'here'} way
   */
  find(wanted, way) {
    if (!wanted) return this.endFind();
    const options = { incremental: way === 'here', decorations: foundColors() };
    if (way === 'previous') this.#search.findPrevious(wanted, options);
    else this.#search.findNext(wanted, options);
  }

  endFind() {
    this.#search.clearDecorations();
    this.#xterm.clearSelection();
  }

  /** @param {(found: { index: number, count: number }) => void} tell after each search */
  onFound(tell) {
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) =>
      tell({ index: resultIndex, count: resultCount }),
    );
  }

  clear() {
    this.#screenful += 1;
    this.#queue.clear();
    // Through the queue, since some of the last program's output may still be on its way.
    this.#queue.push(RESET + (this.#open ? '' : HIDE_CURSOR));
  }

  /** Takes away what was written, but not the line that the program is on. */
  wipe() {
    this.#xterm.clear();
  }

  /** @param {string[]} fileNames whose places become links */
  linkPlacesOf(fileNames) {
    this.#links.of(fileNames);
  }

  /**
   * Whether the program writes into a pipe: nothing puts a return before its line feeds.
   *
   * @param {boolean} piped
   */
  setPiped(piped) {
    this.#xterm.options.convertEol = piped;
  }

  /**
   * Whether somebody reads what is typed.
   *
   * @param {boolean} open
   */
  setOpen(open) {
    if (open === this.#open) return;
    this.#open = open;
    this.#xterm.options.disableStdin = !open;
    this.#queue.push(open ? SHOW_CURSOR : HIDE_CURSOR);
  }

  /** The program has ended, in whatever state it left the screen. */
  tidy() {
    this.#queue.push(TIDY + HIDE_CURSOR);
  }

  /** Paints the places in the code that were written so far. */
  paintPlaces() {
    this.#links.paint();
  }

  /** How many pixels high what was written so far is. */
  get usedHeight() {
    const { baseY, cursorY } = this.#xterm.buffer.active;
    const screen = this.#host.querySelector('.xterm-screen')?.clientHeight ?? 0;
    return Math.ceil(((baseY + cursorY + 1) * screen) / this.#xterm.rows);
  }

  /** @param {string} text as the program's terminal sends it */
  write(text) {
    this.#queue.push(text);
  }

  /**
   * Plain text that is not the program's own.
   *
   * @param {string} text
   */
  writeSoft(text) {
    this.#queue.push(SOFT + text.replaceAll(/\r?\n/g, '\r\n') + PLAIN);
  }

  /**
   * A line of our own, on a new line, apart from the program's.
   *
   * @param {string} text
   */
  async note(text) {
    const screenful = this.#screenful;
    await this.#queue.drawn();
    if (screenful !== this.#screenful) return;
    const lead = this.#xterm.buffer.active.cursorX > 0 ? '\n' : '';
    this.writeSoft(`${lead}${text}\n`);
  }

  drawn() {
    return this.#queue.drawn();
  }

  repaint() {
    this.#xterm.options.theme = terminalTheme();
  }

  #describe() {
    this.#xterm.textarea?.setAttribute('aria-label', 'Terminal');
    this.#xterm.textarea?.setAttribute('aria-describedby', 'terminal-help');
  }

  /** Takes the room that there is, where that has changed. */
  refit() {
    if (this.#host.clientWidth > 0 && this.#host.clientHeight > 0) this.#fit.fit();
  }

  /** @param {TerminalSize} size */
  #tellSize({ cols, rows }) {
    clearTimeout(this.#resizeTimer);
    this.#resizeTimer = setTimeout(() => this.#hooks.onResize({ cols, rows }), RESIZE_AFTER_MS);
  }

  /** So that the next Ctrl+C interrupts the program. */
  #deselect() {
    if (this.#open) this.#xterm.clearSelection();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether xterm.js may take it
   */
  #onKey(event) {
    if (event.type !== 'keydown') return this.#open;
    const { rows } = this.#xterm;
    const selected = this.#xterm.hasSelection();
    const use = this.#keys.use(event, { open: this.#open, selected, rows });
    if (use === 'top') this.#xterm.scrollToTop();
    else if (use === 'bottom') this.#xterm.scrollToBottom();
    else if (typeof use === 'object') this.#xterm.scrollLines(use.lines);
    return use === 'program';
  }
}

function foundColors() {
  const mark = paintedHex('--warn');
  const chosen = paintedHex('--accent');
  return {
    matchBorder: mark,
    matchOverviewRuler: mark,
    activeMatchBackground: paintedHex('--accent-soft'),
    activeMatchBorder: chosen,
    activeMatchColorOverviewRuler: chosen,
  };
}
