/** Light, dark or the system's, kept in a cookie, and with the account where there is one. */

import { keepCookie } from './cookies.js';
import { ask } from './server.js';

/** The cookie of a choice that the account does not have yet: pages go by it first. */
const UNSENT = 'theme_unsent';

const NEXT = /** @type {const} */ ({ system: 'light', light: 'dark', dark: 'system' });

/** @typedef {keyof typeof NEXT} ThemeChoice */

/** @returns {ThemeChoice} */
function currentChoice() {
  const theme = document.documentElement.dataset.theme;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

/**
 * @param {HTMLElement} button
 * @param {() => void} onChange called when the colours on screen have changed
 */
export function wireTheme(button, onChange) {
  const show = () => {
    const choice = currentChoice();
    button.dataset.themeToggle = choice;
    button.setAttribute('aria-label', `Theme: ${choice}. Switch to ${NEXT[choice]}`);
    button.title = `Theme: ${choice}`;
    keepCookie('theme', choice === 'system' ? '' : choice); // pages without the user go by it
  };
  button.addEventListener('click', () => {
    const choice = NEXT[currentChoice()];
    if (choice === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    show();
    keepWithAccount(button.dataset.keptAt, choice);
    onChange();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
  show();
  if (document.cookie.includes(`${UNSENT}=`))
    keepWithAccount(button.dataset.keptAt, currentChoice());
}

/**
 * @param {string | undefined} address where there is an account
 * @param {ThemeChoice} theme
 */
async function keepWithAccount(address, theme) {
  if (address) {
    keepCookie(UNSENT, theme);
    const form = new FormData();
    form.set('theme', theme);
    try {
      await ask('POST', address, form);
    } catch {
      return; // the next page sends it
    }
    if (theme !== currentChoice()) return; // another is on its way
  }
  keepCookie(UNSENT, '');
}

/**
 * The value of a colour token as the browser paints it. Libraries that parse colours themselves
 * know neither `var()` nor `light-dark()`.
 *
 * @param {string} token such as `--text`
 * @returns {string} `rgb(…)`
 */
export function paintedColor(token) {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const painted = getComputedStyle(probe).color;
  probe.remove();
  return painted;
}

/**
 * The same as `#rrggbb`: a terminal's decorations take no other form.
 *
 * @param {string} token
 * @returns {string}
 */
export function paintedHex(token) {
  const parts = paintedColor(token).match(/\d+/g)?.slice(0, 3) ?? [];
  return `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
}
