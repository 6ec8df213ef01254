import { paintedColor } from '../ui/theme.js';

const ANSI = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/**
 * The terminal's colours, from the tokens of the theme on screen.
 *
 * @returns {import('@xterm/xterm').ITheme}
 */
export function terminalTheme() {
  /** @type {Record<string, string>} */
  const theme = {
    background: paintedColor('--sunken'),
    foreground: paintedColor('--text'),
    cursor: paintedColor('--text'),
    cursorAccent: paintedColor('--sunken'),
    selectionBackground: paintedColor('--selection'),
    brightBlack: paintedColor('--text-soft'),
    scrollbarSliderBackground: paintedColor('--scrollbar'),
    scrollbarSliderHoverBackground: paintedColor('--scrollbar-hover'),
    scrollbarSliderActiveBackground: paintedColor('--scrollbar-hover'),
  };
  for (const name of ANSI) {
    theme[name] = paintedColor(`--ansi-${name}`);
    const bright = `bright${name[0]?.toUpperCase()}${name.slice(1)}`;
    theme[bright] ??= paintedColor(`--ansi-${name}`);
  }
  return theme;
}
