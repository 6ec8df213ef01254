import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureWords, isUnreachable, waitWords } from '../js/ui/failed-requests.js';
import { RefusedError, UnreachableError } from '../js/ui/server.js';

test('how long to wait is said in words', () => {
  assert.deepEqual([1, 43, 120, 3000, 7200].map(waitWords), [
    'a second',
    '43 seconds',
    '2 minutes',
    '50 minutes',
    '2 hours',
  ]);
});

test('what the server says is said once, with what to do', () => {
  const detail = 'At most 3 an hour. Try again in 1799 s.';
  const { title, text } = failureWords(new RefusedError(429, { detail }, '1799'));
  assert.equal(title, 'That was too often.');
  assert.equal(text, 'At most 3 an hour. Try again in 30 minutes.');
});

test('an answer without words still says what to do', () => {
  const { title, text } = failureWords(new RefusedError(500, null));
  assert.equal(title, 'The server failed.');
  assert.equal(text, 'The server answered 500. Try again in a moment.');
});

test('a proxy without its server is no refusal', () => {
  const errors = [
    new UnreachableError('No.'),
    new RefusedError(502, null),
    new RefusedError(500, null),
  ];
  assert.deepEqual(errors.map(isUnreachable), [true, true, false]);
});
