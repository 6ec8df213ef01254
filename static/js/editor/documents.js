import { isolateHistory } from '@codemirror/commands';
import { Compartment, EditorState } from '@codemirror/state';
import { LOOK, likedExtensions, namedExtensions, WRITING } from './extensions.js';
import { loadKeymap } from './keymaps.js';
import { documentPlaces, keepLineEnds, lineEndsEffect, textOf } from './line-ends.js';
import { loadMode } from './modes.js';

/** @import { Extension, TransactionSpec } from '@codemirror/state' */
/** @import { EditorView } from '@codemirror/view' */
/** @import { Settings } from './settings.js' */

/** @typedef {{ from: number, to: number, insert: string }} Change */

/**
 * The documents of one view: each has a state of its own, and so keeps its undo while another is
 * shown. They are named by keys.
 */
export class Documents {
  #view;
  #own;
  /** What follows from a document's name. */
  #named = new Compartment();
  /** What follows from the settings, before and behind all else. */
  #keys = new Compartment();
  #liked = new Compartment();
  /** @type {Extension} */
  #keymap = [];
  /** @type {Settings} */
  #settings;
  #shown = '';
  /** @type {Map<string, EditorState>} */
  #states = new Map();

  /**
   * @param {EditorView} view
   * @param {Settings} settings
   * @param {Extension} own of each document in this view
   */
  constructor(view, settings, own) {
    this.#view = view;
    this.#settings = settings;
    this.#own = own;
  }

  /**
   * Shows a document: the one kept under `key`, else a new one with `text`.
   *
   * @param {string} key
   * @param {string} fileName
   * @param {string} text
   */
  show(key, fileName, text) {
    if (this.#shown) this.#states.set(this.#shown, this.#view.state);
    this.#shown = key;
    const known = this.#states.get(key);
    this.#view.setState(known ?? this.#newState(fileName, text));
    if (!known) this.rename(key, fileName);
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
    if (this.#shown) this.#states.set(this.#shown, this.#view.state);
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
   * @param {Change[]} changes of that, in their order
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

  /**
   * @param {string} before
   * @param {string} key under which the document is kept from here on
   */
  rekey(before, key) {
    const state = this.#states.get(before);
    if (state) this.#states.set(key, state);
    this.#states.delete(before);
    if (this.#shown === before) this.#shown = key;
  }

  /**
   * The document is gone, and its undo with it.
   *
   * @param {string} key
   */
  close(key) {
    this.#states.delete(key);
    if (this.#shown === key) this.#shown = '';
  }

  /**
   * @param {string} fileName
   * @param {string} text
   */
  #newState(fileName, text) {
    return EditorState.create({
      doc: text,
      extensions: [
        this.#own,
        this.#keys.of(this.#keymap),
        this.#liked.of(likedExtensions(this.#settings)),
        WRITING,
        this.#named.of(namedExtensions(fileName, [])),
        LOOK,
        keepLineEnds(text),
      ],
    });
  }

  /** @param {string} key */
  #stateOf(key) {
    return key === this.#shown ? this.#view.state : this.#states.get(key);
  }

  /**
   * @param {string} key
   * @param {TransactionSpec} change
   */
  #change(key, change) {
    const state = this.#states.get(key);
    if (key === this.#shown) this.#view.dispatch(change);
    else if (state) this.#states.set(key, state.update(change).state);
  }
}

/**
 * Of a whole text, as one step of Undo.
 *
 * @param {EditorState} state
 * @param {string} text
 */
export function replacement(state, text) {
  return {
    changes: { from: 0, to: state.doc.length, insert: text },
    effects: lineEndsEffect(text),
    annotations: isolateHistory.of('full'),
  };
}

/**
 * @param {string} text
 * @param {Change[]} changes in their order
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
