import { find, findAll } from './dom.js';
import { elementOf } from './parts.js';
import { recall, remember } from './storage.js';

/** @import { Part, Parts } from './parts.js' */

const KEY_STEP = 16;
/** In pixels, as in `layout.css`. */
const EDITOR_LEAST = 260;

/**
 * How narrow a part may be, which way its line goes as it grows, and what its width is kept in.
 *
 * @type {Record<Part, { least: number, way: 1 | -1, length: (px: number, whole: number) => string }>}
 */
const KINDS = {
  files: { least: 192, way: 1, length: (px) => `${px}px` },
  output: {
    least: 260,
    way: -1,
    length: (px, whole) => `${((px / whole) * 100).toFixed(2)}%`,
  },
};

/** @param {Parts} parts */
export function wireSplitters(parts) {
  for (const line of findAll('splitter')) new Splitter(line, parts);
}

/**
 * The line between a part and the code: drag it, or move it with the arrow keys. At the page's edge
 * it puts the part away, and brings it back from there.
 */
class Splitter {
  #line;
  #parts;
  #part;
  #kind;
  #property;
  #main = find('main');
  #code = find('code');

  /**
   * @param {HTMLElement} line
   * @param {Parts} parts
   */
  constructor(line, parts) {
    this.#line = line;
    this.#parts = parts;
    this.#part = /** @type {Part} */ (line.dataset.splitter);
    this.#kind = KINDS[this.#part];
    this.#property = `${this.#part}-width`;
    this.#wirePointer();
    line.addEventListener('keydown', (event) => this.#onKey(event));
    line.addEventListener('dblclick', () => this.#reset());
    const kept = recall('local', this.#property);
    if (kept && /^[\d.]+(px|%)$/.test(kept))
      this.#main.style.setProperty(`--${this.#property}`, kept);
    const observer = new ResizeObserver(() => this.#tell());
    for (const element of [this.#main, this.#code, elementOf(this.#part)])
      observer.observe(element);
  }

  get #width() {
    return elementOf(this.#part).offsetWidth;
  }

  /** How wide the part could be, with the other one as it is. */
  get #most() {
    const width = this.#width;
    return Math.max(this.#kind.least, width, width + this.#code.offsetWidth - EDITOR_LEAST);
  }

  /** @param {number} wanted width in pixels */
  #place(wanted) {
    const { least, length } = this.#kind;
    const width = Math.round(Math.max(least, Math.min(this.#most, wanted)));
    const kept = length(width, this.#main.offsetWidth);
    this.#main.style.setProperty(`--${this.#property}`, kept);
    remember('local', this.#property, kept);
    this.#parts.bringBack(this.#part);
    this.#tell();
  }

  #reset() {
    this.#main.style.removeProperty(`--${this.#property}`);
    remember('local', this.#property, null);
    this.#parts.bringBack(this.#part);
  }

  #wirePointer() {
    const line = this.#line;
    /** @param {boolean} moving */
    const setMoving = (moving) => {
      line.toggleAttribute('data-moving', moving);
      document.body.toggleAttribute('data-resizing', moving);
    };
    line.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      line.setPointerCapture(event.pointerId);
      setMoving(true);
      event.preventDefault();
    });
    line.addEventListener('pointermove', (event) => {
      if (line.hasPointerCapture(event.pointerId)) this.#dragTo(event.clientX);
    });
    line.addEventListener('lostpointercapture', () => setMoving(false));
  }

  /** @param {number} x */
  #dragTo(x) {
    const { left, right } = this.#main.getBoundingClientRect();
    const wanted = this.#part === 'files' ? x - left : right - x;
    if (wanted < this.#kind.least / 2) this.#parts.putAway(this.#part);
    else this.#place(wanted);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const { least, way } = this.#kind;
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowLeft: () => this.#step(-way),
      ArrowRight: () => this.#step(way),
      Home: () => this.#place(least),
      End: () => this.#place(this.#most),
      Enter: () => this.#parts.toggle(this.#part),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** @param {number} sign whether the part grows */
  #step(sign) {
    if (!this.#parts.isAway(this.#part)) this.#place(this.#width + sign * KEY_STEP);
    else if (sign > 0) this.#parts.bringBack(this.#part);
  }

  #tell() {
    const width = this.#width;
    this.#line.setAttribute('aria-valuemin', String(width && this.#kind.least));
    this.#line.setAttribute('aria-valuemax', String(this.#most));
    this.#line.setAttribute('aria-valuenow', String(width));
    this.#line.setAttribute('aria-valuetext', width ? `${width} pixels` : 'Put away');
  }
}
