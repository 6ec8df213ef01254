const TAB_MS = 500;
/** So long browsers take a page for activated after a key or a click. */
const ACTIVATION_MS = 5000;
const LEFT_JUST_NOW_MS = 200;
const MOST_PER_SECOND = 10;

/**
 * A page in a frame may take the focus whenever it likes, and would get what one types. Gives it
 * back, unless the Tab key, a click or a tap led there. Of a click in the frame nothing is heard
 * here but that it activates the page around it, as typing does: so typing uses its activation up.
 */
export class FocusGuard {
  /** @type {HTMLElement | null} */
  #left = null;
  #leftAt = 0;
  #tabAt = Number.NEGATIVE_INFINITY;
  /** When one last typed in a browser that does not let a page use its activation up. */
  #activeSince = Number.NEGATIVE_INFINITY;
  #movedAt = 0;
  /** @type {number[]} */
  #takings = [];
  #onTooOften;

  /** @param {(frame: HTMLIFrameElement) => void} onTooOften it does not stop taking it */
  constructor(onTooOften) {
    this.#onTooOften = onTooOften;
    document.addEventListener('focusout', ({ target, timeStamp }) => {
      this.#left = target instanceof HTMLElement ? target : null;
      this.#leftAt = timeStamp;
    });
    // Later, for what the key or the click does here may need the activation.
    const onGesture = (/** @type {Event} */ { target }) => {
      setTimeout(() => this.#useActivationUp(target));
    };
    document.addEventListener('click', onGesture, true);
    document.addEventListener('keydown', onGesture, true);
    document.addEventListener(
      'keydown',
      ({ key }) => {
        this.#tabAt = key === 'Tab' ? performance.now() : Number.NEGATIVE_INFINITY;
      },
      true,
    );
    document.addEventListener('pointermove', () => {
      this.#movedAt = performance.now();
    });
    window.addEventListener('blur', ({ timeStamp }) => {
      const left = timeStamp - this.#leftAt < LEFT_JUST_NOW_MS ? this.#left : null;
      // Within the event, Chromium would show the focus here and send the keys there.
      setTimeout(() => this.#look(left));
    });
  }

  /**
   * To hand a capability on, be it to this page itself, uses it up. Chromium only, so far.
   *
   * @param {EventTarget | null} typedInto a frame may have taken the focus from it meanwhile
   */
  #useActivationUp(typedInto) {
    const isTyping = isTextField(typedInto) || isTextField(document.activeElement);
    if (!isTyping || !isActivated()) return;
    const handingOn = { targetOrigin: location.origin, delegate: 'fullscreen' };
    window.postMessage(null, handingOn);
    if (isActivated()) this.#activeSince = performance.now();
  }

  /** @param {HTMLElement | null} left what had the focus until now */
  #look(left) {
    const focused = document.activeElement;
    // Where nothing has it any more, the frame that took it gave way to its next version.
    const isTaken = focused instanceof HTMLIFrameElement || (focused === document.body && left);
    if (!isTaken || this.#isWanted()) return;
    if (focused instanceof HTMLIFrameElement) this.#takeFrom(focused);
    left?.focus({ preventScroll: true });
  }

  #isWanted() {
    const now = performance.now();
    if (now - this.#tabAt < TAB_MS) return true;
    if (!isActivated()) return false;
    return now - this.#activeSince > ACTIVATION_MS || this.#movedAt > this.#activeSince;
  }

  /** @param {HTMLIFrameElement} frame */
  #takeFrom(frame) {
    const now = performance.now();
    frame.blur();
    this.#takings = [...this.#takings.filter((at) => now - at < 1000), now];
    if (this.#takings.length > MOST_PER_SECOND) this.#onTooOften(frame);
  }
}

/** @param {EventTarget | null} element */
function isTextField(element) {
  return (
    element instanceof HTMLElement &&
    (element.isContentEditable || element.matches('input, textarea'))
  );
}

/** An old browser does not say; there, too, a click must reach the page. */
function isActivated() {
  return navigator.userActivation?.isActive !== false;
}
