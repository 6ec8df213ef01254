/** A program that says nothing for this long after a prompt waits for an answer. */
const QUIET_MS = 250;
const PROMPT = /[:?>$#=\])] ?$/;
const PROGRESS = /%|==|\.\.\./;

/**
 * Tells when the program seems to ask for something: its last line has not ended, looks like a
 * prompt, and nothing more comes. A guess, so it only ever offers help.
 */
export class PromptWatch {
  #lineSoFar;
  #onAsk;
  #watching = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {() => Promise<string>} lineSoFar what stands before the cursor once all is drawn
   * @param {(asks: boolean) => void} onAsk
   */
  constructor(lineSoFar, onAsk) {
    this.#lineSoFar = lineSoFar;
    this.#onAsk = onAsk;
  }

  /** @param {boolean} watching only while the program can be answered */
  watch(watching) {
    if (watching === this.#watching) return;
    this.#watching = watching;
    if (watching) this.written();
    else this.#settle();
  }

  /** The program wrote something. */
  written() {
    if (!this.#watching) return;
    this.#settle();
    this.#timer = setTimeout(() => this.#look(), QUIET_MS);
  }

  #settle() {
    clearTimeout(this.#timer);
    this.#onAsk(false);
  }

  async #look() {
    const timer = this.#timer;
    const line = await this.#lineSoFar();
    if (timer === this.#timer && this.#watching && isPrompt(line)) this.#onAsk(true);
  }
}

/** @param {string} line */
function isPrompt(line) {
  return PROMPT.test(line) && !PROGRESS.test(line);
}
