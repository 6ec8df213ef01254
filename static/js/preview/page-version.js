import { find } from '../ui/dom.js';
import { PageConsole } from './page-console.js';
import { Allowance } from './preview-messages.js';

/** @import { PreviewMessage } from './preview-messages.js' */

/**
 * Where a page was scrolled to.
 *
 * @typedef {{ x: number, y: number }} Scroll
 */

/** One version of a page, in a frame with an origin of its own. */
export class PageVersion {
  layer = document.createElement('div');
  console = new PageConsole();
  /** Messages to this window: each of its documents sends one. */
  allowance = new Allowance(20, 1);
  /** The script that goes with a page of a live preview has run. */
  hasBegun = false;
  hasLoaded = false;
  /** @type {Worker | undefined} */
  #worker;

  /**
   * @param {string} url
   * @param {Scroll} scroll to begin with
   */
  constructor(url, scroll) {
    const frame = document.createElement('iframe');
    frame.title = 'Preview of the page';
    frame.setAttribute('sandbox', 'allow-scripts allow-modals allow-forms');
    frame.referrerPolicy = 'no-referrer';
    if (scroll.x || scroll.y) frame.name = JSON.stringify([scroll.x, scroll.y]);
    frame.src = url;
    frame.addEventListener('load', () => {
      this.hasLoaded = true;
    });
    this.layer.append(frame);
    this.url = url;
    this.scroll = scroll;
    this.frame = frame;
  }

  /**
   * A page can give us a port of its own making, so none is believed more than another.
   *
   * @param {MessagePort} port
   * @param {(message: PreviewMessage | { type: 'flood' }) => void} onMessage
   */
  listen(port, onMessage) {
    this.hasBegun = true;
    this.#worker ??= new Worker(find('preview-frames').dataset.worker ?? '', { type: 'module' });
    this.#worker.onmessage = ({ data }) => onMessage(data);
    this.#worker.postMessage(null, [port]);
  }

  remove() {
    this.layer.remove();
    this.#worker?.terminate();
  }

  /** From the start. */
  again() {
    return new PageVersion(this.url, this.scroll);
  }
}
