/** Keys as commands name them, such as `Mod+Shift+S`: `Mod` is Command on a Mac, else Control. */

/** @typedef {Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>} Key */

/** @type {Record<string, string>} */
const SYMBOLS = { Enter: '⏎', Mod: 'Ctrl' };
/** @type {Record<string, string>} */
const MAC_SYMBOLS = { Enter: '⏎', Mod: '⌘', Shift: '⇧', Alt: '⌥' };

/** @returns {boolean} */
export function isMac() {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}

/**
 * Whether these are the keys. A Mac's Control counts, too, but with a letter: there it edits text.
 *
 * @param {Key} event
 * @param {string} keys
 * @param {boolean} [mac]
 * @returns {boolean}
 */
export function isPressed(event, keys, mac = isMac()) {
  const parts = keys.split('+');
  const key = parts.pop() ?? '';
  const control = event.ctrlKey && !(mac && key.length === 1);
  // With Alt a Mac writes another letter.
  const isKey = event.key.toLowerCase() === key.toLowerCase() || event.code === `Key${key}`;
  return (
    isKey &&
    (control || event.metaKey) === parts.includes('Mod') &&
    event.shiftKey === parts.includes('Shift') &&
    event.altKey === parts.includes('Alt')
  );
}

/**
 * As people read them: `Ctrl ⇧ S`.
 *
 * @param {string} keys
 * @param {boolean} [mac]
 * @returns {string}
 */
export function keyWords(keys, mac = isMac()) {
  const symbols = mac ? MAC_SYMBOLS : SYMBOLS;
  return keys
    .split('+')
    .map((key) => symbols[key] ?? key)
    .join(' ');
}
