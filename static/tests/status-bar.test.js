import assert from 'node:assert/strict';
import { test } from 'node:test';
import { megabytes } from '../js/ui/status-bar.js';

test('memory has the figure that its limit has', () => {
  assert.equal(megabytes(256 * 1024 ** 2), '256 MB');
  assert.equal(megabytes(9_437_184), '9.0 MB');
});
