const LINES_KEPT = 200;
const ERRORS_KEPT = 50;

/** What one version of a page has said, and what the IDE says about it. */
export class PageConsole {
  element = document.createElement('div');
  #leftOut = 0;
  /** @type {HTMLElement | undefined} */
  #leftOutLine;
  /** @type {Set<string>} */
  #missing = new Set();

  /**
   * @param {string} level
   * @param {string} text
   */
  print(level, text) {
    const line = document.createElement('p');
    line.dataset.level = level;
    line.textContent = text;
    this.element.append(line);
    if (this.element.childElementCount > LINES_KEPT) this.#forgetOne();
    this.#scrollDown();
    return line;
  }

  /** One line for all of them, at the place of the last. @param {number} count of messages */
  leaveOut(count) {
    this.#leftOut += count;
    this.#leftOutLine?.remove();
    const text = this.#leftOut === 1 ? '1 message was' : `${this.#leftOut} messages were`;
    this.#leftOutLine = this.print('warn', `${text} left out: too many at once.`);
  }

  /** Once for each file. @param {string} path */
  miss(path) {
    if (this.#missing.has(path)) return;
    this.#missing.add(path);
    this.print('error', `${path}: no such file in this workspace`);
  }

  clear() {
    this.element.replaceChildren();
    this.#leftOut = 0;
  }

  /** The oldest, but an error among much talk stays. */
  #forgetOne() {
    const errors = this.element.querySelectorAll('[data-level=error]');
    const oldest = this.element.querySelector(':not([data-level=error])');
    (errors.length > ERRORS_KEPT ? errors[0] : oldest)?.remove();
  }

  #scrollDown() {
    const pane = this.element.parentElement;
    if (pane) pane.scrollTop = pane.scrollHeight;
  }
}
