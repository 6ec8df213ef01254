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
  ["'back\\' x", ['back\\', 'x']],
  ['"back\\\\" x', ['back\\', 'x']],
  ['end\\', ['end\\']],
  ['a\\  b', ['a ', 'b']],
];

for (const [line, words] of LINES) {
  test(`the words of ${JSON.stringify(line)}`, () => {
    assert.deepEqual(argumentWords(String(line)), words);
  });
}

for (const part of ['x', '""']) {
  test(`a very long word of ${part} is one`, () => {
    assert.equal(argumentWords(part.repeat(11_000_000 / part.length)).length, 1);
  });
}
