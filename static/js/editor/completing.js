/** When completions are offered, and which key takes one: Enter only what the arrows have chosen. */

import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  currentCompletions,
  selectedCompletion,
  setSelectedCompletion,
} from '@codemirror/autocomplete';
import { EditorView, keymap } from '@codemirror/view';

/** @import { Completion } from '@codemirror/autocomplete' */
/** @import { EditorState } from '@codemirror/state' */
/** @import { Command } from '@codemirror/view' */

/** What is looked for in the middle of a word would offer `PendingDeprecationWarning` for `end`. */
const offering = autocompletion({ filterStrict: true, selectOnOpen: false });

const closeWhenTyped = EditorView.updateListener.of(({ state, view }) => {
  const offered = currentCompletions(state);
  if (offered.length > 0 && offered.every((option) => isTyped(state, option))) {
    closeCompletion(view);
  }
});

export const completing = [
  offering,
  closeWhenTyped,
  keymap.of([{ key: 'Tab', run: acceptChosenOrFirst }]),
];

/** @type {Command} */
function acceptChosenOrFirst(view) {
  const { state } = view;
  if (selectedCompletion(state)) return acceptCompletion(view);
  const first = currentCompletions(state).findIndex((option) => !isTyped(state, option));
  if (first < 0) return false;
  view.dispatch({ effects: setSelectedCompletion(first) });
  return acceptCompletion(view);
}

/**
 * Whether it would change nothing.
 *
 * @param {EditorState} state
 * @param {Completion} option
 */
function isTyped(state, { apply, label }) {
  const { head } = state.selection.main;
  return apply === undefined && state.sliceDoc(head - label.length, head) === label;
}
