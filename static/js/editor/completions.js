/** What the editor offers to complete beyond CodeMirror's own: any word, keywords, snippets. */

import {
  completeAnyWord,
  completeFromList,
  ifNotIn,
  snippetCompletion,
} from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';

/** @import { Completion, CompletionSource } from '@codemirror/autocomplete' */

/** Where words are prose; each grammar has its own names. */
const PROSE = [
  ...['Comment', 'LineComment', 'BlockComment', 'comment'],
  ...['String', 'StringLiteral', 'FormatString', 'RawString', 'TextBlock', 'CharLiteral', 'string'],
];

/** @type {CompletionSource} whose words count as what the grammar knows of the same name */
const words = ifNotIn(PROSE, async (context) => {
  const found = await completeAnyWord(context);
  return found && { ...found, options: found.options.map(({ label }) => ({ label })) };
});

/**
 * @param {{ keywords?: string, snippets?: [label: string, detail: string, text: string][] }} known
 */
export function completions({ keywords = '', snippets = [] }) {
  const known = completeFromList([
    ...keywords.split(/\s+/).filter(Boolean).map(keyword),
    ...snippets.map(snippet),
  ]);
  const sources = [words, ifNotIn(PROSE, known)];
  return EditorState.languageData.of(() => sources.map((autocomplete) => ({ autocomplete })));
}

/**
 * @param {string} label
 * @returns {Completion}
 */
function keyword(label) {
  return { label, type: 'keyword' };
}

/** @param {[label: string, detail: string, text: string]} snippet */
function snippet([label, detail, text]) {
  return snippetCompletion(text, { label, detail, type: 'snippet', boost: -1 });
}
