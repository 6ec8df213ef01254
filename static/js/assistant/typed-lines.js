/** Cursor keys and the like, which a terminal sends as several characters. */
const SEQUENCES = new RegExp(`${'\x1b'}(?:\\[[\\d;]*[A-Za-z~]|O.)`, 'g');
const BACKSPACE = '\x7f';
const END_OF_INPUT = '\x04';

/**
 * What a program has read of the keys that were typed for it: input to try it with once more.
 *
 * @param {string} keys
 */
export function typedLines(keys) {
  /** @type {string[]} */
  const typed = [];
  for (const key of keys.replaceAll(SEQUENCES, '')) {
    if (key === END_OF_INPUT) break;
    if (key === '\r') typed.push('\n');
    else if (key === BACKSPACE && typed.at(-1) !== '\n') typed.pop();
    else if (key >= ' ' && key !== BACKSPACE) typed.push(key);
    else if (key === '\n' || key === '\t') typed.push(key);
  }
  return typed.join('');
}
