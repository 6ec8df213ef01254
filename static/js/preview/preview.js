import { find } from '../ui/dom.js';
import { FloodGauge, saidBy } from './preview-messages.js';

/** @import { Said } from './preview-messages.js' */

const LINES_KEPT = 200;

/**
 * The user's page, in a frame with an origin of its own: it can neither read this page nor call
 * the API. It comes from an address and not from `srcdoc`, which would inherit this page's
 * Content-Security-Policy. A workspace's preview is live: it shows the files as they are saved.
 */
export class Preview {
  #host = find('preview');
  #empty = find('preview-empty');
  #console = find('preview-console');
  #open = /** @type {HTMLAnchorElement} */ (find('preview-open'));
  /** @type {HTMLIFrameElement | undefined} */
  #frame;
  #gauge = new FloodGauge();
  #folder = '';
  #page = '';

  constructor() {
    window.addEventListener('message', (event) => this.#onMessage(event));
  }

  /**
   * From here on the preview is that of a workspace.
   *
   * @param {string} folder the address below which its files are
   */
  live(folder) {
    this.#folder = folder;
    this.refresh();
  }

  /** @param {string} path of the page to show; others that it links are a click away */
  choose(path) {
    if (path === this.#page) return;
    this.#page = path;
    this.refresh();
  }

  /** The files were saved. */
  refresh() {
    if (!this.#folder) return;
    this.#load(this.#folder + this.#page.split('/').map(encodeURIComponent).join('/'));
  }

  /** @param {string} url of a run's page */
  show(url) {
    if (this.#folder) this.refresh();
    else this.#load(url);
  }

  clear() {
    this.#console.replaceChildren();
    if (this.#folder) return;
    this.#takeOff();
    this.#empty.hidden = false;
    this.#open.hidden = true;
  }

  /** @param {string} url */
  #load(url) {
    const frame = document.createElement('iframe');
    frame.title = 'Preview of the page';
    frame.setAttribute('sandbox', 'allow-scripts allow-modals');
    frame.referrerPolicy = 'no-referrer';
    frame.src = url;
    this.#frame = frame;
    this.#gauge = new FloodGauge();
    this.#console.replaceChildren();
    this.#host.replaceChildren(frame);
    this.#empty.hidden = true;
    this.#open.href = url;
    this.#open.hidden = false;
  }

  #takeOff() {
    this.#frame = undefined;
    this.#host.replaceChildren();
  }

  /** @param {MessageEvent} event */
  #onMessage({ source, origin, data }) {
    if (!this.#frame || source !== this.#frame.contentWindow || origin !== 'null') return;
    if (this.#gauge.isFlooded(performance.now())) {
      this.#takeOff();
      this.#print({ level: 'error', text: 'The page sent too many messages and was stopped.' });
      return;
    }
    const said = saidBy(data);
    if (said) this.#print(said);
  }

  /** @param {Said} said */
  #print({ level, text }) {
    const line = document.createElement('p');
    line.dataset.level = level;
    line.textContent = text;
    this.#console.append(line);
    if (this.#console.childElementCount > LINES_KEPT) this.#console.firstElementChild?.remove();
    this.#console.scrollTop = this.#console.scrollHeight;
  }
}
