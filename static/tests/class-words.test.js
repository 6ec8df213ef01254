import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agoWords, stuckWords } from '../js/staff/class-words.js';

test('times are said in their largest unit', () => {
  assert.equal(agoWords(-3), 'just now');
  assert.equal(agoWords(4), 'just now');
  assert.equal(agoWords(42), '42 seconds ago');
  assert.equal(agoWords(60), '1 minute ago');
  assert.equal(agoWords(3599), '59 minutes ago');
  assert.equal(agoWords(7300), '2 hours ago');
});

test('few are named, many are counted', () => {
  assert.equal(stuckWords(['Ada']), 'Ada is stuck.');
  assert.equal(stuckWords(['Ada', 'Bob', 'Cleo']), 'Ada, Bob, and Cleo are stuck.');
  assert.equal(stuckWords(['Ada', 'Bob', 'Cleo', 'Dora']), '4 more students are stuck.');
});
