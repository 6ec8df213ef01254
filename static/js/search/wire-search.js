/** Search in all files, as a command of a workspace's page. */

import { currentText } from '../files/stored-file.js';
import { find } from '../ui/dom.js';
import { SearchDialog } from './search-dialog.js';

/** @import { Command } from '../commands/commands.js' */
/** @import { Editor } from '../editor/editor.js' */
/** @import { FileStore } from '../files/file-store.js' */
/** @import { OpenFiles } from '../files/open-files.js' */
/** @import { Place } from '../types.js' */

/**
 * @param {object} parts
 * @param {FileStore} parts.store
 * @param {Editor} parts.editor
 * @param {OpenFiles} parts.opened
 * @param {(place: Place) => void} parts.goTo
 * @returns {Command}
 */
export function wireSearch({ store, editor, opened, goTo }) {
  const dialog = new SearchDialog({
    files: () => store.complete(),
    textOf: (file) => (store.get(file.id) === file ? currentText(file) : null),
    open: ({ path }, { line, column }) => goTo({ file: path, line, column }),
    replace: (file, matches) => opened.edit(file, matches),
  });
  const run = () => dialog.open(editor.selectedText);
  find('search-open').addEventListener('click', run);
  return { label: 'Search and replace in all files', group: 'Code', keys: 'Mod+Shift+H', run };
}
