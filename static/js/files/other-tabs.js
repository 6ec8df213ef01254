/** Several changes at once, as of a replacement in many files, are one look at the server. */
const LOOK_AFTER_MS = 100;

/**
 * The same workspace in other tabs of this browser: each tells the others that it has changed
 * something on the server. Where the browser has no such channel, a tab looks when it comes into
 * sight, as a hidden one does.
 */
export class OtherTabs {
  #channel;
  #onChange;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} workspaceId
   * @param {() => void} onChange
   */
  constructor(workspaceId, onChange) {
    this.#onChange = onChange;
    if (typeof BroadcastChannel === 'undefined') return;
    this.#channel = new BroadcastChannel(`cloudrun.files.${workspaceId}`);
    this.#channel.onmessage = () => this.#lookSoon();
  }

  tell() {
    this.#channel?.postMessage('changed');
  }

  #lookSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (document.visibilityState === 'visible') this.#onChange();
    }, LOOK_AFTER_MS);
  }
}
