import { formatterOf } from '../format/format.js';

/** @import { Editor } from '../editor/editor.js' */
/** @import { NoticeText } from '../types.js' */
/** @import { Command } from './commands.js' */

/**
 * @typedef {object} FormatParts
 * @property {Editor} editor
 * @property {() => { fileName: string, indent: number } | null} file in front; null for no text
 * @property {(card: NoticeText) => void} tell
 */

/**
 * @param {FormatParts} parts
 * @returns {Command}
 */
export function formatCommand({ editor, file, tell }) {
  const run = async () => {
    const { fileName = '', indent = 4 } = file() ?? {};
    const load = formatterOf(fileName);
    if (!load) return;
    try {
      const [formatter, { reformat }] = await Promise.all([
        load(),
        import('../format/reformat.js'),
      ]);
      await editor.changeBy((text) => reformat(formatter, text, fileName, indent));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      tell({ tone: 'warn', title: `${fileName} cannot be formatted as it is.`, text });
    }
    editor.focus();
  };
  return {
    label: 'Format the code',
    group: 'Editor',
    keys: 'Shift+Alt+F',
    isPossible: () => formatterOf(file()?.fileName ?? '') !== undefined,
    run,
  };
}
