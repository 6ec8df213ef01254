import { Commands } from './commands.js';
import { Palette } from './palette.js';
import { ShortcutSheet } from './shortcut-sheet.js';

/** @import { Command } from './commands.js' */

/**
 * Gives the page its commands, with the palette and the sheet that show them.
 *
 * @param {(() => Command[])[]} lists see `Commands`
 */
export function wireCommands(lists) {
  /** @type {Command[]} */
  const own = [
    { label: 'Show all commands', group: 'Page', keys: 'F1', run: () => palette.open() },
    { label: 'Keyboard shortcuts', group: 'Page', keys: 'Shift+F1', run: () => sheet.open() },
  ];
  const commands = new Commands([...lists, () => own]);
  const palette = new Palette(commands);
  const sheet = new ShortcutSheet(commands);
}
