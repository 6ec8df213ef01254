import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FloodGauge, saidBy } from '../js/preview/preview-messages.js';

const message = { type: 'preview-console', level: 'log', text: 'hello' };

test('a message of the console is its level and text', () => {
  assert.deepEqual(saidBy({ ...message, more: 1 }), { level: 'log', text: 'hello' });
});

test('what has another shape is none', () => {
  const hostile = [
    null,
    'preview-console',
    7,
    [],
    {},
    { ...message, type: 'x' },
    { ...message, level: 'constructor' },
    { ...message, level: ['log'] },
    { ...message, text: { toString: () => 'x' } },
  ];
  for (const data of hostile) assert.equal(saidBy(data), null);
});

test('a long text is cut', () => {
  assert.equal(saidBy({ ...message, text: 'x'.repeat(9_000_000) })?.text.length, 2000);
});

test('a flood within a second is told, many over time are none', () => {
  const fast = new FloodGauge();
  const told = Array.from({ length: 501 }, (_, at) => fast.isFlooded(5000 + at));
  assert.equal(told.indexOf(true), 500);
  const slow = new FloodGauge();
  assert.ok(!Array.from({ length: 2000 }, (_, at) => slow.isFlooded(5000 + at * 3)).includes(true));
});
