/** Places in the program that its output names. */

/** @param {string} text */
function escapeRegExp(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * The places of files named in a text, as compilers and tracebacks name them:
 * `File "main.py", line 9`, `main.cpp:9:5`, `main.sh: line 9`.
 *
 * @param {string} text
 * @param {string[]} fileNames
 * @returns {{ start: number, length: number, file: string, line: number, column: number | null }[]}
 */
export function findPlaces(text, fileNames) {
  const longestFirst = fileNames.filter(Boolean).sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return [];
  const name = `(${longestFirst.map(escapeRegExp).join('|')})`;
  const before = '(?<![\\w.-])(?:"?(?:file://)?/workspace/|")?';
  const places = new RegExp(`${before}${name}(?:"?, line |: line |:)(\\d+)(?::(\\d+))?`, 'g');
  return [...text.matchAll(places)].map((match) => ({
    start: match.index,
    length: match[0].length,
    file: /** @type {string} */ (match[1]),
    line: Number(match[2]),
    column: match[3] ? Number(match[3]) : null,
  }));
}
