/** What a failed program's output tells about the place and the reason. */

/** Terminal colours and other escape sequences. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with the escape character
const ESCAPES = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|.)/g;

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
 * @returns {{ start: number, length: number, line: number }[]}
 */
export function findPlaces(text, fileName) {
  if (!fileName) return [];
  const name = escapeRegExp(fileName);
  const places = new RegExp(`[\\w./-]*${name}(?:"?, line |: line |:)(\\d+)(?::\\d+)?`, 'g');
  return [...text.matchAll(places)].map((match) => ({
    start: match.index,
    length: match[0].length,
    line: Number(match[1]),
  }));
}

/**
 * A line that names an error: `IndexError: …`, `main.cpp:3:5: error: …`,
 * `Exception in thread "main" java.lang.…`.
 */
const NAMES_ERROR = /(?:^|[\s.:])(?:[A-Z]\w*(?:Error|Exception|Interrupt|Exit)\b|error:|panic:)/;

/**
 * @param {string} errors what came on stderr, the last part of it
 * @param {string} fileName
 * @returns {{ message: string | null, line: number | null }}
 */
export function readProblem(errors, fileName) {
  const lines = errors.replace(ESCAPES, '').split('\n');
  const isPython = lines.some((line) => line.startsWith('Traceback '));
  const named = lines.filter((line) => NAMES_ERROR.test(line));
  const message = (isPython ? named.at(-1) : named[0])?.trim() ?? null;
  const places = findPlaces(lines.join('\n'), fileName);
  // A Python traceback ends with where it happened; compilers and stack traces begin with it.
  const line = (isPython ? places.at(-1) : places[0])?.line ?? null;
  return { message: message && shorten(message), line };
}

/** @param {string} text */
function shorten(text) {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
