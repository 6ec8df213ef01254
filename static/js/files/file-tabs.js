import { element, find, icon } from '../ui/dom.js';

/** @import { StoredFile } from './stored-file.js' */

/**
 * @typedef {object} FileTabsHooks
 * @property {(id: number) => void} onChoose
 * @property {(id: number) => void} onClose
 */

/** The open files, after the ARIA tabs pattern: arrows go along them, Delete closes one. */
export class FileTabs {
  #host = find('file-tabs');
  #hooks;

  /** @param {FileTabsHooks} hooks */
  constructor(hooks) {
    this.#hooks = hooks;
    this.#host.addEventListener('click', (event) => this.#onClick(event));
    this.#host.addEventListener('auxclick', (event) => {
      const tab = tabAt(event);
      if (event.button === 1 && tab) this.#hooks.onClose(idOf(tab));
    });
    this.#host.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** @returns {number[]} in their order */
  get open() {
    return this.#tabs.map(idOf);
  }

  /** @param {StoredFile} file to be in front; its tab is made where there is none */
  show(file) {
    if (!this.#of(file.id)) this.#host.append(makeTab(file));
    this.rename(file);
    for (const tab of this.#tabs) {
      const chosen = idOf(tab) === file.id;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  }

  /** @param {StoredFile} file */
  rename({ id, path }) {
    const tab = this.#of(id);
    if (!tab) return;
    tab.title = path;
    find('tab-name', tab).textContent = path.slice(path.lastIndexOf('/') + 1);
  }

  /**
   * @param {number} before
   * @param {number} id
   */
  renumber(before, id) {
    const tab = this.#of(before);
    if (tab) tab.dataset.openFile = String(id);
  }

  /**
   * @param {number} id
   * @returns {number | undefined} the tab beside it, to be shown instead
   */
  close(id) {
    const at = this.open.indexOf(id);
    const hadFocus = this.#of(id) === document.activeElement;
    this.#of(id)?.remove();
    const beside = this.open[Math.min(at, this.open.length - 1)];
    if (hadFocus && beside !== undefined) this.#of(beside)?.focus();
    return beside;
  }

  get #tabs() {
    return /** @type {HTMLElement[]} */ ([...this.#host.children]);
  }

  /** @param {number} id */
  #of(id) {
    return this.#tabs.find((tab) => idOf(tab) === id);
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const tab = tabAt(event);
    if (!tab) return;
    const onCross = /** @type {Element} */ (event.target).closest('[data-tab-close]');
    if (onCross) this.#hooks.onClose(idOf(tab));
    else this.#hooks.onChoose(idOf(tab));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const tab = tabAt(event);
    if (!tab) return;
    if (event.key === 'Delete') return this.#hooks.onClose(idOf(tab));
    const at = this.#tabs.indexOf(tab);
    const last = this.#tabs.length - 1;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    const next = to === undefined ? undefined : this.#tabs[(to + last + 1) % (last + 1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
    this.#hooks.onChoose(idOf(next));
    next.focus();
  }
}

/** @param {StoredFile} file */
function makeTab({ id }) {
  const name = element('span');
  name.dataset.tabName = '';
  const close = element('span', { className: 'tab-close', title: 'Close (Delete key)' });
  close.dataset.tabClose = '';
  close.append(icon('close'));
  const tab = element('div', { className: 'tab', role: 'tab', ariaKeyShortcuts: 'Delete' });
  tab.dataset.openFile = String(id);
  tab.setAttribute('aria-controls', 'editor');
  tab.append(name, close);
  return tab;
}

/** @param {Event} event */
function tabAt(event) {
  const tab = /** @type {Element} */ (event.target).closest('[role=tab]');
  return /** @type {HTMLElement | null} */ (tab);
}

/** @param {HTMLElement} tab */
function idOf(tab) {
  return Number(tab.dataset.openFile);
}
