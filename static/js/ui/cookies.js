/** What the server must know to draw the page as this browser had it, so that nothing flashes. */

const YEAR_S = 365 * 24 * 3600;

/**
 * Keeps a cookie for a year; an empty value forgets it.
 *
 * @param {string} name
 * @param {string} value of characters that need no quoting
 */
export function keepCookie(name, value) {
  const age = value ? YEAR_S : 0;
  const secure = location.protocol === 'https:' ? '; secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `${name}=${value}; path=/; max-age=${age}; samesite=lax${secure}`;
}
