import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import { highlightCode } from '@lezer/highlight';
import { codeColors } from './editor-theme.js';

/** @import { EditorState } from '@codemirror/state' */

/** Then the rest stays plain. */
const MOST_PARSE_MS = 500;

/**
 * @typedef {object} Piece
 * @property {string} text
 * @property {string} classes of its colour
 */

/**
 * A whole document in its colours; the view has only the lines in sight.
 *
 * @param {EditorState} state
 * @returns {Piece[][]} the pieces of each line
 */
export function coloredLines(state) {
  /** @type {Piece[][]} */
  const lines = [[]];
  highlightCode(
    state.doc.toString(),
    ensureSyntaxTree(state, state.doc.length, MOST_PARSE_MS) ?? syntaxTree(state),
    codeColors,
    (text, classes) => lines.at(-1)?.push({ text, classes }),
    () => lines.push([]),
  );
  return lines;
}
