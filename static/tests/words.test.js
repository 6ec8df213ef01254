import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queueNotice, refusalNotice, stateWords } from '../js/run/words.js';

test('the state names the exit code, the limit, the packages or the place in the queue', () => {
  assert.equal(stateWords('error', { exit_code: 3 }).text, 'Exit 3');
  assert.equal(
    stateWords('error', { reason: 'memory_limit', exit_code: 137 }).text,
    'Memory limit reached',
  );
  assert.match(stateWords('queued', { position: 2 }).text, /place 2/);
  assert.equal(stateWords('installing', { packages: ['six'] }).text, 'Installing six…');
});

test('a limit is told by its reason and not guessed from the exit code', () => {
  assert.equal(stateWords('error', { exit_code: 137 }).text, 'Exit 137');
  assert.equal(stateWords('error', { exit_code: 137, reason: 'signal' }).text, 'Exit 137');
});

test('the place in the queue is said in words', () => {
  assert.match(queueNotice(1).title, /runs next/);
  assert.match(queueNotice(3).title, /number 3 in the queue/);
});

const CODES = [
  'invalid_request',
  'too_large',
  'rate_limited',
  'queue_full',
  'no_sandbox',
  'not_authenticated',
  'forbidden',
  'not_found',
  'lost',
  'sandbox_failed',
  'shutting_down',
  'a code of the future',
];

for (const code of CODES) {
  test(`the refusal "${code}" says what happened and what to do`, () => {
    const { title, text } = refusalNotice({ type: 'error', code, content: 'The server says so' });
    assert.ok(title);
    assert.ok(text?.startsWith('The server says so. '));
    assert.ok((text ?? '').length > 'The server says so. '.length);
  });
}

test('the wait that the server asks for is named', () => {
  const frame = { type: 'error', code: 'rate_limited', content: '', retry_after: 12 };
  assert.equal(refusalNotice(frame).text, 'Try again in 12 s.');
});
