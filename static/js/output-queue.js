/** The most characters handed to the terminal at once: a few milliseconds of its work. */
const CHUNK = 32 * 1024;

/**
 * Feeds a terminal at its own pace: the next piece goes in when it reports the last one as drawn.
 * However fast a program prints, the page keeps answering to keys and to Stop.
 */
export class OutputQueue {
  #write;
  /** @type {string[]} */
  #pieces = [];
  #busy = false;
  /** @type {(() => void)[]} */
  #drainers = [];

  /** @param {(text: string, done: () => void) => void} write */
  constructor(write) {
    this.#write = write;
  }

  /** @param {string} text */
  push(text) {
    for (let at = 0; at < text.length; at += CHUNK) this.#pieces.push(text.slice(at, at + CHUNK));
    if (!this.#busy) this.#next();
  }

  clear() {
    this.#pieces.length = 0;
  }

  /** @returns {Promise<void>} resolved when all that was pushed has been drawn */
  drained() {
    if (!this.#busy && this.#pieces.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drainers.push(resolve));
  }

  #next() {
    let text = '';
    let taken = 0;
    while (taken < this.#pieces.length && text.length < CHUNK) text += this.#pieces[taken++];
    this.#pieces.splice(0, taken);
    this.#busy = text !== '';
    if (this.#busy) this.#write(text, () => this.#next());
    else for (const resolve of this.#drainers.splice(0)) resolve();
  }
}
