import { findAll } from './dom.js';

/** @import { Parts } from './parts.js' */

/** @typedef {'files' | 'code' | 'terminal' | 'input' | 'problems' | 'preview' | 'assistant'} Pane */

const OUTPUTS = new Set(['terminal', 'input', 'problems', 'preview', 'assistant']);

/**
 * Which pane is in front: a tab of the output beside the editor and, where the screen is narrow,
 * one pane at a time.
 */
export class Panes {
  #tabs = findAll('tab');
  #parts;
  #onShow;

  /**
   * @param {Parts} parts
   * @param {(pane: Pane) => void} onShow
   */
  constructor(parts, onShow) {
    this.#parts = parts;
    this.#onShow = onShow;
    for (const tab of this.#tabs) {
      tab.addEventListener('click', () => this.show(paneOf(tab.dataset.tab)));
      tab.addEventListener('keydown', (event) => this.#onKey(event));
    }
    for (const button of findAll('show-pane')) {
      button.addEventListener('click', () => this.show(paneOf(button.dataset.showPane)));
    }
  }

  /** @returns {Pane} */
  get narrowPane() {
    return paneOf(document.body.dataset.pane);
  }

  /** @param {Pane} pane */
  isAway(pane) {
    const part = partOf(pane);
    return part !== null && this.#parts.isAway(part);
  }

  /**
   * Brings it to the front, and back where it was put away.
   *
   * @param {Pane} pane
   */
  show(pane) {
    const part = partOf(pane);
    if (part) this.#parts.bringBack(part);
    this.prepare(pane);
  }

  /**
   * The same, but for what is put away: that stays so.
   *
   * @param {Pane} pane
   */
  prepare(pane) {
    document.body.dataset.pane = pane;
    for (const button of findAll('show-pane')) {
      button.setAttribute('aria-current', String(button.dataset.showPane === pane));
    }
    if (OUTPUTS.has(pane)) this.#select(pane);
    this.#onShow(pane);
  }

  /** @param {Pane} pane */
  #select(pane) {
    document.body.dataset.output = pane;
    for (const tab of this.#tabs) {
      const selected = tab.dataset.tab === pane;
      tab.setAttribute('aria-selected', String(selected));
      tab.tabIndex = selected ? 0 : -1;
      if (selected) tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
    for (const panel of findAll('panel')) panel.hidden = panel.dataset.panel !== pane;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const at = this.#tabs.indexOf(/** @type {HTMLElement} */ (event.currentTarget));
    const next = this.#tabs[(at + step + this.#tabs.length) % this.#tabs.length];
    next?.focus();
    next?.click();
  }
}

/** @param {string | undefined} name */
function paneOf(name) {
  return name === 'files' || OUTPUTS.has(name ?? '') ? /** @type {Pane} */ (name) : 'code';
}

/**
 * @param {Pane} pane
 * @returns {import('./parts.js').Part | null} null for the code, which is always there
 */
function partOf(pane) {
  if (pane === 'files') return 'files';
  return OUTPUTS.has(pane) ? 'output' : null;
}

/** @returns {boolean} whether only one pane fits; the same width as in `layout.css` */
export function isNarrow() {
  return matchMedia('(max-width: 760px)').matches;
}
