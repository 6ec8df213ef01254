import { keepCookie } from './cookies.js';
import { findAll } from './dom.js';
import { isNarrow } from './panes.js';

/** @typedef {'files' | 'output'} Part */

/**
 * The parts beside the code, which can be put away. Where the screen is narrow all stay: there they
 * are tabs. The cookie lets the server draw the page as it was left.
 */
export class Parts {
  #focusCode;
  #buttons = findAll('toggle-part');

  /** @param {() => void} focusCode where the focus goes from a part that is put away */
  constructor(focusCode) {
    this.#focusCode = focusCode;
    for (const button of this.#buttons) {
      button.addEventListener('click', () => this.toggle(partOfButton(button)));
    }
  }

  /** Those that this page has. */
  get all() {
    return this.#buttons.map(partOfButton);
  }

  /** @param {Part} part */
  isAway(part) {
    return !isNarrow() && away().includes(part);
  }

  /** @param {Part} part */
  toggle(part) {
    if (this.isAway(part)) this.bringBack(part);
    else this.putAway(part);
  }

  /** @param {Part} part */
  bringBack(part) {
    if (this.isAway(part)) this.#set(away().filter((one) => one !== part));
  }

  /** @param {Part} part */
  putAway(part) {
    if (isNarrow() || this.isAway(part)) return;
    this.#leave(part);
    this.#set([...away(), part]);
  }

  /**
   * A focus in what is hidden would be lost.
   *
   * @param {Part} part
   */
  #leave(part) {
    const isInside = () => elementOf(part).contains(document.activeElement);
    if (isInside()) this.#focusCode();
    // There may be no code to show.
    if (isInside()) this.#buttons.find((button) => partOfButton(button) === part)?.focus();
  }

  /** @param {Part[]} parts that are away */
  #set(parts) {
    document.body.dataset.away = parts.join(' ');
    keepCookie('away', parts.join('.'));
    for (const button of this.#buttons) {
      button.setAttribute('aria-expanded', String(!parts.includes(partOfButton(button))));
    }
  }
}

/** @param {Part} part */
export function elementOf(part) {
  return /** @type {HTMLElement} */ (document.getElementById(`part-${part}`));
}

/** @param {HTMLElement} button */
function partOfButton(button) {
  return /** @type {Part} */ (button.dataset.togglePart);
}

function away() {
  return /** @type {Part[]} */ ((document.body.dataset.away ?? '').split(' ').filter(Boolean));
}
