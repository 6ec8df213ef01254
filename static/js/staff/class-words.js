/** What the class view says of times and of people. */

const SECONDS_OF = /** @type {const} */ ([
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]);
const MOST_NAMED = 3;
const JUST_NOW_S = 5;

/**
 * `3 minutes ago`
 *
 * @param {number} seconds
 */
export function agoWords(seconds) {
  if (seconds < JUST_NOW_S) return 'just now';
  const format = new Intl.RelativeTimeFormat('en');
  const [unit, size] = SECONDS_OF.find(([, size]) => seconds >= size) ?? ['second', 1];
  return format.format(-Math.floor(seconds / size), unit);
}

/** @param {string[]} names of those who were not stuck before */
export function stuckWords(names) {
  if (names.length > MOST_NAMED) return `${names.length} more students are stuck.`;
  const who = new Intl.ListFormat('en').format(names);
  return `${who} ${names.length === 1 ? 'is' : 'are'} stuck.`;
}
