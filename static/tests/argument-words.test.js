import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argumentWords } from '../js/run/argument-words.js';

const LINES = [
  ['', []],
  ['  ', []],
  ['a  b', ['a', 'b']],
  ['"two words" x', ['two words', 'x']],
  ['\'single "quotes"\'', ['single "quotes"']],
  ['a"b c"d', ['ab cd']],
  ['""', ['']],
  ['a\\ b \\" \\\\', ['a b', '"', '\\']],
  ['"say \\"hi\\" \\n"', ['say "hi" \\n']],
  ['"not closed', ['not closed']],
  ["it's one", ['its one']],
  ['--name=Ada $HOME', ['--name=Ada', '$HOME']],
];

for (const [line, words] of LINES) {
  test(`the words of ${JSON.stringify(line)}`, () => {
    assert.deepEqual(argumentWords(String(line)), words);
  });
}
