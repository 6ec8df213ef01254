/** The most characters handed to the terminal at once: a few milliseconds of its work. */
const CHUNK = 32 * 1024;

/**
 * Feeds a terminal at its own pace: the next piece goes in when it reports the last one as drawn.
 * However fast a program prints, the page keeps answering to keys and to Stop.
 */
export class OutputQueue {
  #write;
  /** Text, and between it whom to tell that all before is drawn. @type {(string | (() => void))[]} */
  #pieces = [];
  #busy = false;

  /** @param {(text: string, done: () => void) => void} write */
  constructor(write) {
    this.#write = write;
  }

  /** @param {string} text */
  push(text) {
    for (let at = 0; at < text.length; at += CHUNK) this.#pieces.push(text.slice(at, at + CHUNK));
    if (!this.#busy) this.#next();
  }

  /** Whoever waits for what is cleared is told at once. */
  clear() {
    for (const piece of this.#pieces.splice(0)) if (typeof piece !== 'string') piece();
  }

  /** @returns {Promise<void>} resolved when all that was pushed so far has been drawn */
  drawn() {
    return new Promise((resolve) => {
      this.#pieces.push(resolve);
      if (!this.#busy) this.#next();
    });
  }

  #next() {
    let text = '';
    let taken = 0;
    for (const piece of this.#pieces) {
      if (text && (typeof piece !== 'string' || text.length >= CHUNK)) break;
      if (typeof piece === 'string') text += piece;
      else piece();
      taken += 1;
    }
    this.#pieces.splice(0, taken);
    this.#busy = text !== '';
    if (this.#busy) this.#write(text, () => this.#next());
  }
}
