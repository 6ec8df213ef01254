/**
 * What this browser remembers. Storage may be full, or forbidden in private windows: then the
 * page works on and only forgets.
 */

/** @type {Record<'local' | 'session', () => Storage>} */
const AREAS = { local: () => localStorage, session: () => sessionStorage };

/**
 * @param {'local' | 'session'} area
 * @param {string} key
 * @returns {string | null}
 */
export function recall(area, key) {
  try {
    return AREAS[area]().getItem(`cloudrun.${key}`);
  } catch {
    return null;
  }
}

/**
 * Null forgets.
 *
 * @param {'local' | 'session'} area
 * @param {string} key
 * @param {string | null} value
 * @returns {boolean} whether it was kept
 */
export function remember(area, key, value) {
  try {
    if (value === null) AREAS[area]().removeItem(`cloudrun.${key}`);
    else AREAS[area]().setItem(`cloudrun.${key}`, value);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {'local' | 'session'} area
 * @param {string} prefix
 * @returns {string[]} the keys that begin so
 */
export function remembered(area, prefix) {
  try {
    const keys = Object.keys(AREAS[area]()).filter((key) => key.startsWith(`cloudrun.${prefix}`));
    return keys.map((key) => key.slice('cloudrun.'.length));
  } catch {
    return [];
  }
}
