/** @import { IBuffer } from '@xterm/xterm' */

/**
 * What stands in a terminal, with its scrollback: lines as they were written, however they wrap.
 *
 * @param {Pick<IBuffer, 'length' | 'getLine'>} buffer
 * @returns {string} empty, or ended by a line break
 */
export function bufferText(buffer) {
  let text = '';
  for (let row = 0; row < buffer.length; row += 1) {
    const line = buffer.getLine(row);
    const goesOn = buffer.getLine(row + 1)?.isWrapped ?? false;
    // A line that goes on fills its row; blanks at the end of any other were never written.
    text += line?.translateToString(!goesOn) ?? '';
    if (!goesOn) text += '\n';
  }
  const trimmed = text.trimEnd();
  return trimmed && `${trimmed}\n`;
}
