/** @import { Recording } from './recording.js' */

/**
 * @typedef {object} PlaybackHooks
 * @property {(text: string) => void} onText what the terminal is to be sent now
 * @property {() => void} onReset the terminal is to be as it was at the start
 * @property {() => void} onChange the position, or whether it plays
 */

/** Where a recording is, and how it goes on: at its own speed or another. Knows no clock of its own. */
export class Playback {
  #recording;
  #hooks;
  #next = 0;
  position = 0;
  speed = 1;
  isPlaying = false;

  /**
   * @param {Recording} recording
   * @param {PlaybackHooks} hooks
   */
  constructor(recording, hooks) {
    this.#recording = recording;
    this.#hooks = hooks;
  }

  get length() {
    return this.#recording.length;
  }

  get isAtEnd() {
    return this.#next >= this.#recording.moments.length;
  }

  /** From the start again where it has ended. */
  play() {
    if (this.isAtEnd) this.#rewind();
    this.isPlaying = true;
    this.#hooks.onChange();
  }

  pause() {
    this.isPlaying = false;
    this.#hooks.onChange();
  }

  /** @param {number} seconds which have passed on the viewer's clock */
  advance(seconds) {
    if (!this.isPlaying) return;
    this.#goOnTo(Math.min(this.length, this.position + seconds * this.speed));
    if (this.isAtEnd) this.isPlaying = false;
    this.#hooks.onChange();
  }

  /** @param {number} position in seconds */
  seek(position) {
    if (position < this.position) this.#rewind();
    this.#goOnTo(position);
    this.#hooks.onChange();
  }

  #rewind() {
    this.#next = 0;
    this.position = 0;
    this.#hooks.onReset();
  }

  /** @param {number} position */
  #goOnTo(position) {
    const { moments } = this.#recording;
    let text = '';
    for (let one = moments[this.#next]; one && one.at <= position; one = moments[this.#next]) {
      text += one.text;
      this.#next += 1;
    }
    this.position = position;
    if (text) this.#hooks.onText(text);
  }
}
