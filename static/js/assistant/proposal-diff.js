/** A proposed file over the present one. Loaded when the first proposal is looked at. */

import { getChunks, getOriginalDoc, unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { comparing, named } from '../files/merge-view.js';
import { element } from '../ui/dom.js';

/**
 * @typedef {object} ChoiceHooks
 * @property {(text: string) => void} onAccept the present text with the changes accepted so far
 * @property {(text: string) => void} onReject the proposed text without those rejected so far
 * @property {() => void} onChosen one of them, and the view is drawn anew
 */

/**
 * @param {HTMLElement} host
 * @param {string} nonce
 * @param {{ path: string, present: string, proposed: string }} versions
 * @param {ChoiceHooks} hooks
 */
export async function showChanges(host, nonce, { path, present, proposed }, hooks) {
  const box = element('section', { ariaLabel: path }, element('h3', {}, path));
  host.append(box);
  const chosen = EditorView.updateListener.of((update) => {
    const isAccepted = update.transactions.some((one) => one.isUserEvent('accept'));
    if (isAccepted) hooks.onAccept(getOriginalDoc(update.state).toString());
    else if (update.docChanged) hooks.onReject(update.state.doc.toString());
    else return;
    if (getChunks(update.state)?.chunks.length === 0) box.hidden = true;
    // The view is in the middle of its update.
    queueMicrotask(hooks.onChosen);
  });
  return new EditorView({
    parent: box,
    doc: proposed,
    extensions: [
      await comparing(nonce, path),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      named(`Changes of ${path}`),
      unifiedMergeView({
        original: present,
        mergeControls: choiceButton,
        collapseUnchanged: { margin: 3, minSize: 6 },
      }),
      chosen,
    ],
  });
}

/**
 * @param {'accept' | 'reject'} type
 * @param {(event: MouseEvent) => void} choose
 */
function choiceButton(type, choose) {
  const text = type === 'accept' ? 'Accept' : 'Reject';
  return element('button', { ariaLabel: `${text} this change`, onclick: choose }, text);
}
