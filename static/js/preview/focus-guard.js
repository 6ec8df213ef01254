/** So soon after a key nobody has clicked into a frame: its page took the focus. */
const BUSY_TYPING_MS = 500;
const LEFT_JUST_NOW_MS = 200;
const MOST_PER_SECOND = 10;

/**
 * A page in a frame may take the focus whenever it likes, and would get what one types. Gives it
 * back, unless a click or the Tab key led there.
 */
export class FocusGuard {
  /** @type {HTMLElement | null} */
  #left = null;
  #leftAt = 0;
  #key = '';
  #keyAt = 0;
  /** @type {number[]} */
  #takings = [];
  #onTooOften;

  /** @param {(frame: HTMLIFrameElement) => void} onTooOften it does not stop taking it */
  constructor(onTooOften) {
    this.#onTooOften = onTooOften;
    document.addEventListener('focusout', ({ target }) => {
      this.#left = target instanceof HTMLElement ? target : null;
      this.#leftAt = performance.now();
    });
    const onKey = (/** @type {KeyboardEvent} */ { key }) => {
      this.#key = key;
      this.#keyAt = performance.now();
    };
    document.addEventListener('keydown', onKey, true);
    window.addEventListener('blur', () => {
      // Some browsers tell only afterwards who has it now.
      if (!this.#look()) setTimeout(() => this.#look());
    });
  }

  /** @returns {boolean} whether a frame has the focus, or had it */
  #look() {
    const frame = document.activeElement;
    if (!(frame instanceof HTMLIFrameElement)) return false;
    if (!this.#isWanted(frame)) this.#takeBack(frame);
    return true;
  }

  /** @param {HTMLIFrameElement} frame */
  #isWanted(frame) {
    const sinceKey = performance.now() - this.#keyAt;
    if (this.#key === 'Tab' && sinceKey < BUSY_TYPING_MS) return true;
    if (sinceKey < BUSY_TYPING_MS) return false;
    // A click in a frame activates the page around it, too. No finger hovers.
    if (!navigator.userActivation?.isActive) return false;
    return frame.matches(':hover') || matchMedia('(hover: none)').matches;
  }

  /** @param {HTMLIFrameElement} frame */
  #takeBack(frame) {
    const now = performance.now();
    frame.blur();
    if (now - this.#leftAt < LEFT_JUST_NOW_MS) this.#left?.focus({ preventScroll: true });
    this.#takings = [...this.#takings.filter((at) => now - at < 1000), now];
    if (this.#takings.length > MOST_PER_SECOND) this.#onTooOften(frame);
  }
}
