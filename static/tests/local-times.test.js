import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeWords } from '../js/ui/local-times.js';

test('a time is written as the server writes it, in the zone that is asked for', () => {
  const at = new Date('2026-11-30T23:05:09.123+00:00');
  assert.equal(timeWords(at, 'UTC'), '30 November 2026, 23:05:09');
  assert.equal(timeWords(at, 'Europe/Berlin'), '1 December 2026, 00:05:09');
});
