import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPlaces } from '../js/terminal/places.js';

/** Each place as the text that would be a link, its line and its column. */
const found = (text, fileName) =>
  findPlaces(text, [fileName]).map(({ start, length, line, column }) => [
    text.slice(start, start + length),
    line,
    column,
  ]);

test('a traceback, a compiler, a shell and a stack trace name places', () => {
  const python = '  File "/workspace/main.py", line 9, in <module>';
  assert.deepEqual(found(python, 'main.py'), [['"/workspace/main.py", line 9', 9, null]]);
  assert.deepEqual(found('main.cpp:3:5: error: no', 'main.cpp'), [['main.cpp:3:5', 3, 5]]);
  assert.deepEqual(found('main.sh: line 2: oops', 'main.sh'), [['main.sh: line 2', 2, null]]);
  const java = '\tat Main.main(Main.java:4)';
  assert.deepEqual(found(java, 'Main.java'), [['Main.java:4', 4, null]]);
  const node = '    at file:///workspace/index.js:7:11';
  assert.deepEqual(found(node, 'index.js'), [['file:///workspace/index.js:7:11', 7, 11]]);
});

test('another file is not taken for it', () => {
  assert.deepEqual(findPlaces('domain.py:3', ['main.py']), []);
  assert.deepEqual(findPlaces('main.pyc:3', ['main.py']), []);
  assert.deepEqual(findPlaces('mainXpy:3', ['main.py']), []);
});

test('without a file there are none', () => {
  assert.deepEqual(findPlaces(':3', ['']), []);
});

test('of several files the one with its folder is meant', () => {
  const files = ['limits.py', 'data/limits.py'];
  const places = findPlaces('File "/workspace/data/limits.py", line 3; limits.py:4', files);
  assert.deepEqual(
    places.map(({ file, line }) => [file, line]),
    [
      ['data/limits.py', 3],
      ['limits.py', 4],
    ],
  );
});
