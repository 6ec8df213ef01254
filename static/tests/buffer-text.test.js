import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bufferText } from '../js/terminal/buffer-text.js';

/** @param {[string, boolean?][]} rows of four columns, and whether they go on from the one above */
function text(...rows) {
  const lines = rows.map(([row, isWrapped = false]) => ({
    isWrapped,
    translateToString: (/** @type {boolean} */ trim) => (trim ? row.trimEnd() : row),
  }));
  const getLine = (/** @type {number} */ at) => /** @type {any} */ (lines[at]);
  return bufferText({ length: lines.length, getLine });
}

test('lines are as they were written, however they wrap', () => {
  assert.equal(text(['ab  '], ['cd  ']), 'ab\ncd\n');
  assert.equal(text(['abc '], ['def ', true], ['g   ']), 'abc def\ng\n');
});

test('empty rows below the last line are no output', () => {
  assert.equal(text(['a   '], ['    '], ['    ']), 'a\n');
  assert.equal(text(['    '], ['    ']), '');
});
