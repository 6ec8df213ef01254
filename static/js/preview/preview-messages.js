/** What a preview says. It is a hostile page: nothing that it sends is believed, only shown. */

const LEVELS = new Set(['debug', 'log', 'info', 'warn', 'error']);
const LONGEST = 2000;

/**
 * `page` is an address below the folder of a live preview, `path` that of a file there.
 *
 * @typedef {{ type: 'console', level: string, text: string }
 *   | { type: 'left-out', count: number }
 *   | { type: 'begun', page: string }
 *   | { type: 'place', page: string, x: number, y: number }
 *   | { type: 'asked' | 'failed', path: string }} PreviewMessage
 */

/**
 * @param {unknown} data
 * @returns {PreviewMessage | null} null for what no page of ours would say
 */
export function messageOf(data) {
  if (typeof data !== 'object' || data === null) return null;
  const { type, level, text, count, page, path, x, y } = /** @type {Record<string, unknown>} */ (
    data
  );
  switch (type) {
    case 'preview-console':
      if (!isText(level) || !LEVELS.has(level) || !isText(text)) return null;
      return { type: 'console', level, text: text.slice(0, LONGEST) };
    case 'preview-left-out':
      return isCount(count) ? { type: 'left-out', count } : null;
    case 'preview-begun':
      return isAddress(page) ? { type: 'begun', page } : null;
    case 'preview-place':
      return isAddress(page) && isNumber(x) && isNumber(y) ? { type: 'place', page, x, y } : null;
    case 'preview-asked':
      return isAddress(path) ? { type: 'asked', path } : null;
    case 'preview-failed':
      return isAddress(path) ? { type: 'failed', path } : null;
    default:
      return null;
  }
}

/** @param {unknown} value @returns {value is string} */
function isText(value) {
  return typeof value === 'string';
}

/** @param {unknown} value @returns {value is string} */
function isAddress(value) {
  return typeof value === 'string' && value.length <= LONGEST;
}

/** @param {unknown} value @returns {value is number} */
function isNumber(value) {
  return Number.isFinite(value);
}

/** @param {unknown} value @returns {value is number} */
function isCount(value) {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

/** Fills again with time, as a bucket below a tap. */
export class Allowance {
  #most;
  #perSecond;
  #left;
  #at = 0;

  /**
   * @param {number} most at once
   * @param {number} perSecond
   */
  constructor(most, perSecond) {
    this.#most = most;
    this.#perSecond = perSecond;
    this.#left = most;
  }

  /**
   * @param {number} amount
   * @param {number} now in milliseconds
   * @returns {boolean} whether there was as much
   */
  take(amount, now) {
    const filled = this.#left + ((now - this.#at) / 1000) * this.#perSecond;
    this.#left = Math.min(this.#most, filled) - amount;
    this.#at = now;
    return this.#left >= 0;
  }
}
