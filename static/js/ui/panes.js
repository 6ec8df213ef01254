import { findAll } from './dom.js';

/** @typedef {'files' | 'code' | 'terminal' | 'input' | 'problems' | 'preview'} Pane */

const OUTPUTS = new Set(['terminal', 'input', 'problems', 'preview']);

/**
 * Which pane is in front: a tab of the output beside the editor and, where the screen is narrow,
 * one pane at a time.
 */
export class Panes {
  #tabs = findAll('tab');
  #onShow;

  /** @param {(pane: Pane) => void} onShow */
  constructor(onShow) {
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
  show(pane) {
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

/** @returns {boolean} whether only one pane fits; the same width as in `layout.css` */
export function isNarrow() {
  return matchMedia('(max-width: 760px)').matches;
}
