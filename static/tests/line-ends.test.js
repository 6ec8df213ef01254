import assert from 'node:assert/strict';
import { test } from 'node:test';
import { history, undo } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { documentPlaces, keepLineEnds, lineEndsEffect, textOf } from '../js/editor/line-ends.js';

function document(text) {
  return EditorState.create({ doc: text, extensions: [history(), keepLineEnds(text)] });
}

for (const text of [
  '',
  'a',
  'a\nb\n',
  'a\r\nb\r\n',
  '\r\n\r\n',
  'a\rb\r',
  'a\r\nb\nc\r\nd\r',
  '\r\r\n\n',
]) {
  test(`the ends of ${JSON.stringify(text)} are kept`, () => {
    assert.equal(textOf(document(text)), text);
  });
}

test('what is typed or pasted gets the usual ends, the others keep theirs', () => {
  const before = document('a\r\nb\nc\r\n');
  const after = before.update({ changes: { from: 1, insert: '1\n2' } }).state;
  assert.equal(textOf(after), 'a1\r\n2\r\nb\nc\r\n');
  const start = after.update({ changes: { from: 0, insert: 'x\n' } }).state;
  assert.equal(textOf(start), 'x\r\na1\r\n2\r\nb\nc\r\n');
});

test('an end that is deleted is gone', () => {
  const before = document('a\r\nb\nc\r\n');
  assert.equal(textOf(before.update({ changes: { from: 3, to: 4 } }).state), 'a\r\nbc\r\n');
});

test('another text brings its own ends, and undo the former', () => {
  let state = document('a\r\nb\r\n');
  const other = 'c\nd\n';
  const changes = { from: 0, to: state.doc.length, insert: other };
  state = state.update({ changes, effects: lineEndsEffect(other) }).state;
  assert.equal(textOf(state), other);
  undo({
    state,
    dispatch: (transaction) => {
      state = transaction.state;
    },
  });
  assert.equal(textOf(state), 'a\r\nb\r\n');
});

test('places of a text are found in its document', () => {
  const text = 'a\r\nb\nc\r\nd';
  const { doc } = document(text);
  const place = documentPlaces(text);
  for (const letter of 'abcd') {
    const at = place(text.indexOf(letter));
    assert.equal(doc.sliceString(at, at + 1), letter);
  }
});
