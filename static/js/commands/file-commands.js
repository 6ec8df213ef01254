/** What one does with the files of a workspace, as commands. */

import { ofButton } from './page-commands.js';

/** @import { FileStore } from '../files/file-store.js' */
/** @import { Command } from './commands.js' */

/**
 * @param {FileStore} store
 * @param {(id: number) => void} open brings a file to the front
 * @returns {Command[]}
 */
export function fileCommands(store, open) {
  const group = 'Files';
  return [
    { label: 'Save now', group, keys: 'Mod+S', run: () => store.save() },
    ofButton('new-file', { label: 'New file', group }),
    ofButton('rename', { label: 'Rename or move the chosen file', group }),
    ofButton('duplicate', { label: 'Duplicate the chosen file', group }),
    ofButton('delete', { label: 'Delete the chosen file', group }),
    ofButton('upload', { label: 'Upload files or a zip', group }),
    ofButton('download-all', { label: 'Download all files as a zip', group }),
    ofButton('past-runs', { label: 'Past runs', group }),
    ...store.all.map(({ id, path }) => ({ label: `Open ${path}`, group, run: () => open(id) })),
  ];
}
