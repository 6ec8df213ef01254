import { diff } from '@codemirror/merge';

/** @import { ChangeSpec } from '@codemirror/state' */

/**
 * What becomes of a text by its formatter, as the least changes that keep the cursor where it is.
 *
 * @param {import('./format.js').Formatter} formatter
 * @param {string} text
 * @param {string} fileName
 * @param {number} indent
 * @returns {Promise<ChangeSpec[]>} throws what the formatter says
 */
export async function reformat({ format }, text, fileName, indent) {
  const result = await format(text, fileName, indent);
  return diff(text, result).map(({ fromA, toA, fromB, toB }) => ({
    from: fromA,
    to: toA,
    insert: result.slice(fromB, toB),
  }));
}
