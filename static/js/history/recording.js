/**
 * A run's terminal recording, as the player takes it: asciicast v2.
 * https://docs.asciinema.org/manual/asciicast/v2/
 */

/**
 * @typedef {object} Moment
 * @property {number} at seconds since the start
 * @property {string} text what the terminal was sent then
 */

/**
 * @typedef {object} Recording
 * @property {number} cols
 * @property {number} rows
 * @property {number} length in seconds
 * @property {Moment[]} moments in the order of time
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is sent
const COLOURS = /\x1b\[[\d;:]*m/g;

/**
 * @param {string} text
 * @returns {Recording}
 */
export function readRecording(text) {
  const [header, ...lines] = text.trimEnd().split('\n');
  const { width, height } = JSON.parse(header ?? '{}');
  const moments = lines.map((line) => {
    const [at, , text] = JSON.parse(line);
    return { at, text };
  });
  return { cols: width, rows: height, length: moments.at(-1)?.at ?? 0, moments };
}

/**
 * How many rows it needs to be seen: as many as it has lines, where it only writes line after line.
 *
 * @param {Recording} recording
 * @returns {number}
 */
export function rowsOf({ cols, rows, moments }) {
  const text = moments.map((moment) => moment.text).join('');
  const plain = text.replace(COLOURS, '');
  if (plain.includes('\x1b')) return rows;
  let needed = 0;
  for (const line of plain.split('\n')) needed += Math.max(1, Math.ceil(line.length / cols));
  return Math.min(rows, needed);
}

/**
 * @param {number} seconds
 * @returns {string} such as `1:05.3`
 */
export function clockTime(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - 60 * minutes).toFixed(1).padStart(4, '0')}`;
}
