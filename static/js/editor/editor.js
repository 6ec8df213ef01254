import { acceptCompletion } from '@codemirror/autocomplete';
import { indentWithTab, isolateHistory } from '@codemirror/commands';
import { indentUnit } from '@codemirror/language';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { wantsLint } from '../lint/wants-lint.js';
import { coloredLines } from './colored-lines.js';
import { editorTheme } from './editor-theme.js';
import { errorLine, setErrorLine } from './error-line.js';
import { loadKeymap } from './keymaps.js';
import { documentPlaces, keepLineEnds, lineEndsEffect, textOf } from './line-ends.js';
import { indentOf, loadMode } from './modes.js';
import { typeOverSelection } from './type-over.js';

/** @import { Extension } from '@codemirror/state' */
/** @import { Settings } from './settings.js' */

/** Then the rest counts as changed in one piece. */
const MOST_DIFF_MS = 100;

/**
 * @typedef {object} EditorHooks
 * @property {(text: string) => void} onChange
 * @property {(line: number, column: number) => void} onCursor both count from 1
 */

/** The code editor: one view, and for each document a state of its own, so each keeps its undo. */
export class Editor {
  #view;
  #nonce;
  #hooks;
  /** What follows from a document's name. */
  #named = new Compartment();
  /** What follows from the settings, before and behind all else. */
  #keys = new Compartment();
  #liked = new Compartment();
  /** @type {Extension} */
  #keymap = [];
  /** @type {Settings} */
  #settings;
  #key = '';
  /** @type {Map<string, EditorState>} */
  #states = new Map();

  /**
   * @param {HTMLElement} host
   * @param {string} nonce for the style sheets that CodeMirror adds
   * @param {Settings} settings
   * @param {EditorHooks} hooks
   */
  constructor(host, nonce, settings, hooks) {
    this.#nonce = nonce;
    this.#settings = settings;
    this.#hooks = hooks;
    this.#view = new EditorView({
      parent: host,
      state: EditorState.create({ extensions: EditorView.cspNonce.of(nonce) }),
    });
  }

  /**
   * Shows a document: the one kept under `key`, else a new one with `text`.
   *
   * @param {string} key
   * @param {string} fileName
   * @param {string} text
   */
  async open(key, fileName, text) {
    if (this.#key) this.#states.set(this.#key, this.#view.state);
    this.#key = key;
    const known = this.#states.get(key);
    this.#view.setState(known ?? this.#newState(fileName, text));
    this.#tellCursor(this.#view.state);
    if (!known) await this.rename(key, fileName);
  }

  /**
   * In all documents, now and from now on.
   *
   * @param {Settings} settings
   */
  async configure(settings) {
    this.#settings = settings;
    this.#keymap = await loadKeymap(settings.keymap);
    const effects = [
      this.#keys.reconfigure(this.#keymap),
      this.#liked.reconfigure(likedExtensions(settings)),
    ];
    if (this.#key) this.#states.set(this.#key, this.#view.state);
    for (const key of this.#states.keys()) this.#change(key, { effects });
  }

  /**
   * A document has another name, and with it may have another language.
   *
   * @param {string} key
   * @param {string} fileName
   */
  async rename(key, fileName) {
    const mode = await loadMode(fileName);
    this.#change(key, { effects: this.#named.reconfigure(namedExtensions(fileName, mode)) });
  }

  /**
   * Replaces a document's text, as one step that Undo takes back, whether it is shown or not.
   *
   * @param {string} key
   * @param {string} text
   */
  setText(key, text) {
    const state = this.#stateOf(key);
    if (state && textOf(state) !== text) this.#change(key, replacement(state, text));
  }

  /**
   * Changes a document as one step that Undo takes back, whether it is shown, was, or never yet.
   *
   * @param {string} key
   * @param {string} fileName
   * @param {string} text of it
   * @param {{ from: number, to: number, insert: string }[]} changes of that, in their order
   * @returns {string} the text afterwards
   */
  edit(key, fileName, text, changes) {
    if (!this.#stateOf(key)) {
      this.#states.set(key, this.#newState(fileName, text));
      this.rename(key, fileName);
    }
    const before = /** @type {EditorState} */ (this.#stateOf(key));
    if (textOf(before) === text) {
      const place = documentPlaces(text);
      const placed = changes.map(({ from, to, insert }) => {
        return { from: place(from), to: place(to), insert };
      });
      this.#change(key, { changes: placed, annotations: isolateHistory.of('full') });
    }
    const after = spliced(text, changes);
    this.setText(key, after);
    return after;
  }

  /** What is selected within one line; empty for anything else. */
  get selectedText() {
    const { state } = this.#view;
    const { from, to } = state.selection.main;
    const text = state.sliceDoc(from, to);
    return text.includes('\n') ? '' : text;
  }

  /**
   * @param {string} before
   * @param {string} key under which the document is kept from here on
   */
  rekey(before, key) {
    const state = this.#states.get(before);
    if (state) this.#states.set(key, state);
    this.#states.delete(before);
    if (this.#key === before) this.#key = key;
  }

  /**
   * The document is gone, and its undo with it.
   *
   * @param {string} key
   */
  close(key) {
    this.#states.delete(key);
    if (this.#key === key) this.#key = '';
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
   * @returns {string | null} null where there is no such line
   */
  lineText(number) {
    const { doc } = this.#view.state;
    return number >= 1 && number <= doc.lines ? doc.line(number).text : null;
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

  /**
   * @param {string} fileName
   * @param {string} text
   */
  #newState(fileName, text) {
    return EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(this.#nonce),
        this.#keys.of(this.#keymap),
        this.#liked.of(likedExtensions(this.#settings)),
        basicSetup,
        typeOverSelection,
        keymap.of([{ key: 'Tab', run: acceptCompletion }, indentWithTab]),
        this.#named.of(namedExtensions(fileName, [])),
        editorTheme,
        errorLine,
        keepLineEnds(text),
        EditorView.clipboardInputFilter.of(withoutNul), // with one, a file would be no text
        EditorView.updateListener.of((update) => {
          if (update.docChanged) this.#hooks.onChange(textOf(update.state));
          if (update.docChanged || update.selectionSet) this.#tellCursor(update.state);
        }),
      ],
    });
  }

  /** @param {string} key */
  #stateOf(key) {
    return key === this.#key ? this.#view.state : this.#states.get(key);
  }

  /**
   * @param {string} key
   * @param {import('@codemirror/state').TransactionSpec} change
   */
  #change(key, change) {
    const state = this.#states.get(key);
    if (key === this.#key) this.#view.dispatch(change);
    else if (state) this.#states.set(key, state.update(change).state);
  }

  /** @param {EditorState} state */
  #tellCursor(state) {
    const { head } = state.selection.main;
    const line = state.doc.lineAt(head);
    this.#hooks.onCursor(line.number, head - line.from + 1);
  }
}

/**
 * @param {EditorState} state
 * @param {string} text
 */
function replacement(state, text) {
  return {
    changes: { from: 0, to: state.doc.length, insert: text },
    effects: lineEndsEffect(text),
    annotations: isolateHistory.of('full'),
  };
}

/**
 * @param {string} text
 * @param {{ from: number, to: number, insert: string }[]} changes in their order
 */
function spliced(text, changes) {
  let at = 0;
  const pieces = changes.map(({ from, to, insert }) => {
    const before = text.slice(at, from);
    at = to;
    return before + insert;
  });
  return pieces.join('') + text.slice(at);
}

/** @param {string} text */
function withoutNul(text) {
  return text.replaceAll('\0', '');
}

/** @param {Settings} settings */
function likedExtensions({ indent, lint, wrap }) {
  return [
    wantsLint.of(lint),
    wrap ? EditorView.lineWrapping : [],
    indent ? [indentUnit.of(' '.repeat(indent)), EditorState.tabSize.of(indent)] : [],
  ];
}

/**
 * @param {string} fileName
 * @param {Extension} mode
 */
function namedExtensions(fileName, mode) {
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
