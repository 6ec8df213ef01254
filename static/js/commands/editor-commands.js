/** What the editor can do by itself, with the keys that it has for it. */

import { redo, toggleComment, undo } from '@codemirror/commands';
import { foldAll, unfoldAll } from '@codemirror/language';
import { nextDiagnostic, openLintPanel } from '@codemirror/lint';
import { gotoLine, openSearchPanel, selectNextOccurrence } from '@codemirror/search';
import { find } from '../ui/dom.js';

/** @import { Editor } from '../editor/editor.js' */
/** @import { Command } from './commands.js' */

const COMMANDS = /** @type {const} */ ([
  ['Find and replace', 'Mod+F', openSearchPanel],
  ['Go to a line', 'Mod+Alt+G', gotoLine],
  ['Comment or uncomment', 'Mod+/', toggleComment],
  ['Select the next occurrence', 'Mod+D', selectNextOccurrence],
  ['Go to the next problem in the code', 'F8', nextDiagnostic],
  ['List the problems in the code', 'Mod+Shift+M', openLintPanel],
  ['Undo', 'Mod+Z', undo],
  ['Redo', 'Mod+Y', redo],
  ['Fold all', 'Mod+Alt+[', foldAll],
  ['Unfold all', 'Mod+Alt+]', unfoldAll],
]);

/**
 * @param {Editor} editor
 * @param {() => void} show brings the code into sight
 * @returns {Command[]}
 */
export function editorCommands(editor, show) {
  return COMMANDS.map(([label, keys, act]) => ({
    label,
    keys,
    group: 'Editor',
    isEditors: true,
    isPossible: () => !find('editor').hidden,
    run: () => {
      show();
      editor.act(act);
    },
  }));
}
