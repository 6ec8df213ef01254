import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitWords, minutes } from '../js/run/run-clock.js';

test('what is left is in minutes and seconds, rounded up, and never below zero', () => {
  assert.equal(minutes(300), '5:00');
  assert.equal(minutes(280.2), '4:41');
  assert.equal(minutes(9), '0:09');
  assert.equal(minutes(-3), '0:00');
});

test('both limits are told, and the one by the clock alone where there is no other', () => {
  const both = limitWords({ wall_time_s: 300, cpu_time_s: 30 });
  assert.match(both, /5:00 minutes by the clock, and compute for 30 s/);
  assert.doesNotMatch(limitWords({ wall_time_s: 30, cpu_time_s: null }), /compute/);
  assert.equal(limitWords(undefined), '');
});
