import { find } from '../ui/dom.js';

/**
 * The user's page, in a frame with an origin of its own: it can neither read this page nor call
 * the API. The address is fresh for each run; the page comes from there and not from `srcdoc`,
 * which would inherit this page's Content-Security-Policy.
 */
export class Preview {
  #host = find('preview');
  #empty = find('preview-empty');
  #open = /** @type {HTMLAnchorElement} */ (find('preview-open'));

  /** @param {string} url */
  show(url) {
    const frame = document.createElement('iframe');
    frame.title = 'Preview of the page';
    frame.setAttribute('sandbox', 'allow-scripts allow-modals');
    frame.referrerPolicy = 'no-referrer';
    frame.src = url;
    this.#host.replaceChildren(frame);
    this.#empty.hidden = true;
    this.#open.href = url;
    this.#open.hidden = false;
  }

  clear() {
    this.#host.replaceChildren();
    this.#empty.hidden = false;
    this.#open.hidden = true;
  }
}
