const TAB_MS = 500;
/** So long browsers take a page for activated after a key or a click. */
const ACTIVATION_MS = 5000;
const LEFT_JUST_NOW_MS = 200;
const MOST_PER_SECOND = 10;

/**
 * A page in a frame may take the focus whenever it likes, and would get what one types. Gives it
 * back, unless the Tab key or a click led there. Of a click nothing is heard here but the way of the
 * pointer to it.
 */
export class FocusGuard {
  /** @type {HTMLElement | null} */
  #left = null;
  #leftAt = 0;
  #key = '';
  #gestureAt = Number.NEGATIVE_INFINITY;
  #movedAt = 0;
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
    const onGesture = (/** @type {KeyboardEvent | PointerEvent} */ event) => {
      this.#key = event instanceof KeyboardEvent ? event.key : '';
      this.#gestureAt = performance.now();
    };
    document.addEventListener('keydown', onGesture, true);
    document.addEventListener('pointerdown', onGesture, true);
    document.addEventListener('pointermove', () => {
      this.#movedAt = performance.now();
    });
    // Within the event, Chromium would show the focus here and send the keys there.
    window.addEventListener('blur', () => setTimeout(() => this.#look()));
  }

  #look() {
    const frame = document.activeElement;
    if (frame instanceof HTMLIFrameElement && !this.#isWanted()) this.#takeBack(frame);
  }

  /** A click in a frame activates the page around it, too; but so does what one does there. */
  #isWanted() {
    const sinceGesture = performance.now() - this.#gestureAt;
    if (this.#key === 'Tab' && sinceGesture < TAB_MS) return true;
    if (navigator.userActivation?.isActive === false) return false;
    return sinceGesture > ACTIVATION_MS || this.#movedAt > this.#gestureAt;
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
