import { formatterOf } from '../format/format.js';
import { find } from '../ui/dom.js';
import { NoAnswer, WorkerClient } from '../workers/worker-client.js';

/** @import { Editor } from '../editor/editor.js' */
/** @import { NoticeText } from '../types.js' */
/** @import { Command } from './commands.js' */

/**
 * @typedef {object} FormatParts
 * @property {Editor} editor
 * @property {() => { fileName: string, indent: number } | null} file in front; null for no text
 * @property {(card: NoticeText) => void} tell
 */

const WITHIN_MS = 10_000;

/**
 * @param {FormatParts} parts
 * @returns {Command}
 */
export function formatCommand({ editor, file, tell }) {
  const worker = new WorkerClient(find('editor').dataset.formatWorker ?? '', WITHIN_MS);
  const run = async () => {
    const { fileName = '', indent = 4 } = file() ?? {};
    if (!formatterOf(fileName)) return;
    try {
      await editor.rewriteBy((text) => worker.ask({ text, fileName, indent }));
    } catch (error) {
      tell({ tone: 'warn', ...saying(error, fileName) });
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

/**
 * @param {unknown} error
 * @param {string} fileName
 */
function saying(error, fileName) {
  if (!(error instanceof NoAnswer)) {
    const text = error instanceof Error ? error.message : String(error);
    return { title: `${fileName} cannot be formatted as it is.`, text };
  }
  const title = `${fileName} was not formatted.`;
  if (error.why === 'late') return { title, text: 'It takes the formatter too long.' };
  return { title, text: 'The formatter could not be loaded. Try again with a network.' };
}
