import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { PromptWatch } from '../js/run/prompt-watch.js';

/** What was told last, of a program whose last line is `line`. */
async function told(line, { quiet = 1000, watching = true } = {}) {
  let last = false;
  const watch = new PromptWatch(
    async () => line,
    (asks) => {
      last = asks;
    },
  );
  watch.watch(watching);
  watch.written();
  mock.timers.tick(quiet);
  await new Promise((resolve) => setImmediate(resolve));
  return { watch, last: () => last };
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

for (const prompt of ['Name? ', 'Limit:', '>>> ', 'user$ ', 'x = ', '[y/n] ', 'Sure (y/n)']) {
  test(`"${prompt}" asks for something`, async () => {
    assert.equal((await told(prompt)).last(), true);
  });
}

for (const line of ['', 'working', '43%', '43% [==>   ', '[===>', '1 2 3 ', 'Loading...']) {
  test(`"${line}" asks for nothing`, async () => {
    assert.equal((await told(line)).last(), false);
  });
}

test('a program that may go on writing has not asked yet', async () => {
  assert.equal((await told('Name? ', { quiet: 50 })).last(), false);
});

test('nobody is asked while nothing can be answered', async () => {
  assert.equal((await told('Name? ', { watching: false })).last(), false);
});

test('the end of the run takes the question back', async () => {
  const { watch, last } = await told('Name? ');
  watch.watch(false);
  assert.equal(last(), false);
});
