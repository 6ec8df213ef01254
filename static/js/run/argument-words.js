/**
 * Splits a line as a shell does: quotes hold words together, a backslash takes what is behind it as
 * it is. A quote that is not closed reaches to the end.
 *
 * @param {string} line
 * @returns {string[]}
 */
export function argumentWords(line) {
  const words = [];
  for (const [word] of line.matchAll(/(?:\\.?|"(?:\\.|[^"\\])*"?|'[^']*'?|[^\s\\"'])+/gs)) {
    words.push(word.replaceAll(PART, plain));
  }
  return words;
}

const PART = /"((?:\\.|[^"\\])*)"?|'([^']*)'?|\\(.)/gs;

/**
 * @param {string} _
 * @param {string | undefined} doubled between double quotes, where a backslash is for `"` and `\`
 * @param {string | undefined} single
 * @param {string | undefined} escaped
 */
function plain(_, doubled, single, escaped) {
  return doubled?.replaceAll(/\\(["\\])/gs, '$1') ?? single ?? escaped ?? '';
}
