import { paintedHex } from '../ui/theme.js';
import { findPlaces } from './places.js';

/** @import { ILink, Terminal } from '@xterm/xterm' */
/** @import { Place } from '../types.js' */

/** How far from the end an error message may begin. */
const LOOKED_AT_ROWS = 200;

/** Makes links of the places in the program that its output names. */
export class PlaceLinks {
  #xterm;
  #onPlace;
  /** @type {string[]} */
  #fileNames = [];

  /**
   * @param {Terminal} xterm
   * @param {(place: Place) => void} onPlace a place was clicked
   */
  constructor(xterm, onPlace) {
    this.#xterm = xterm;
    this.#onPlace = onPlace;
    xterm.registerLinkProvider({
      provideLinks: (row, callback) => callback(this.#linksOn(row)),
    });
  }

  /** @param {string[]} fileNames whose places are meant */
  of(fileNames) {
    this.#fileNames = fileNames;
  }

  /** Paints them as links, which xterm.js alone does only under the pointer. */
  paint() {
    const { baseY, cursorY } = this.#xterm.buffer.active;
    const last = baseY + cursorY;
    for (let row = Math.max(0, last - LOOKED_AT_ROWS); row <= last; row += 1) {
      for (const { start, length } of findPlaces(this.#textOf(row), this.#fileNames)) {
        this.#xterm.registerDecoration({
          marker: this.#xterm.registerMarker(row - last),
          x: start,
          width: length,
          foregroundColor: paintedHex('--accent'),
        });
      }
    }
  }

  /** @param {number} row counts from 0 */
  #textOf(row) {
    return this.#xterm.buffer.active.getLine(row)?.translateToString(true) ?? '';
  }

  /**
   * @param {number} row counts from 1
   * @returns {ILink[]}
   */
  #linksOn(row) {
    const text = this.#textOf(row - 1);
    return findPlaces(text, this.#fileNames).map(({ start, length, file, line, column }) => ({
      text: text.slice(start, start + length),
      range: { start: { x: start + 1, y: row }, end: { x: start + length, y: row } },
      activate: () => this.#onPlace({ file, line, column }),
    }));
  }
}
