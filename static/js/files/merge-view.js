/** Two versions of a text beside each other. Loaded when the first are compared. */

import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { minimalSetup } from 'codemirror';
import { editorTheme } from '../editor/editor-theme.js';
import { keepLineEnds, textOf } from '../editor/line-ends.js';
import { loadMode } from '../editor/modes.js';
import { element } from '../ui/dom.js';

/**
 * @typedef {object} Versions
 * @property {string} path
 * @property {string} mine
 * @property {string} theirs
 */

/** @typedef {{ readonly text: string, focus: () => void, destroy: () => void }} Merging */

const colours = EditorView.theme({
  '&.cm-merge-b .cm-changedLine, .cm-inlineChangedLine': {
    backgroundColor: 'color-mix(in oklab, var(--good) 9%, var(--surface))',
  },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--bad-soft)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': {
    background: 'none',
    textDecoration: 'underline 2px var(--bad)',
  },
  '&.cm-merge-b .cm-changedText, .cm-changedText': {
    background: 'none',
    textDecoration: 'underline 2px var(--good)',
  },
  '.cm-collapsedLines': { background: 'var(--sunken)', color: 'var(--text-soft)' },
  '.cm-deletedChunk .cm-chunkButtons button': {
    padding: '2px 8px',
    font: '550 var(--text-sm) var(--sans)',
    color: 'var(--text)',
    background: 'var(--raised)',
    border: '1px solid var(--line-firm)',
    borderRadius: 'var(--radius)',
  },
  // Where there is no room beside the text they stand above it, for a finger.
  '@media (max-width: 760px)': {
    '.cm-deletedChunk .cm-chunkButtons': {
      position: 'static',
      display: 'flex',
      gap: 'var(--s2)',
      padding: 'var(--s2) 6px',
      marginLeft: '-6px',
      background: 'var(--surface)',
    },
    '.cm-deletedChunk .cm-chunkButtons button': { minHeight: '36px', padding: '2px 14px' },
  },
});

/**
 * Theirs on the left, or above; mine beside it, to be changed. Arrows between them take theirs.
 *
 * @param {HTMLElement} host
 * @param {string} nonce
 * @param {Versions} versions
 * @param {boolean} narrow one column is all that there is room for
 * @returns {Promise<Merging>}
 */
export async function showMerge(host, nonce, { path, mine, theirs }, narrow) {
  const base = await comparing(nonce, path);
  const own = [...base, keepLineEnds(mine), named('Your text, to be changed')];
  if (narrow) {
    const unified = unifiedMergeView({ original: theirs, mergeControls: choiceButton });
    const view = new EditorView({ parent: host, doc: mine, extensions: [...own, unified] });
    return merging(view, view);
  }
  const readOnly = [EditorState.readOnly.of(true), named('Their text')];
  const merge = new MergeView({
    parent: host,
    a: { doc: theirs, extensions: [...base, ...readOnly] },
    b: { doc: mine, extensions: own },
    revertControls: 'a-to-b',
    renderRevertControl: takeTheirsButton,
    collapseUnchanged: { margin: 3, minSize: 6 },
  });
  return merging(merge.b, merge);
}

/**
 * What every view has that shows two versions of a file.
 *
 * @param {string} nonce
 * @param {string} path
 */
export async function comparing(nonce, path) {
  return [
    EditorView.cspNonce.of(nonce),
    minimalSetup,
    editorTheme,
    colours,
    EditorView.lineWrapping,
    await loadMode(path),
  ];
}

/**
 * @param {EditorView} view
 * @param {{ destroy: () => void }} whole
 * @returns {Merging}
 */
function merging(view, whole) {
  return {
    get text() {
      return textOf(view.state);
    },
    focus: () => view.focus(),
    destroy: () => whole.destroy(),
  };
}

/** @param {string} label */
export function named(label) {
  return EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' });
}

function takeTheirsButton() {
  const title = 'Take their change';
  return element('button', { title, ariaLabel: title }, '→');
}

/**
 * @param {'accept' | 'reject'} type
 * @param {(event: MouseEvent) => void} choose
 */
function choiceButton(type, choose) {
  const made = element('button', {}, type === 'accept' ? 'Mine' : 'Theirs');
  made.addEventListener('mousedown', choose);
  made.addEventListener('click', choose); // by the keyboard
  return made;
}
