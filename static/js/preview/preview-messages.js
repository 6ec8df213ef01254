/** What a preview says. It is a hostile page: nothing that it sends is believed, only shown. */

const LEVELS = new Set(['debug', 'log', 'info', 'warn', 'error']);
const LONGEST = 2000;
/** A page that says more than this in a second is a flood, and is taken off. */
const MOST_PER_SECOND = 500;

/** @typedef {{ level: string, text: string }} Said */

/**
 * @param {unknown} data
 * @returns {Said | null} null for what is no message of a console
 */
export function saidBy(data) {
  if (typeof data !== 'object' || data === null) return null;
  const { type, level, text } = /** @type {Record<string, unknown>} */ (data);
  if (type !== 'preview-console' || typeof level !== 'string' || typeof text !== 'string') {
    return null;
  }
  return LEVELS.has(level) ? { level, text: text.slice(0, LONGEST) } : null;
}

/** Counts what one page sends, well-formed or not. */
export class FloodGauge {
  #since = 0;
  #count = 0;

  /**
   * @param {number} now in milliseconds
   * @returns {boolean} whether it is too much
   */
  isFlooded(now) {
    if (now - this.#since >= 1000) {
      this.#since = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count > MOST_PER_SECOND;
  }
}
