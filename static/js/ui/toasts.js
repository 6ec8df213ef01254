import { find, icon } from './dom.js';

/** @import { Command } from '../commands/commands.js' */
/** @import { Tone } from '../types.js' */

/** As long as its words take to read, and what one does meanwhile. */
const SHOWN_FOR_MS = 8000;
/** Where something can be done about it, such as taking it back. */
const OFFERED_FOR_MS = 20_000;
const MOST = 4;

/** @type {Record<Tone, string>} */
const ICONS = { plain: 'info', busy: 'info', good: 'good', warn: 'alert', bad: 'alert' };

/**
 * What is said: what happened, and what to do. It goes away by itself, unless it is `bad` or
 * `lasts`: then it stays until it is dismissed or `end` is called.
 *
 * @typedef {object} ToastText
 * @property {Tone} tone
 * @property {string} title
 * @property {string} [text]
 * @property {boolean} [lasts]
 * @property {({ label: string, act: () => void } | { label: string, href: string })[]} [actions] a
 *   link opens in a new tab
 */

/**
 * Short messages on matters that have no place of their own on the page. What a run ended with, or
 * which of two versions of a file is to stay, is said by a `Notice`, where it is to be decided.
 */
export class Toasts {
  #urgent = find('toasts-urgent');
  #calm = find('toasts-calm');
  /** @type {Map<string, Toast>} the oldest first */
  #shown = new Map();
  /** What was dismissed and still holds. @type {Map<string, string>} */
  #dismissed = new Map();

  /**
   * Of each `key` there is one; the same words again are not said again.
   *
   * @param {string} key
   * @param {ToastText} text
   */
  show(key, text) {
    const said = wordsOf(text);
    if (this.#dismissed.get(key) === said) return;
    const before = this.#shown.get(key);
    if (before?.said === said) return before.wait();
    before?.remove();
    const toast = new Toast(text, () => this.#dismiss(key));
    this.#shown.set(key, toast);
    (text.tone === 'bad' ? this.#urgent : this.#calm).append(toast.element);
    toast.wait();
    this.#makeRoom();
  }

  /**
   * It is over; `text` says so, where anything had been said.
   *
   * @param {string} key
   * @param {ToastText} [text]
   */
  end(key, text) {
    const wasDismissed = this.#dismissed.delete(key);
    const shown = this.#shown.get(key);
    if (!shown && !wasDismissed) return;
    if (text) return this.show(key, text);
    this.#shown.delete(key);
    shown?.remove();
  }

  /** @type {Command[]} */
  get commands() {
    const isPossible = () => this.#shown.size > 0;
    const run = () => [...this.#shown.values()].at(-1)?.focus();
    return [{ label: 'Go to the messages', group: 'Page', run, isPossible }];
  }

  /** @param {string} key */
  #dismiss(key) {
    const toast = this.#shown.get(key);
    if (!toast) return;
    this.#shown.delete(key);
    if (toast.lasts) this.#dismissed.set(key, toast.said);
    const next = toast.hasFocus ? [...this.#shown.values()].at(-1) : undefined;
    toast.remove();
    next?.focus();
  }

  #makeRoom() {
    for (const [key, toast] of this.#shown) {
      if (this.#shown.size <= MOST) return;
      if (!toast.lasts && !toast.hasFocus) this.end(key);
    }
  }
}

/** One message on the screen. */
class Toast {
  said;
  lasts;
  element = document.createElement('div');
  #close;
  #goesAway;
  #shownForMs;
  /** @type {Element | null} what had the focus before it came here */
  #cameFrom = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {ToastText} text
   * @param {() => void} close
   */
  constructor(text, close) {
    this.said = wordsOf(text);
    this.lasts = text.lasts ?? false;
    this.#goesAway = !this.lasts && text.tone !== 'bad';
    this.#shownForMs = text.actions?.length ? OFFERED_FOR_MS : SHOWN_FOR_MS;
    this.#close = close;
    this.#build(text);
  }

  get hasFocus() {
    return this.element.contains(document.activeElement);
  }

  focus() {
    /** @type {HTMLElement | null} */ (this.element.querySelector('.dismiss'))?.focus();
  }

  /** Goes away after a while, unless somebody is at it. */
  wait() {
    clearTimeout(this.#timer);
    const isRead = this.hasFocus || this.element.matches(':hover');
    if (this.#goesAway && !isRead) this.#timer = setTimeout(this.#close, this.#shownForMs);
  }

  /** The focus goes back to where it came from. */
  remove() {
    clearTimeout(this.#timer);
    const hadFocus = this.hasFocus;
    this.element.remove();
    if (hadFocus && this.#cameFrom instanceof HTMLElement) this.#cameFrom.focus();
  }

  /** @param {ToastText} text */
  #build({ tone, title, text, actions = [] }) {
    const { element } = this;
    element.className = 'toast';
    element.dataset.tone = tone;
    const words = document.createElement('div');
    words.className = 'words';
    words.append(made('strong', title));
    if (text) words.append(made('p', text));
    if (actions.length > 0) {
      const acts = document.createElement('div');
      acts.className = 'acts';
      acts.append(...actions.map(actionElement));
      words.append(acts);
    }
    element.append(icon(ICONS[tone]), words, this.#dismissButton());
    for (const name of ['pointerenter', 'pointerleave', 'focusout']) {
      element.addEventListener(name, () => this.wait());
    }
    element.addEventListener('focusin', (event) => this.#onFocus(event));
    element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.#close();
    });
  }

  /** @param {FocusEvent} event */
  #onFocus({ relatedTarget }) {
    this.wait();
    const cameFrom = /** @type {Element | null} */ (relatedTarget);
    if (!cameFrom?.closest('.toast')) this.#cameFrom = cameFrom;
  }

  #dismissButton() {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'quiet square dismiss';
    button.setAttribute('aria-label', 'Dismiss');
    button.append(icon('close'));
    button.addEventListener('click', () => this.#close());
    return button;
  }
}

/** @param {ToastText} text */
function wordsOf({ tone, title, text = '' }) {
  return [tone, title, text].join('\n');
}

/** @param {NonNullable<ToastText['actions']>[number]} action */
function actionElement(action) {
  if ('href' in action) {
    const link = document.createElement('a');
    link.className = 'button';
    link.href = action.href;
    link.target = '_blank';
    link.rel = 'noopener';
    link.textContent = action.label;
    return link;
  }
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = action.label;
  button.addEventListener('click', action.act);
  return button;
}

/**
 * @param {'strong' | 'p'} tag
 * @param {string} text
 */
function made(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
