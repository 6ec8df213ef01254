import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, server, told } from './saving-page.js';

test('a file that was deleted elsewhere goes, unless something was typed into it', async () => {
  server.put(2, 'b.py', 'b');
  const store = open();
  store.type(2, 'mine');
  server.files.delete(2);
  server.put(3, 'c.py', 'c');
  await store.refresh();
  assert.deepEqual([told.removed, told.state], [[], 'conflict']);
  await store.keepMine(store.get(2));
  assert.equal(store.at('b.py').base, 'mine');
  assert.deepEqual(
    server.list.map(({ path }) => path),
    ['main.py', 'c.py', 'b.py'],
  );
  assert.equal(told.state, 'saved');
});

test('text of a file that was deleted elsewhere goes on where that is undone', async () => {
  for (const path of ['main.py', 'moved.py']) {
    for (const reloads of [false, true]) {
      server.put(1, 'main.py', 'one');
      const { ...deleted } = server.files.get(1);
      let store = open();
      store.type(1, `mine ${path} ${reloads}`);
      server.files.delete(1);
      await store.refresh();
      assert.equal(told.state, 'conflict');
      if (reloads) store = open();
      server.files.set(1, { ...deleted, path });
      await store.refresh();
      assert.deepEqual([store.get(1).theirs, store.get(1).path], [null, path]);
      await store.save();
      const { content } = server.files.get(1);
      assert.deepEqual([content, told.state], [`mine ${path} ${reloads}`, 'saved']);
    }
  }
});

test('text of a deleted file meets what was written after the deletion was undone', async () => {
  const store = open();
  store.type(1, 'mine');
  server.files.delete(1);
  await store.save();
  server.put(1, 'main.py', 'theirs', 2);
  await store.refresh();
  assert.deepEqual([store.get(1).text, store.get(1).theirs.content], ['mine', 'theirs']);
});

test('a deletion that is undone while a save of the file is refused is no conflict', async () => {
  const store = open();
  const deleted = server.files.get(1);
  store.type(1, 'mine');
  server.files.delete(1);
  globalThis.fetch = (path, request) => {
    const answer = server.fetch(path, request);
    server.files.set(1, deleted);
    return answer;
  };
  await store.save();
  assert.equal(store.get(1).theirs, null);
  await store.save();
  assert.deepEqual([server.files.get(1).content, told.state], ['mine', 'saved']);
});

test('a file that was deleted elsewhere is a conflict when it is saved, too', async () => {
  const store = open();
  store.type(1, 'mine');
  server.files.delete(1);
  await store.save();
  assert.deepEqual([told.state, store.get(1).text], ['conflict', 'mine']);
});

test('text of a file that is gone is offered by the next page, which can save it again', async () => {
  server.put(2, 'b.py', 'b');
  open().type(2, 'mine');
  server.files.delete(2);
  const next = open();
  assert.deepEqual([told.state, next.at('b.py').text], ['conflict', 'mine']);
  assert.equal(await next.keepMine(next.at('b.py')), 'b.py');
  assert.deepEqual([server.list.at(-1).content, told.state], ['mine', 'saved']);
  open();
  assert.equal(told.state, 'saved');
});
