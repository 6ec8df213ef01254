import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPlaces, readProblem } from '../js/problem.js';

const TRACEBACK = `Traceback (most recent call last):
  File "/workspace/main.py", line 9, in <module>
    ask()
  File "/workspace/main.py", line 4, in ask
    return int("x")
ValueError: invalid literal for int() with base 10: 'x'
`;

test('a Python traceback ends with the place and the reason', () => {
  assert.deepEqual(readProblem(TRACEBACK, 'main.py'), {
    message: "ValueError: invalid literal for int() with base 10: 'x'",
    line: 4,
  });
});

test('a compiler names the place and the reason first', () => {
  const errors = `main.cpp: In function 'int main()':
main.cpp:3:5: error: 'cout' was not declared in this scope
main.cpp:7:1: error: expected '}'
`;
  const { message, line } = readProblem(errors, 'main.cpp');
  assert.equal(line, 3);
  assert.match(message ?? '', /'cout' was not declared/);
});

test('colours do not hide the place', () => {
  const { line } = readProblem('\x1b[1mmain.cpp:12:5:\x1b[m \x1b[31merror: \x1b[mno', 'main.cpp');
  assert.equal(line, 12);
});

test('another file with the same ending is named by its own name', () => {
  assert.deepEqual(findPlaces('domain.py:3', 'main.java'), []);
});

test('nothing is made up where stderr says nothing', () => {
  assert.deepEqual(readProblem('', 'main.py'), { message: null, line: null });
  assert.deepEqual(readProblem('warming up\n', 'main.py'), { message: null, line: null });
});
