/** Each character that means something alone, and what is between them. */
const PIECES = /[^\s\\"']+|[\s\\"']/g;

/**
 * Splits a line as a shell does: quotes hold words together, a backslash takes what is behind it as
 * it is. A quote that is not closed reaches to the end.
 *
 * It goes piece by piece: one expression for a whole word overflows its stack where that is long.
 *
 * @param {string} line
 * @returns {string[]}
 */
export function argumentWords(line) {
  const words = [];
  /** @type {string | null} nothing yet, which is not an empty one */
  let word = null;
  let quote = '';
  let isEscaped = false;
  for (const [piece] of line.matchAll(PIECES)) {
    if (isEscaped) {
      word += quote ? inQuotes(piece) : piece;
      isEscaped = false;
    } else if (piece === '\\' && quote !== "'") {
      word ??= '';
      isEscaped = true;
    } else if (piece === quote) {
      quote = '';
    } else if (quote) {
      word += piece;
    } else if (piece === '"' || piece === "'") {
      word ??= '';
      quote = piece;
    } else if (/\s/.test(piece)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + piece;
    }
  }
  if (isEscaped) word += '\\';
  if (word !== null) words.push(word);
  return words;
}

/**
 * Between double quotes a backslash is for `"` and `\`.
 *
 * @param {string} piece behind one
 */
function inQuotes(piece) {
  return piece === '"' || piece === '\\' ? piece : `\\${piece}`;
}
