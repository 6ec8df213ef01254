import { find } from '../ui/dom.js';

/**
 * A file or a folder of the tree; `id` is null for a folder.
 *
 * @typedef {{ path: string, id: number | null }} Chosen
 */

/**
 * @typedef {object} FileTreeHooks
 * @property {(chosen: Chosen) => void} onOpen a file is to be shown
 * @property {(chosen: Chosen | null) => void} onChoose
 * @property {(chosen: Chosen) => void} onRename
 * @property {(chosen: Chosen) => void} onDelete
 * @property {(path: string, folder: string) => void} onMove dragged there; the top is empty
 * @property {(deletion: string, path: string) => void} onRestore
 */

const MOVED = 'application/x-cloudrun-path';

/**
 * The tree of files, which the server draws, after the ARIA tree pattern: arrows go up and down, in
 * and out; Enter opens, F2 renames, Delete deletes, letters search.
 */
export class FileTree {
  #host = find('tree-host');
  #hooks;
  /** @type {Set<string>} paths of folders */
  #shut = new Set();
  #chosen = '';

  /** @param {FileTreeHooks} hooks */
  constructor(hooks) {
    this.#hooks = hooks;
    this.#host.addEventListener('click', (event) => this.#onClick(event));
    this.#host.addEventListener('keydown', (event) => this.#onKey(event));
    this.#wireDragging();
    this.#restore();
  }

  /** @param {string} html as the server has drawn it */
  draw(html) {
    const hadFocus = this.#host.contains(document.activeElement);
    const showsDeleted = this.#deleted?.open ?? false;
    // Drawn by our own template, which escapes every name.
    this.#host.innerHTML = html;
    this.#deleted?.toggleAttribute('open', showsDeleted);
    this.#restore();
    if (hadFocus) this.#items.find((item) => item.tabIndex === 0)?.focus();
  }

  /** @returns {Chosen | null} */
  get chosen() {
    const item = this.#itemOf(this.#chosen);
    return item ? describe(item) : null;
  }

  /** Where a new file is to go: the chosen folder, or that of the chosen file. */
  get folder() {
    const chosen = this.chosen;
    if (!chosen) return '';
    return chosen.id === null ? chosen.path : chosen.path.split('/').slice(0, -1).join('/');
  }

  /** @param {string} path */
  choose(path) {
    const isOther = path !== this.#chosen;
    this.#chosen = path;
    this.#restore();
    if (isOther) this.#itemOf(path)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** Chooses it, and opens the folders around it. @param {string} path */
  reveal(path) {
    for (const folder of this.#shut) if (path.startsWith(`${folder}/`)) this.#shut.delete(folder);
    this.choose(path);
  }

  /** @param {string} path */
  focus(path) {
    this.reveal(path);
    this.#itemOf(path)?.focus();
  }

  /** The one that Tab comes to. */
  enter() {
    this.#items.find((item) => item.tabIndex === 0)?.focus();
  }

  get #items() {
    return /** @type {HTMLElement[]} */ ([...this.#host.querySelectorAll('[role=treeitem]')]);
  }

  /** What is listed as deleted, below the tree. */
  get #deleted() {
    return this.#host.querySelector('details');
  }

  /** Those that no shut folder hides. */
  get #visible() {
    return this.#items.filter((item) => !item.closest('[aria-expanded=false] + [role=group]'));
  }

  /** @param {string} path */
  #itemOf(path) {
    return this.#items.find((item) => item.dataset.path === path);
  }

  /** What a fresh drawing does not know: which folders are shut, and what is chosen. */
  #restore() {
    for (const item of this.#items) {
      const path = item.dataset.path ?? '';
      if (item.dataset.file === undefined) {
        item.setAttribute('aria-expanded', String(!this.#shut.has(path)));
      }
      item.setAttribute('aria-selected', String(path === this.#chosen));
      item.tabIndex = -1;
    }
    const visible = this.#visible;
    const first = visible.find((item) => item.dataset.path === this.#chosen) ?? visible[0];
    if (first) first.tabIndex = 0;
    this.#hooks.onChoose(this.chosen);
  }

  /** @param {HTMLElement} item */
  #pick(item) {
    this.choose(item.dataset.path ?? '');
    item.focus();
  }

  /**
   * @param {HTMLElement} item
   * @param {boolean} open
   */
  #setOpen(item, open) {
    const path = item.dataset.path ?? '';
    if (open) this.#shut.delete(path);
    else this.#shut.add(path);
    this.#restore();
  }

  /** @param {HTMLElement} item */
  #activate(item) {
    const chosen = describe(item);
    if (chosen.id === null) this.#setOpen(item, item.getAttribute('aria-expanded') !== 'true');
    else this.#hooks.onOpen(chosen);
  }

  /** @param {Event} event */
  #onClick(event) {
    const item = itemAt(event);
    if (!item) return this.#onRestore(event);
    this.#pick(item);
    this.#activate(item);
  }

  /** @param {Event} event */
  #onRestore({ target }) {
    const button = /** @type {Element} */ (target).closest('[data-restore]');
    if (!(button instanceof HTMLElement)) return;
    this.#hooks.onRestore(button.dataset.restore ?? '', button.dataset.path ?? '');
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const item = itemAt(event);
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.#act(item, event.key) && !this.#goFrom(item, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {HTMLElement} item
   * @param {string} key
   * @returns {boolean} whether the key meant something
   */
  #act(item, key) {
    if (key === 'Enter' || key === ' ') {
      this.choose(item.dataset.path ?? '');
      this.#activate(item);
    } else if (key === 'F2') this.#hooks.onRename(describe(item));
    else if (key === 'Delete') this.#hooks.onDelete(describe(item));
    else return false;
    return true;
  }

  /**
   * @param {HTMLElement} item
   * @param {string} key
   */
  #goFrom(item, key) {
    const visible = this.#visible;
    const at = visible.indexOf(item);
    const isOpen = item.getAttribute('aria-expanded');
    if (key === 'ArrowRight' && isOpen === 'false') this.#setOpen(item, true);
    else if (key === 'ArrowLeft' && isOpen === 'true') this.#setOpen(item, false);
    else if (key === 'ArrowDown') this.#focus(visible[at + 1]);
    else if (key === 'ArrowUp') this.#focus(visible[at - 1]);
    else if (key === 'ArrowRight') this.#focus(isOpen ? visible[at + 1] : undefined);
    else if (key === 'ArrowLeft') this.#focus(itemAround(item));
    else if (key === 'Home') this.#focus(visible[0]);
    else if (key === 'End') this.#focus(visible.at(-1));
    else if (key.length === 1) this.#focus(byLetter([...visible.slice(at + 1), ...visible], key));
    else return false;
    return true;
  }

  /** @param {HTMLElement | undefined} item */
  #focus(item) {
    if (item) this.#pick(item);
  }

  #wireDragging() {
    this.#host.addEventListener('dragstart', (event) => {
      const path = itemAt(event)?.dataset.path;
      if (path) event.dataTransfer?.setData(MOVED, path);
    });
    this.#host.addEventListener('dragover', (event) => {
      if (event.dataTransfer?.types.includes(MOVED)) event.preventDefault();
    });
    this.#host.addEventListener('drop', (event) => {
      const path = event.dataTransfer?.getData(MOVED);
      if (!path) return;
      event.preventDefault();
      this.#hooks.onMove(path, folderAt(event));
    });
  }
}

/**
 * The folder under the pointer; empty for the top.
 *
 * @param {Event} event
 */
export function folderAt(event) {
  let item = itemAt(event);
  if (item && describe(item).id !== null) item = itemAround(item) ?? null;
  return item?.dataset.path ?? '';
}

/** @param {Event} event */
function itemAt(event) {
  const item = /** @type {Element} */ (event.target).closest('[role=treeitem]');
  return /** @type {HTMLElement | null} */ (item);
}

/** @param {HTMLElement} item */
function itemAround(item) {
  const around = item.closest('[role=group]')?.previousElementSibling;
  return /** @type {HTMLElement | undefined} */ (around ?? undefined);
}

/**
 * @param {HTMLElement[]} items
 * @param {string} letter
 */
function byLetter(items, letter) {
  return items.find((item) =>
    item.textContent?.trim().toLowerCase().startsWith(letter.toLowerCase()),
  );
}

/**
 * @param {HTMLElement} item
 * @returns {Chosen}
 */
function describe(item) {
  const { path = '', file } = item.dataset;
  return { path, id: file === undefined ? null : Number(file) };
}
