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
 * @param {number} seconds
 * @returns {string} such as `1:05.3`
 */
export function clockTime(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - 60 * minutes).toFixed(1).padStart(4, '0')}`;
}
