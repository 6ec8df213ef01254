import { serverAnswers } from './server.js';

/** @import { Toasts } from './toasts.js' */

const LOOK_AGAIN_MS = [500, 1000, 2000, 3000];
const KEY = 'connection';

/**
 * @typedef {object} ConnectionParts
 * @property {Toasts} toasts
 * @property {() => string} kept what is said of this page's work meanwhile
 * @property {() => Promise<string>} [onBack] the server answers again: what is said of this page's
 *   work then
 */

/**
 * Whether the server can be reached: looked at when something failed, and from then on until it
 * can. The browser's own word is only a hint, as the server may be on this very machine.
 */
export class Connection {
  #parts;
  #isAway = false;
  #isLooking = false;
  #looks = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {ConnectionParts} parts */
  constructor(parts) {
    this.#parts = parts;
    for (const name of ['online', 'offline']) {
      window.addEventListener(name, () => this.#lookNow());
    }
    if (!navigator.onLine) this.look();
  }

  /** Something failed. */
  look() {
    if (this.#timer === undefined) this.#lookNow();
  }

  async #lookNow() {
    if (this.#isLooking) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isLooking = true;
    const answers = await serverAnswers();
    this.#isLooking = false;
    if (!answers) this.#away();
    else if (this.#isAway) await this.#back();
  }

  #away() {
    this.#isAway = true;
    const { toasts } = this.#parts;
    const kept = this.#parts.kept();
    toasts.show(KEY, {
      tone: 'warn',
      lasts: true,
      ...(navigator.onLine
        ? {
            title: 'The server cannot be reached.',
            text: `It may be starting anew; this page tries again by itself. ${kept}`.trim(),
          }
        : { title: 'You are offline.', text: kept }),
    });
    const wait = LOOK_AGAIN_MS[Math.min(this.#looks, LOOK_AGAIN_MS.length - 1)];
    this.#looks += 1;
    this.#timer = setTimeout(() => this.#lookNow(), wait);
  }

  async #back() {
    const { toasts, onBack } = this.#parts;
    this.#isAway = false;
    this.#looks = 0;
    const text = (await onBack?.()) ?? '';
    if (!this.#isAway) toasts.end(KEY, { tone: 'good', title: 'Back online.', text });
  }
}
