import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Allowance, messageOf } from '../js/preview/preview-messages.js';

const message = { type: 'preview-console', level: 'log', text: 'hello' };
const place = { type: 'preview-place', page: 'about/us.html#end', x: 0, y: 120.5 };

test('a message of the console is its level and text', () => {
  const taken = { type: 'console', level: 'log', text: 'hello' };
  assert.deepEqual(messageOf({ ...message, more: 1 }), taken);
});

test('a page tells where it is, what it asks for and what it has left out', () => {
  assert.deepEqual(messageOf(place), { ...place, type: 'place' });
  assert.deepEqual(messageOf({ type: 'preview-begun', page: '' }), { type: 'begun', page: '' });
  assert.deepEqual(messageOf({ type: 'preview-asked', path: 'a.js' }), {
    type: 'asked',
    path: 'a.js',
  });
  assert.deepEqual(messageOf({ type: 'preview-left-out', count: 3 }), {
    type: 'left-out',
    count: 3,
  });
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
    { ...place, y: Number.NaN },
    { ...place, x: '1' },
    { ...place, page: 'x'.repeat(2001) },
    { type: 'preview-failed', path: null },
    { type: 'preview-left-out', count: -1 },
    { type: 'preview-left-out', count: 1e300 },
  ];
  for (const data of hostile) assert.equal(messageOf(data), null);
});

test('a long text is cut', () => {
  const long = messageOf({ ...message, text: 'x'.repeat(9_000_000) });
  assert.equal(long?.type === 'console' && long.text.length, 2000);
});

test('an allowance is used up at once, and fills again with time up to what it was', () => {
  const allowance = new Allowance(20, 2);
  assert.ok(allowance.take(15, 5000));
  assert.ok(allowance.take(5, 5000));
  assert.ok(!allowance.take(1, 5400));
  assert.ok(allowance.take(1, 6400));
  assert.ok(allowance.take(20, 600_000));
  assert.ok(!allowance.take(1, 600_000));
});

test('as much as fills again may be taken for ever', () => {
  const allowance = new Allowance(5, 10);
  const taken = Array.from({ length: 1000 }, (_, at) => allowance.take(1, 5000 + at * 100));
  assert.ok(!taken.includes(false));
});
