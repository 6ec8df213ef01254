/** Finding a text, and what it is to be replaced by; knows no page. */

/**
 * @typedef {object} Query
 * @property {string} text
 * @property {boolean} matchCase
 * @property {boolean} wholeWord
 * @property {boolean} isPattern a regular expression
 * @property {string} replacement in which `$1` and the like stand for parts of a pattern's match
 *
 * @typedef {object} Match
 * @property {number} from in the file's text
 * @property {number} to
 * @property {string} insert what it would be replaced by
 * @property {number} line counts from 1
 * @property {number} column
 * @property {string} before on its line, as far as it is shown
 * @property {string} found
 * @property {string} after
 *
 * @typedef {{ id: number, text: string }} Searched
 * @typedef {{ id: number, matches: Match[] }} Found
 */

const NO_PATTERN =
  'This is no regular expression: a bracket may be open, or a sign stand alone. Without “Regular expression”, the text itself is searched for.';
/** More than anybody reads, or should change in one go. */
export const MOST_MATCHES = 10_000;
const SHOWN_BEFORE = 30;
const SHOWN = 160;

/**
 * @param {Query} query
 * @returns {RegExp}
 * @throws {SyntaxError} for a pattern that is none
 */
export function patternOf({ text, matchCase, wholeWord, isPattern }) {
  const source = isPattern ? text : text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const whole = wholeWord ? `(?<![\\p{L}\\p{N}_])(?:${source})(?![\\p{L}\\p{N}_])` : source;
  try {
    return new RegExp(whole, `gmu${matchCase ? '' : 'i'}`);
  } catch (error) {
    throw new SyntaxError(NO_PATTERN, { cause: error });
  }
}

/**
 * @param {Query} query
 * @param {Searched[]} files
 * @returns {{ found: Found[], count: number, isCut: boolean }}
 * @throws {SyntaxError} for a pattern that is none
 */
export function search(query, files) {
  const pattern = patternOf(query);
  const found = [];
  let count = 0;
  for (const { id, text } of files) {
    const matches = matchesIn(text, pattern, query, MOST_MATCHES - count);
    if (matches.length > 0) found.push({ id, matches });
    count += matches.length;
  }
  return { found, count, isCut: count >= MOST_MATCHES };
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 * @param {Query} query
 * @param {number} most
 */
function matchesIn(text, pattern, query, most) {
  /** @type {Match[]} */
  const matches = [];
  let line = 1;
  let lineStart = 0;
  for (const match of text.matchAll(pattern)) {
    if (matches.length >= most) break;
    if (match[0] === '') continue;
    for (let end = text.indexOf('\n', lineStart); end >= 0 && end < match.index; ) {
      line += 1;
      lineStart = end + 1;
      end = text.indexOf('\n', lineStart);
    }
    matches.push(shown(text, match, line, lineStart, query));
  }
  return matches;
}

/**
 * @param {string} text
 * @param {RegExpExecArray} match
 * @param {number} line
 * @param {number} lineStart
 * @param {Query} query
 * @returns {Match}
 */
function shown(text, match, line, lineStart, { isPattern, replacement }) {
  const from = match.index;
  const to = from + match[0].length;
  const newline = text.indexOf('\n', to);
  const lineEnd = newline < 0 ? text.length : newline;
  const start = Math.max(lineStart, from - SHOWN_BEFORE);
  return {
    from,
    to,
    insert: isPattern ? expanded(replacement, match) : replacement,
    line,
    column: from - lineStart + 1,
    before: text.slice(start, from).trimStart(),
    found: text.slice(from, Math.min(to, from + SHOWN)),
    after: text.slice(to, Math.min(lineEnd, to + SHOWN)),
  };
}

/**
 * @param {string} replacement
 * @param {RegExpExecArray} match
 */
function expanded(replacement, match) {
  return replacement.replaceAll(/\$(?:(\$)|(&)|(\d{1,2})|<(\w+)>)/g, (whole, ...parts) => {
    const [dollar, all, number, name] = parts;
    if (dollar) return '$';
    if (all) return match[0];
    if (number) return Number(number) < match.length ? (match[Number(number)] ?? '') : whole;
    return match.groups?.[name] ?? whole;
  });
}
