/** What a key is for: the running program, the page (and the browser), or scrolling by lines. */
/** @typedef {'program' | 'page' | { lines: number } | 'top' | 'bottom'} KeyUse */

/** @typedef {Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>} Key */

const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta']);

/**
 * Decides on the keys pressed in the terminal. While a program runs they are the program's, Tab
 * too; the way out is Escape and then Tab, as in the editor. Afterwards they scroll, and the rest
 * is left to the page.
 */
export class TerminalKeys {
  #escaped = false;

  /**
   * @param {Key} key
   * @param {{ open: boolean, selected: boolean, rows: number }} situation whether a program reads,
   *   whether text is selected, and how many rows the terminal has
   * @returns {KeyUse}
   */
  use(key, { open, selected, rows }) {
    const escaped = this.#escaped;
    if (!MODIFIERS.has(key.key)) this.#escaped = open && key.key === 'Escape';
    if (!open) return scrolling(key, rows - 1);
    if (key.key === 'Tab' && escaped) return 'page';
    return isClipboardKey(key, selected) ? 'page' : 'program';
  }
}

/**
 * Ctrl+V pastes, and Ctrl+C copies where something is selected; otherwise it interrupts.
 *
 * @param {Key} key
 * @param {boolean} selected
 */
function isClipboardKey(key, selected) {
  if (!key.ctrlKey || key.metaKey || key.altKey) return false;
  const letter = key.key.toLowerCase();
  return letter === 'v' || (letter === 'c' && selected);
}

/**
 * @param {Key} key
 * @param {number} page in lines
 * @returns {KeyUse}
 */
function scrolling({ key }, page) {
  const lines = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page }[key];
  if (lines !== undefined) return { lines };
  if (key === 'Home') return 'top';
  return key === 'End' ? 'bottom' : 'page';
}
