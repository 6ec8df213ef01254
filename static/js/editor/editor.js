import { isolateHistory } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { coloredLines } from './colored-lines.js';
import { Documents, replacement } from './documents.js';
import { setErrorLine } from './error-line.js';
import { textOf } from './line-ends.js';

/** @import { Settings } from './settings.js' */

/** Then the rest counts as changed in one piece. */
const MOST_DIFF_MS = 100;

/**
 * @typedef {object} EditorHooks
 * @property {(text: string) => void} onChange
 * @property {(line: number, column: number) => void} onCursor both count from 1
 */

/** The code editor: one view, which shows one of its documents. */
export class Editor {
  #view;
  #hooks;

  /**
   * @param {HTMLElement} host
   * @param {string} nonce for the style sheets that CodeMirror adds
   * @param {Settings} settings
   * @param {EditorHooks} hooks
   */
  constructor(host, nonce, settings, hooks) {
    this.#hooks = hooks;
    const csp = EditorView.cspNonce.of(nonce);
    const telling = EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
      if (docChanged) hooks.onChange(textOf(state));
      if (docChanged || selectionSet) this.#tellCursor();
    });
    this.#view = new EditorView({ parent: host, state: EditorState.create({ extensions: csp }) });
    this.documents = new Documents(this.#view, settings, [csp, telling]);
  }

  /**
   * Shows a document: the one kept under `key`, else a new one with `text`.
   *
   * @param {string} key
   * @param {string} fileName
   * @param {string} text
   */
  open(key, fileName, text) {
    this.documents.show(key, fileName, text);
    this.#tellCursor();
  }

  /** What is selected within one line; empty for anything else. */
  get selectedText() {
    const { state } = this.#view;
    const { from, to } = state.selection.main;
    const text = state.sliceDoc(from, to);
    return text.includes('\n') ? '' : text;
  }

  get text() {
    return textOf(this.#view.state);
  }

  /**
   * As one step that Undo takes back.
   *
   * @param {string} text
   */
  replaceText(text) {
    this.#view.dispatch(replacement(this.#view.state, text));
    this.focus();
  }

  /**
   * At the cursor, or in place of what is selected.
   *
   * @param {string} text
   */
  insert(text) {
    const { state } = this.#view;
    this.#view.dispatch(state.replaceSelection(state.toText(text)), {
      annotations: isolateHistory.of('full'),
      scrollIntoView: true,
    });
    this.focus();
  }

  /**
   * @param {number} number
   * @param {number} [column] counts from 1
   */
  goToLine(number, column = 1) {
    const { doc } = this.#view.state;
    if (number < 1 || number > doc.lines) return;
    const line = doc.line(number);
    const at = Math.min(line.from + column - 1, line.to);
    this.#view.dispatch({
      selection: { anchor: at },
      effects: EditorView.scrollIntoView(at, { y: 'center' }),
    });
    this.focus();
  }

  /** The whole text in its colours. */
  get coloredLines() {
    return coloredLines(this.#view.state);
  }

  /** For whoever types while the room for it changes. */
  keepCursorInSight() {
    if (!this.#view.hasFocus) return;
    this.#view.dispatch({ effects: EditorView.scrollIntoView(this.#view.state.selection.main) });
  }

  /** @param {number | null} number */
  markErrorLine(number) {
    this.#view.dispatch({ effects: setErrorLine.of(number) });
  }

  focus() {
    this.#view.focus();
  }

  /**
   * Gives the document in front another text, by the least changes, so that the cursor stays where
   * it is; one step of Undo. Nothing changes where somebody goes on typing meanwhile.
   *
   * @param {(text: string) => Promise<string>} rewrite
   */
  async rewriteBy(rewrite) {
    const { doc } = this.#view.state;
    const [text, { diff }] = await Promise.all([
      rewrite(doc.toString()),
      import('@codemirror/merge'),
    ]);
    if (this.#view.state.doc !== doc || doc.toString() === text) return;
    const changes = diff(doc.toString(), text, { timeout: MOST_DIFF_MS }).map(
      ({ fromA, toA, fromB, toB }) => ({ from: fromA, to: toA, insert: text.slice(fromB, toB) }),
    );
    this.#view.dispatch({ changes, annotations: isolateHistory.of('full') });
  }

  /** @param {import('@codemirror/view').Command} command one of CodeMirror's own */
  act(command) {
    this.focus();
    command(this.#view);
  }

  /** To be called when the editor comes into sight: hidden, it cannot know its size. */
  measure() {
    this.#view.requestMeasure();
  }

  #tellCursor() {
    const { doc, selection } = this.#view.state;
    const { head } = selection.main;
    const line = doc.lineAt(head);
    this.#hooks.onCursor(line.number, head - line.from + 1);
  }
}
