/**
 * The one piece in which two texts differ, as a change of the first; no character is split.
 *
 * @param {string} before
 * @param {string} after
 * @returns {{ from: number, to: number, insert: string }}
 */
export function leastChange(before, after) {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from += 1;
  if (isSplit(before, from) || isSplit(after, from)) from -= 1;
  let same = 0;
  while (same < most - from && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  if (isSplit(before, before.length - same) || isSplit(after, after.length - same)) same -= 1;
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) };
}

/**
 * Whether a line end or a pair of surrogates lies on both sides.
 *
 * @param {string} text
 * @param {number} at
 */
function isSplit(text, at) {
  return /^(?:\r\n|[\ud800-\udbff][\udc00-\udfff])$/.test(text.slice(at - 1, at + 1));
}
