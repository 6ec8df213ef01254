import { find } from '../ui/dom.js';

/** @import { Frame } from '../types.js' */

const TICK_MS = 100;
/** From here on what is left is shown as a warning. */
const SHORT_S = 10;

/** What a running program has used of its time, and what is left by the clock. */
export class RunClock {
  #left = find('left');
  #onTick;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {(ms: number) => void} onTick told how long the program has run */
  constructor(onTick) {
    this.#onTick = onTick;
  }

  /**
   * @param {number} since when it began to run, as `Date.now()` tells it
   * @param {Frame} [running] the frame that named its limits
   */
  start(since, running) {
    this.stop();
    const limit = running?.wall_time_s;
    this.#left.title = limitWords(running);
    const tick = () => {
      const ms = Date.now() - since;
      this.#onTick(ms);
      if (limit) this.#showLeft(limit - ms / 1000);
    };
    this.#timer = setInterval(tick, TICK_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#left.hidden = true;
  }

  /** @param {number} seconds */
  #showLeft(seconds) {
    this.#left.textContent = `${minutes(seconds)} left`;
    this.#left.dataset.tone = seconds <= SHORT_S ? 'warn' : 'plain';
    this.#left.hidden = false;
  }
}

/**
 * @param {number} seconds
 * @returns {string} such as `4:41`
 */
export function minutes(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/**
 * @param {Frame} [running]
 * @returns {string}
 */
export function limitWords(running) {
  if (!running?.wall_time_s) return '';
  const total = `The program may run for ${minutes(running.wall_time_s)} minutes by the clock`;
  if (!running.cpu_time_s) return `${total}.`;
  return `${total}, and compute for ${running.cpu_time_s} s of them.`;
}
