/** Times as the visitor's own clock has them. The server, which does not know it, writes UTC. */

/** As `cloudrun/times.py` writes them. */
const UTC_WORDS = /\d+ \w+ \d{4}, \d\d:\d\d:\d\d UTC/;
/** What has been shown keeps UTC as its title, and is not read again. */
const TIMES = ':is(time[datetime], [data-at]):not([data-is-local])';

/** On the page, and in what htmx puts there later. */
export function showLocalTimes() {
  const show = () => {
    for (const element of document.querySelectorAll(TIMES)) showLocal(element);
  };
  show();
  document.addEventListener('htmx:after:swap', show);
}

/** @param {Element} element */
function showLocal(element) {
  const at = new Date(element.getAttribute('datetime') ?? element.getAttribute('data-at') ?? '');
  if (Number.isNaN(at.getTime())) return;
  element.setAttribute('data-is-local', '');
  const utc = element.textContent.match(UTC_WORDS)?.[0];
  for (const name of ['title', 'aria-label']) {
    const words = element.getAttribute(name);
    if (words) element.setAttribute(name, inLocal(words, at));
  }
  if (!utc) return;
  element.textContent = inLocal(element.textContent, at);
  if (element instanceof HTMLTimeElement) element.title = utc;
}

/**
 * @param {string} words
 * @param {Date} at
 */
function inLocal(words, at) {
  return words.replace(UTC_WORDS, timeWords(at));
}

/**
 * @param {Date} at
 * @param {string} [timeZone] the browser's own
 */
export function timeWords(at, timeZone) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, value]),
  );
  const { day, month, year, hour, minute, second } = parts;
  return `${day} ${month} ${year}, ${hour}:${minute}:${second}`;
}
