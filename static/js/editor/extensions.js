/** What makes a document of CodeMirror one of this editor. */

import { indentWithTab } from '@codemirror/commands';
import { indentUnit } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { wantsLint } from '../lint/wants-lint.js';
import { completing } from './completing.js';
import { editorTheme } from './editor-theme.js';
import { errorLine } from './error-line.js';
import { indentOf } from './modes.js';
import { typeOverSelection } from './type-over.js';

/** @import { Extension } from '@codemirror/state' */
/** @import { Settings } from './settings.js' */

/** How every document is written in. */
export const WRITING = [
  basicSetup,
  typeOverSelection,
  completing,
  keymap.of([indentWithTab]),
  EditorView.clipboardInputFilter.of(withoutNul), // with one, a file would be no text
];

/** How every document looks, where nothing before says otherwise. */
export const LOOK = [editorTheme, errorLine];

/**
 * What follows from the settings.
 *
 * @param {Settings} settings
 * @returns {Extension}
 */
export function likedExtensions({ indent, lint, wrap }) {
  return [
    wantsLint.of(lint),
    wrap ? EditorView.lineWrapping : [],
    indent ? [indentUnit.of(' '.repeat(indent)), EditorState.tabSize.of(indent)] : [],
  ];
}

/**
 * What follows from a document's name.
 *
 * @param {string} fileName
 * @param {Extension} mode
 * @returns {Extension}
 */
export function namedExtensions(fileName, mode) {
  return [
    mode,
    indentUnit.of(' '.repeat(indentOf(fileName))),
    EditorView.contentAttributes.of({
      'aria-label': `Code of ${fileName}`,
      'aria-describedby': 'editor-help',
      tabindex: '0',
    }),
  ];
}

/** @param {string} text */
function withoutNul(text) {
  return text.replaceAll('\0', '');
}
