import { find } from '../ui/dom.js';
import { FocusGuard } from './focus-guard.js';
import { LiveSite } from './live-site.js';
import { PageFrames } from './page-frames.js';

/** @import { LiveSiteParts } from './live-site.js' */
/** @import { PageVersion, Scroll } from './page-version.js' */
/** @import { PreviewMessage } from './preview-messages.js' */

const TOP = { x: 0, y: 0 };
const TOO_MANY = 'The page sent too many messages and was stopped.';

/**
 * The user's page, in a frame with an origin of its own: it can neither read this page nor call
 * the API. It comes from an address and not from `srcdoc`, which would inherit this page's
 * Content-Security-Policy. A workspace's preview is live: it shows the files as they are saved.
 */
export class Preview {
  #empty = find('preview-empty');
  #console = find('preview-console');
  #open = /** @type {HTMLAnchorElement} */ (find('preview-open'));
  #frames = new PageFrames(find('preview-frames'), (front) => {
    this.#console.replaceChildren(front.console.element);
    this.#console.scrollTop = this.#console.scrollHeight;
  });
  /** @type {LiveSite | undefined} */
  #site;
  /** Where in the workspace the reader is: a page that links have led to stays. */
  #page = '';
  #scroll = TOP;

  constructor() {
    window.addEventListener('message', (event) => this.#onMessage(event));
    new FocusGuard((frame) => {
      const version = this.#frames.from(frame.contentWindow);
      if (version) this.#stop(version, 'The page kept taking the focus and was stopped.');
    });
  }

  /**
   * From here on the preview is that of a workspace.
   *
   * @param {LiveSiteParts} parts
   */
  live(parts) {
    this.#site = new LiveSite(parts, () => this.refresh());
    this.refresh();
  }

  /** @param {string} path of the page to show; others that it links are a click away */
  choose(path) {
    const page = path.split('/').map(encodeURIComponent).join('/');
    if (page === pathOf(this.#page)) return;
    this.#page = page;
    this.#scroll = TOP;
    this.refresh();
  }

  /** The files were saved. */
  async refresh() {
    if (!this.#site) return;
    await this.#site.renew();
    if (this.#site.missing(pathOf(this.#page))) this.#leave();
    this.#load(this.#site.addressOf(this.#page));
  }

  /** To the page that Run shows. */
  #leave() {
    this.#page = '';
    this.#scroll = TOP;
  }

  /** @param {string} url of a run's page */
  show(url) {
    if (!this.#site) return this.#load(url);
    this.#leave();
    this.refresh();
  }

  clear() {
    if (this.#site) return this.#frames.front?.console.clear();
    this.#leave();
    this.#frames.takeOff();
    this.#console.replaceChildren();
    this.#empty.hidden = false;
    this.#open.hidden = true;
  }

  /** @param {string} url */
  #load(url) {
    this.#frames.load(url, this.#scroll);
    this.#empty.hidden = true;
    this.#open.href = url;
    this.#open.hidden = false;
  }

  /**
   * @param {PageVersion} version
   * @param {string} why
   */
  #stop(version, why) {
    this.#frames.takeOff();
    this.#console.replaceChildren(version.console.element);
    version.console.print('error', why);
  }

  /**
   * The script that goes with each page hands us a port. What else a message has is never read: to
   * read its data unpacks it, and a large one would hold up the IDE.
   *
   * @param {MessageEvent} event
   */
  #onMessage({ source, ports: [port] }) {
    const version = this.#frames.from(source);
    if (!version) return;
    if (!version.allowance.take(1, performance.now())) this.#stop(version, TOO_MANY);
    else if (port) version.listen(port, (message) => this.#take(version, message));
  }

  /**
   * @param {PageVersion} version
   * @param {PreviewMessage | { type: 'flood' }} message
   */
  #take(version, message) {
    switch (message.type) {
      case 'flood':
        this.#stop(version, TOO_MANY);
        return;
      case 'console':
        version.console.print(message.level, message.text);
        return;
      case 'left-out':
        version.console.leaveOut(message.count);
        return;
      case 'begun':
        if (message.page !== this.#page) this.#stay(version, message.page, TOP);
        return;
      case 'place':
        this.#stay(version, message.page, message);
        return;
      default:
        this.#tellMissing(version, message);
    }
  }

  /**
   * The next version begins where this one is.
   *
   * @param {PageVersion} version
   * @param {string} page
   * @param {Scroll} scroll
   */
  #stay(version, page, { x, y }) {
    if (version !== this.#frames.front) return;
    this.#page = page;
    this.#scroll = { x, y };
  }

  /**
   * @param {PageVersion} version
   * @param {Extract<PreviewMessage, { type: 'asked' | 'failed' }>} message
   */
  #tellMissing(version, { type, path }) {
    const missing = this.#site?.missing(path);
    if (missing) version.console.miss(missing);
    else if (type === 'failed') version.console.print('error', `Could not be loaded: ${path}`);
  }
}

/** @param {string} page */
function pathOf(page) {
  return page.split(/[?#]/)[0] ?? '';
}
