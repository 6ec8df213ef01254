/** Places in the program that its output names. */

/** @param {string} text */
function escapeRegExp(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * The places of `fileName` named in a text, as compilers and tracebacks name them:
 * `File "main.py", line 9`, `main.cpp:9:5`, `main.sh: line 9`.
 *
 * @param {string} text
 * @param {string} fileName
 * @returns {{ start: number, length: number, line: number, column: number | null }[]}
 */
export function findPlaces(text, fileName) {
  if (!fileName) return [];
  const name = escapeRegExp(fileName);
  const places = new RegExp(`(?<![\\w.-])${name}(?:"?, line |: line |:)(\\d+)(?::(\\d+))?`, 'g');
  return [...text.matchAll(places)].map((match) => ({
    start: match.index,
    length: match[0].length,
    line: Number(match[1]),
    column: match[2] ? Number(match[2]) : null,
  }));
}
