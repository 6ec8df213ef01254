import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endingNotice, refusalNotice, stateWords } from '../js/words.js';

const NO_PROBLEM = { message: null, line: null };

test('the state names the exit code, the limit or the place in the queue', () => {
  assert.equal(stateWords('error', { exit_code: 3 }).text, 'Exit 3');
  assert.equal(
    stateWords('error', { reason: 'memory_limit', exit_code: 137 }).text,
    'Memory limit reached',
  );
  assert.match(stateWords('queued', { position: 2 }).text, /place 2/);
});

test('a signal is told from the exit code and in words', () => {
  const notice = endingNotice(
    'error',
    { type: 'complete', content: '', exit_code: 139 },
    NO_PROBLEM,
  );
  assert.match(notice?.title ?? '', /bad memory access/);
});

test('a limit is told by its reason and not guessed from the exit code', () => {
  const frame = { type: 'complete', content: '', exit_code: 137 };
  const told = endingNotice('error', { ...frame, reason: 'memory_limit' }, NO_PROBLEM);
  const guessed = endingNotice('error', frame, NO_PROBLEM);
  assert.match(told?.title ?? '', /memory/);
  assert.doesNotMatch(guessed?.title ?? '', /memory/);
});

test('success and stop need no words', () => {
  const frame = { type: 'complete', content: '' };
  assert.equal(endingNotice('completed', frame, NO_PROBLEM), null);
  assert.equal(endingNotice('stopped', frame, NO_PROBLEM), null);
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
