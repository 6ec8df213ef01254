import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { OutputQueue } from '../js/run/output-queue.js';

let written;
let draw;
let queue;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Whether a promise has been kept by now. */
async function isKept(promise) {
  let kept = false;
  promise.then(() => {
    kept = true;
  });
  await settled();
  return kept;
}

beforeEach(() => {
  written = [];
  queue = new OutputQueue((text, done) => {
    written.push(text);
    draw = done;
  });
});

test('the next piece goes in when the last one is drawn', () => {
  queue.push('a');
  queue.push('b');
  queue.push('c');
  assert.deepEqual(written, ['a']);
  draw();
  assert.deepEqual(written, ['a', 'bc']);
});

test('what was pushed so far is drawn although more has come since', async () => {
  queue.push('a');
  const drawn = queue.drawn();
  queue.push('b');
  assert.equal(await isKept(drawn), false);
  draw();
  assert.equal(await isKept(drawn), true);
  assert.deepEqual(written, ['a', 'b']);
});

test('nothing to draw is drawn', async () => {
  assert.equal(await isKept(queue.drawn()), true);
});

test('nobody waits forever for what is cleared', async () => {
  queue.push('a');
  queue.push('b');
  const drawn = queue.drawn();
  queue.clear();
  assert.equal(await isKept(drawn), true);
  draw();
  assert.deepEqual(written, ['a']);
});

test('a long text is handed over in pieces', () => {
  queue.push('x'.repeat(100_000));
  assert.ok(written[0].length < 50_000);
});
