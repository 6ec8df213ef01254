/** Search in all files, as a command of a workspace's page. */

import { find } from '../ui/dom.js';
import { SearchDialog } from './search-dialog.js';

/** @import { Command } from '../commands/commands.js' */
/** @import { Editor } from '../editor/editor.js' */
/** @import { FileStore } from '../files/file-store.js' */
/** @import { StoredFile } from '../files/stored-file.js' */
/** @import { Place } from '../types.js' */

/**
 * @param {object} parts
 * @param {FileStore} parts.store
 * @param {Editor} parts.editor
 * @param {(file: StoredFile) => string | null} parts.textOf
 * @param {(place: Place) => void} parts.goTo
 * @returns {Command}
 */
export function wireSearch({ store, editor, textOf, goTo }) {
  const dialog = new SearchDialog({
    files: () => store.complete(),
    textOf: (file) => (store.get(file.id) === file ? textOf(file) : null),
    open: ({ path }, { line, column }) => goTo({ file: path, line, column }),
    replace: (file, matches) => {
      const text = textOf(file) ?? '';
      store.type(file.id, editor.edit(String(file.id), file.path, text, matches));
    },
  });
  const run = () => dialog.open(editor.selectedText);
  find('search-open').addEventListener('click', run);
  return { label: 'Search and replace in all files', group: 'Code', keys: 'Mod+Shift+H', run };
}
