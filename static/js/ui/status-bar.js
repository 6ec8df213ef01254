import { find } from './dom.js';

/** @import { Tone } from '../types.js' */

/** The numbers and the state at the foot of the page. */
export class StatusBar {
  #state = find('run-state');
  #stateText = find('state-text');
  #announce = find('announce');
  #firstOutput = find('first-output');
  #time = find('time');
  #cpu = find('cpu');
  #memory = find('memory');
  #cursor = find('cursor');
  #indent = find('indent');
  #network = find('network');
  #watched = find('watched');
  #watchedText = find('watched-text');

  /**
   * @param {string} text
   * @param {Tone} tone
   */
  state(text, tone) {
    this.#stateText.textContent = text;
    this.#state.dataset.tone = tone;
  }

  /**
   * Said once to screen readers.
   *
   * @param {string} text
   */
  announce(text) {
    this.#announce.textContent = text;
  }

  clearNumbers() {
    const numbers = [this.#firstOutput, this.#time, this.#cpu, this.#memory];
    for (const number of numbers) number.hidden = true;
  }

  /** @param {number} ms */
  firstOutput(ms) {
    show(this.#firstOutput, `first output ${ms < 1000 ? `${Math.round(ms)} ms` : seconds(ms)}`);
  }

  /**
   * @param {number} ms
   * @param {number} [digits]
   */
  time(ms, digits) {
    show(this.#time, seconds(ms, digits));
  }

  /** @param {number} ms */
  cpu(ms) {
    show(this.#cpu, `${seconds(ms)} CPU`);
  }

  /** @param {number} bytes */
  memory(bytes) {
    show(this.#memory, megabytes(bytes));
  }

  /**
   * @param {number} line
   * @param {number} column
   */
  cursor(line, column) {
    this.#cursor.textContent = `Ln ${line}, Col ${column}`;
  }

  /** @param {number} spaces */
  indent(spaces) {
    this.#indent.textContent = `Spaces ${spaces}`;
  }

  /**
   * Who of the staff looks on; said, too, unless that was before a reload.
   *
   * @param {string[]} names
   * @param {string} words
   * @param {boolean} isReplay
   */
  watched(names, words, isReplay) {
    this.#watchedText.textContent = names.length ? `Watched by ${names.join(', ')}` : '';
    this.#watched.title = names.length ? words : '';
    this.#watched.hidden = names.length === 0;
    if (!isReplay) this.announce(words);
  }

  /** The run has ended, or another begins. */
  unwatched() {
    this.#watched.hidden = true;
  }

  /** @param {boolean | null} network null where nothing runs in a sandbox */
  network(network) {
    this.#network.textContent = network === null ? '' : network ? ', network' : ', no network';
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function show(element, text) {
  element.textContent = text;
  element.hidden = false;
}

/**
 * @param {number} ms
 * @param {number} digits
 */
export function seconds(ms, digits = ms < 10_000 ? 2 : 1) {
  return `${(ms / 1000).toFixed(digits)} s`;
}

/**
 * A megabyte has 1024² bytes, as in MAX_MEMORY and in the explanations of an ending.
 *
 * @param {number} bytes
 */
export function megabytes(bytes) {
  const size = bytes / 1024 ** 2;
  return `${size < 100 ? size.toFixed(1) : Math.round(size)} MB`;
}
