import { find } from './dom.js';

/** @import { Language } from '../types.js' */

const TYPE_AHEAD_MS = 600;

/**
 * @typedef {object} LanguagePickerHooks
 * @property {(id: string) => void} onChoose
 * @property {() => void} onOpen
 * @property {(language: Language) => string} noteOf what is said of a language below its name
 */

/** The choice of language: a button and its listbox, after the ARIA listbox pattern. */
export class LanguagePicker {
  #button = find('language-button');
  #name = find('language-name');
  #list = find('language-list');
  #root = find('language-picker');
  #languages;
  #hooks;
  #active = 0;
  #typed = '';
  #typedAt = 0;

  /**
   * @param {Language[]} languages
   * @param {LanguagePickerHooks} hooks
   */
  constructor(languages, hooks) {
    this.#languages = languages;
    this.#hooks = hooks;
    this.refresh();
    this.#button.addEventListener('click', () => (this.isOpen ? this.#close() : this.#open()));
    this.#button.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      event.preventDefault();
      this.#open();
    });
    this.#list.addEventListener('keydown', (event) => this.#onKey(event));
    this.#list.addEventListener('pointermove', (event) => this.#activate(this.#indexAt(event)));
    this.#list.addEventListener('click', (event) => this.#choose(this.#indexAt(event)));
    document.addEventListener('pointerdown', (event) => {
      if (!this.#root.contains(/** @type {Node} */ (event.target))) this.#close();
    });
    this.#root.addEventListener('focusout', (event) => {
      const to = /** @type {Node | null} */ (event.relatedTarget);
      if (to && !this.#root.contains(to)) this.#close();
    });
  }

  /** @param {string} id */
  show(id) {
    this.#active = this.#languages.findIndex((language) => language.id === id);
    const language = this.#languages[this.#active];
    if (!language) return;
    this.#name.textContent = `${language.name} ${language.version}`.trim();
    for (const option of this.#options) {
      option.setAttribute('aria-selected', String(option.dataset.language === id));
    }
  }

  /** Says of each language again whether it can run. */
  refresh() {
    for (const [index, option] of this.#options.entries()) {
      const language = this.#languages[index];
      if (!language) continue;
      const text = this.#hooks.noteOf(language);
      const note = find('note', option);
      note.textContent = text;
      note.hidden = text === '';
      option.classList.toggle('off', !language.available);
      find('version', option).textContent = language.version;
    }
  }

  get #options() {
    return /** @type {HTMLElement[]} */ ([...this.#list.querySelectorAll('[role=option]')]);
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  #open() {
    this.#list.hidden = false;
    this.#button.setAttribute('aria-expanded', 'true');
    const chosen = this.#options.findIndex((o) => o.getAttribute('aria-selected') === 'true');
    this.#activate(chosen);
    this.#list.focus();
    this.#hooks.onOpen();
  }

  #close() {
    if (!this.isOpen) return;
    const hadFocus = this.#list.contains(document.activeElement);
    this.#list.hidden = true;
    this.#button.setAttribute('aria-expanded', 'false');
    if (hadFocus) this.#button.focus();
  }

  /** @param {Event} event */
  #indexAt(event) {
    const option = /** @type {Element} */ (event.target).closest('[role=option]');
    return this.#options.indexOf(/** @type {HTMLElement} */ (option));
  }

  /** @param {number} index */
  #activate(index) {
    const option = this.#options[index];
    if (!option) return;
    this.#active = index;
    for (const other of this.#options) other.classList.toggle('active', other === option);
    this.#list.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  }

  /** @param {number} index */
  #choose(index) {
    const language = this.#languages[index];
    if (!language) return;
    this.#close();
    this.#hooks.onChoose(language.id);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const last = this.#languages.length - 1;
    const moves = {
      ArrowDown: Math.min(this.#active + 1, last),
      ArrowUp: Math.max(this.#active - 1, 0),
      Home: 0,
      End: last,
    };
    const to = moves[/** @type {keyof typeof moves} */ (event.key)];
    if (to !== undefined) this.#activate(to);
    else if (event.key === 'Enter' || event.key === ' ') this.#choose(this.#active);
    else if (event.key === 'Escape') this.#close();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) this.#typeAhead(event.key);
    else return;
    event.preventDefault();
  }

  /** @param {string} character */
  #typeAhead(character) {
    const now = Date.now();
    this.#typed = now - this.#typedAt < TYPE_AHEAD_MS ? this.#typed + character : character;
    this.#typedAt = now;
    const wanted = this.#typed.toLowerCase();
    this.#activate(this.#languages.findIndex((l) => l.name.toLowerCase().startsWith(wanted)));
  }
}
