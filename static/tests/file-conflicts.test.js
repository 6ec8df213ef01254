import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, server, told } from './saving-page.js';

test('a write elsewhere is a conflict, and mine can stay', async () => {
  const store = open();
  server.put(1, 'main.py', 'theirs', 2);
  store.type(1, 'mine');
  await store.save();
  assert.deepEqual([told.state, told.conflicts], ['conflict', 1]);
  assert.equal(server.files.get(1).content, 'theirs');
  await store.save();
  assert.equal(server.puts, 1); // nothing is tried until somebody has chosen
  await store.keepMine(store.get(1));
  assert.deepEqual([server.files.get(1).content, told.state], ['mine', 'saved']);
});

test('a write elsewhere is a conflict, and theirs can be taken', async () => {
  const store = open();
  server.put(1, 'main.py', 'theirs', 2);
  store.type(1, 'mine');
  await store.save();
  store.takeTheirs(store.get(1));
  assert.deepEqual([told.replaced, told.state], [['theirs'], 'saved']);
  store.type(1, 'theirs and mine');
  await store.save();
  assert.equal(server.files.get(1).content, 'theirs and mine');
});

test('a conflict is there again after a reload', async () => {
  const store = open();
  server.put(1, 'main.py', 'theirs', 2);
  store.type(1, 'mine');
  await store.save();
  const next = open();
  assert.equal(told.conflicts, 1);
  assert.equal(next.get(1).text, 'mine');
  assert.equal(next.get(1).theirs.content, 'theirs');
});

test('text over a file that another has replaced meets it, in this page and the next', async () => {
  const store = open();
  store.type(1, 'mine');
  server.files.delete(1);
  server.put(7, 'main.py', 'restored');
  await store.save();
  const { id, text, theirs } = store.at('main.py');
  assert.deepEqual([id, text, theirs.content], [7, 'mine', 'restored']);
  const next = open();
  assert.deepEqual([next.get(7).text, next.get(7).theirs.content], ['mine', 'restored']);
  next.type(7, 'mine and more');
  const third = open();
  assert.deepEqual([third.get(7).text, told.state], ['mine and more', 'conflict']);
  await third.keepMine(third.get(7));
  assert.deepEqual([server.files.get(7).content, told.state], ['mine and more', 'saved']);
});

test('text over what is no text any more can stay beside it', async () => {
  const store = open();
  store.type(1, 'mine');
  Object.assign(server.files.get(1), { version: 2, content: '/w==', encoding: 'base64' });
  await store.save();
  assert.deepEqual([store.get(1).text, store.get(1).isText], ['mine', true]);
  assert.equal(await store.keepBoth(store.get(1)), 'main (mine).py');
  assert.deepEqual([store.get(1).isText, told.state], [false, 'saved']);
  assert.equal(server.list.at(-1).content, 'mine');
});

test('who has yet to choose is told once, and again where they write again', async () => {
  const store = open();
  server.put(1, 'main.py', 'theirs', 2);
  store.type(1, 'mine');
  await store.save();
  await store.refresh();
  assert.equal(told.conflicts, 1);
  server.put(1, 'main.py', 'theirs anew', 3);
  await store.refresh();
  assert.equal(told.conflicts, 2);
});

test('what was merged with an older text of theirs is not written over a newer one', async () => {
  const store = open();
  server.put(1, 'main.py', 'theirs', 2);
  store.type(1, 'mine');
  await store.save();
  const seen = store.get(1).theirs;
  server.put(1, 'main.py', 'theirs anew', 3);
  await store.refresh();
  await store.useMerged(store.get(1), 'merged', seen);
  assert.deepEqual([server.files.get(1).content, told.state], ['theirs anew', 'conflict']);
  assert.equal(open().get(1).text, 'merged');
});
