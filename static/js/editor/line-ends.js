/** The line ends of a document: CodeMirror knows but one, and a file is to keep those it has. */

import { invertedEffects } from '@codemirror/commands';
import { RangeSet, RangeValue, StateEffect, StateField } from '@codemirror/state';

/** @import { EditorState, Extension, Text, Transaction } from '@codemirror/state' */

export const LINE_END = /\r\n?|\n/;

/** At the end of a line which is not as those of the most lines; it goes with the line. */
class OddEnd extends RangeValue {
  startSide = 1;
  endSide = -1;

  /** @param {string} end */
  constructor(end) {
    super();
    this.end = end;
  }
}

/**
 * `usual` stands at the end of most lines and of new ones.
 *
 * @typedef {{ usual: string, odd: RangeSet<OddEnd> }} LineEnds
 */

/** @type {import('@codemirror/state').StateEffectType<LineEnds>} */
const setLineEnds = StateEffect.define();

const field = StateField.define({
  create: () => lineEndsOf(''),
  update: (ends, transaction) => {
    for (const effect of transaction.effects) if (effect.is(setLineEnds)) return effect.value;
    const { docChanged, changes } = transaction;
    if (!docChanged || ends.odd.size === 0) return ends;
    return { ...ends, odd: ends.odd.map(changes) };
  },
});

/** Undo of another text brings back its line ends. @param {Transaction} transaction */
function endsBefore({ effects, startState }) {
  const isSet = effects.some((effect) => effect.is(setLineEnds));
  return isSet ? [setLineEnds.of(startState.field(field))] : [];
}

/**
 * @param {string} text that a document begins with
 * @returns {Extension}
 */
export function keepLineEnds(text) {
  return [field.init(() => lineEndsOf(text)), invertedEffects.of(endsBefore)];
}

/** @param {string} text that takes the place of a whole document's */
export function lineEndsEffect(text) {
  return setLineEnds.of(lineEndsOf(text));
}

/**
 * A document with its own line ends.
 *
 * @param {EditorState} state
 * @returns {string}
 */
export function textOf(state) {
  const { usual, odd } = state.field(field);
  if (usual === '\n' && odd.size === 0) return state.doc.toString();
  return joined(state.doc, usual, odd);
}

/**
 * @param {Text} doc
 * @param {string} usual
 * @param {RangeSet<OddEnd>} odd
 */
function joined(doc, usual, odd) {
  const cursor = odd.iter();
  let text = '';
  let at = 0;
  for (const line of doc.iterLines()) {
    if (at > 0) {
      while (cursor.value && cursor.from < at - 1) cursor.next();
      text += cursor.value && cursor.from === at - 1 ? cursor.value.end : usual;
    }
    text += line;
    at += line.length + 1;
  }
  return text;
}

/**
 * @param {string} text
 * @returns {LineEnds}
 */
function lineEndsOf(text) {
  if (!text.includes('\r')) return { usual: '\n', odd: RangeSet.empty };
  const place = documentPlaces(text);
  const found = [...text.matchAll(new RegExp(LINE_END, 'g'))];
  const usual = mostOf(found.map(([end]) => end));
  const odd = found
    .map(({ 0: end, index }) => ({ end, at: place(index) }))
    .filter(({ end }) => end !== usual)
    .map(({ end, at }) => new OddEnd(end).range(at, at + 1));
  return { usual, odd: RangeSet.of(odd) };
}

/** @param {string[]} ends */
function mostOf(ends) {
  const count = (/** @type {string} */ one) => ends.filter((end) => end === one).length;
  return ['\r\n', '\n', '\r'].reduce((a, b) => (count(b) > count(a) ? b : a));
}

/**
 * Where a place of a text is in its document, in which each line end is one character.
 *
 * @param {string} text
 * @returns {(place: number) => number} to be asked for one after the other, in their order
 */
export function documentPlaces(text) {
  let pairs = 0;
  let next = text.indexOf('\r\n');
  return (place) => {
    for (; next >= 0 && next + 1 < place; next = text.indexOf('\r\n', next + 2)) pairs += 1;
    return place - pairs;
  };
}
