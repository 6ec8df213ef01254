import { Unicode11Addon } from '@xterm/addon-unicode11';

/** @import { Terminal } from '@xterm/xterm' */

/**
 * Emoji take two cells, as they do in the terminals of today. To Unicode 6, which xterm.js knows
 * by itself, they take one, and the next letter lies on them.
 *
 * @param {Terminal} xterm
 */
export function useWidths(xterm) {
  xterm.loadAddon(new Unicode11Addon());
  xterm.unicode.activeVersion = '11';
}
