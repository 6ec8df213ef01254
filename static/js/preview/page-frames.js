import { PageVersion } from './page-version.js';

/** @import { Scroll } from './page-version.js' */

/** So long a version may load behind the one that is shown. */
const PATIENCE_MS = 1500;
const LONG_LOADING_MS = 5000;
const PAINT_MS = 100;

/**
 * The version of a page that is shown, and the next one, which loads behind it and comes forward
 * once it is there: nothing flashes. One that never loads gives way to the next at once.
 */
export class PageFrames {
  #host;
  #onFront;
  /** @type {PageVersion | undefined} */
  #front;
  /** @type {PageVersion | undefined} */
  #behind;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} host
   * @param {(front: PageVersion) => void} onFront another version is shown from here on
   */
  constructor(host, onFront) {
    this.#host = host;
    this.#onFront = onFront;
  }

  get front() {
    return this.#front;
  }

  /**
   * @param {MessageEventSource | null} source
   * @returns {PageVersion | undefined} that has it, be it as a frame in its page
   */
  from(source) {
    const page = source && 'parent' in source && pageOf(source);
    return [this.#front, this.#behind].find((version) => version?.frame.contentWindow === page);
  }

  /**
   * @param {string} url
   * @param {Scroll} scroll
   */
  load(url, scroll) {
    clearTimeout(this.#timer);
    this.#behind?.remove();
    this.#behind = undefined;
    const version = new PageVersion(url, scroll);
    if (this.#front?.hasLoaded) this.#loadBehind(version);
    else this.#loadAlone(version);
  }

  takeOff() {
    clearTimeout(this.#timer);
    this.#front?.remove();
    this.#front = undefined;
    this.#behind?.remove();
    this.#behind = undefined;
  }

  /** @param {PageVersion} version */
  #loadBehind(version) {
    this.#behind = version;
    version.layer.inert = true;
    // What has loaded is not painted yet, and would come forward white.
    version.frame.addEventListener('load', () => {
      setTimeout(() => this.#bringForward(version), PAINT_MS);
    });
    this.#host.prepend(version.layer);
    this.#timer = setTimeout(() => this.#losePatience(version), PATIENCE_MS);
  }

  /**
   * Versions share a process: where the new one has not even begun, the shown one may block both.
   *
   * @param {PageVersion} version
   */
  #losePatience(version) {
    if (version.hasBegun) this.#bringForward(version);
    else this.#loadAlone(version.again());
  }

  /** @param {PageVersion} version */
  #loadAlone(version) {
    this.takeOff();
    this.#host.append(version.layer);
    this.#show(version);
  }

  /** @param {PageVersion} version */
  #bringForward(version) {
    if (version !== this.#behind) return;
    clearTimeout(this.#timer);
    this.#behind = undefined;
    this.#front?.remove();
    version.layer.inert = false;
    this.#show(version);
  }

  /** @param {PageVersion} version */
  #show(version) {
    this.#front = version;
    version.layer.dataset.preview = '';
    this.#onFront(version);
    if (version.hasLoaded) return;
    this.#timer = setTimeout(() => {
      if (version.hasLoaded) return;
      version.console.print('warn', 'Still loading: a slow file, or an endless loop.');
    }, LONG_LOADING_MS);
  }
}

/** The frame of this window that a window is in. @param {Window} source */
function pageOf(source) {
  let page = source;
  while (page.parent && page.parent !== page && page.parent !== window) page = page.parent;
  return page;
}
