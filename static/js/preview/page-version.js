import { PageConsole } from './page-console.js';
import { FloodGauge } from './preview-messages.js';

/**
 * Where a page was scrolled to.
 *
 * @typedef {{ x: number, y: number }} Scroll
 */

/** One version of a page, in a frame with an origin of its own. */
export class PageVersion {
  layer = document.createElement('div');
  console = new PageConsole();
  gauge = new FloodGauge();
  /** The script that goes with a page of a live preview has run. */
  hasBegun = false;
  hasLoaded = false;

  /**
   * @param {string} url
   * @param {Scroll} scroll to begin with
   */
  constructor(url, scroll) {
    const frame = document.createElement('iframe');
    frame.title = 'Preview of the page';
    frame.setAttribute('sandbox', 'allow-scripts allow-modals');
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

  /** From the start. */
  again() {
    return new PageVersion(this.url, this.scroll);
  }
}
