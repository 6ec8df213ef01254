import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, server, told } from './saving-page.js';

test('what is typed is saved once, and then nothing is kept here', async () => {
  const store = open();
  store.type(1, 'two');
  assert.equal(told.state, 'saving');
  await store.save();
  assert.deepEqual([server.files.get(1).content, told.state], ['two', 'saved']);
  await store.save();
  assert.equal(server.puts, 1);
  assert.equal(open().get(1).text, null);
});

test('what was typed back to the old text needs no saving', async () => {
  const store = open();
  store.type(1, 'two');
  store.type(1, 'one');
  await store.save();
  assert.deepEqual([server.puts, told.state], [0, 'saved']);
});

test('what is typed while a save is under way is saved after it', async () => {
  const store = open();
  store.type(1, 'two');
  const saving = store.save();
  store.type(1, 'three');
  await saving;
  assert.equal(server.files.get(1).content, 'two');
  assert.equal(told.state, 'saving');
  await store.save();
  assert.deepEqual([server.files.get(1).content, told.state], ['three', 'saved']);
});

test('a save asked for while one is under way brings what was typed since', async () => {
  const store = open();
  store.type(1, 'two');
  store.save();
  store.type(1, 'three');
  await Promise.all([store.save(), store.save()]);
  assert.deepEqual([server.files.get(1).content, server.puts, told.state], ['three', 2, 'saved']);
});

test('a change of the list waits for what was typed while a save was under way', async () => {
  const store = open();
  store.type(1, 'two');
  store.save();
  store.type(1, 'three');
  await store.change('files', { path: 'b.py', content: '' });
  assert.equal(server.files.get(1).content, 'three');
});

test('a save asked for as the network comes back does not rest on one that fails', async () => {
  server.reachable = false;
  const store = open();
  store.type(1, 'two');
  store.save();
  server.reachable = true;
  await store.save();
  assert.deepEqual([server.files.get(1).content, store.isSaved], ['two', true]);
});

test('what the server said no to is not sent again by who waited for that', async () => {
  const store = open();
  server.refuses = true;
  store.type(1, 'too much');
  await Promise.all([store.save(), store.save()]);
  assert.deepEqual([server.puts, told.state], [1, 'refused']);
  server.refuses = false;
  server.isOthers = true;
  store.type(1, 'less');
  await Promise.all([store.save(), store.save()]);
  assert.deepEqual([server.puts, told.state], [2, 'locked']);
});

test('what is typed back while a save is under way is saved after it', async () => {
  const store = open();
  store.type(1, 'two');
  const saving = store.save();
  store.type(1, 'one');
  assert.deepEqual([store.isSaved, told.state], [false, 'saving']);
  assert.equal(open().get(1).text, 'one'); // another page's, were this one to crash now
  await saving;
  assert.equal(server.files.get(1).content, 'two');
  await store.save();
  assert.deepEqual([server.files.get(1).content, store.isSaved], ['one', true]);
});

test('what is typed back after an answer was lost is saved over what came there', async () => {
  server.answersGetLost = true;
  const store = open();
  store.type(1, 'two');
  await store.save();
  server.answersGetLost = false;
  store.type(1, 'one');
  await store.save(); // refused, and known again
  await store.save();
  assert.deepEqual([server.files.get(1).content, told.conflicts], ['one', 0]);
  assert.equal(told.state, 'saved');
});

test('what is typed back while another writes is a conflict', async () => {
  const store = open();
  server.put(1, 'main.py', 'theirs', 2);
  store.type(1, 'two');
  const saving = store.save();
  store.type(1, 'one');
  await saving;
  assert.deepEqual([store.get(1).text, told.state, told.conflicts], ['one', 'conflict', 1]);
  store.takeTheirs(store.get(1));
  assert.deepEqual([store.get(1).base, told.state], ['theirs', 'saved']);
});

test('offline text outlives the page, and is saved by the next', async () => {
  server.reachable = false;
  const store = open();
  store.type(1, 'two');
  await store.save();
  assert.equal(told.state, 'offline');
  server.reachable = true;
  const next = open();
  assert.equal(next.get(1).text, 'two');
  await next.save();
  assert.deepEqual([server.files.get(1).content, told.state], ['two', 'saved']);
});

test('a save whose answer was lost is no conflict, in this page or the next', async () => {
  server.answersGetLost = true;
  const store = open();
  store.type(1, 'two');
  await store.save();
  server.answersGetLost = false;
  store.type(1, 'two and more');
  const next = open();
  assert.equal(next.get(1).theirs, null);
  await store.save(); // refused, and known again
  await store.save();
  assert.deepEqual([server.files.get(1).content, told.conflicts], ['two and more', 0]);
});

test('a look at the server takes over what was changed there, but nothing typed here', async () => {
  server.put(2, 'b.py', 'b');
  const store = open();
  store.type(2, 'mine');
  server.put(1, 'main.py', 'newer', 2);
  server.put(2, 'b.py', 'theirs', 2);
  server.put(3, 'c.py', 'c');
  await store.refresh();
  assert.deepEqual(told.replaced, ['newer']);
  assert.equal(store.get(2).text, 'mine');
  assert.equal(told.state, 'conflict');
  assert.equal(store.at('c.py').base, 'c');
});

/** A look at the server whose answer comes only after something was saved or created here. */
async function lookTooEarly({ creates }) {
  const store = open();
  const { fetch } = globalThis;
  let answerOld;
  globalThis.fetch = async (path, request) => {
    const answer = await server.fetch(path, request);
    globalThis.fetch = fetch;
    const content = await answer.json();
    await new Promise((resolve) => {
      answerOld = resolve;
    });
    return { ...answer, json: async () => content };
  };
  const looking = store.refresh();
  while (!answerOld) await new Promise(setImmediate);
  store.type(1, 'two');
  await store.save();
  if (creates) await store.change('files', { path: 'b.py', content: 'b' });
  answerOld();
  await looking;
  assert.deepEqual([store.get(1).base, told.replaced, told.removed], ['two', [], []]);
  assert.equal(store.at('b.py')?.base, creates ? 'b' : undefined);
}

test('a look that was asked for before a save does not undo it', async () => {
  await lookTooEarly({ creates: false });
});

test('a look that was asked for before a file was made does not remove it', async () => {
  await lookTooEarly({ creates: true });
});

test('a text that the server refuses stays here, and goes out when it can', async () => {
  const store = open();
  server.refuses = true;
  store.type(1, 'too much');
  await store.save();
  assert.equal(told.state, 'refused');
  server.refuses = false;
  const next = open();
  await next.save();
  assert.deepEqual([server.files.get(1).content, told.state], ['too much', 'saved']);
});

test('a text that is too large is sent again when it changes, and not before', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const store = open();
  server.put(2, 'b.py', 'b');
  await store.refresh();
  server.refuses = true;
  store.type(1, 'too much');
  await wait(context);
  server.refuses = false;
  store.type(2, 'small');
  await wait(context);
  assert.deepEqual([server.puts, server.files.get(2).content, told.state], [2, 'small', 'refused']);
  store.type(1, 'less');
  await wait(context);
  assert.deepEqual([server.puts, server.files.get(1).content, told.state], [3, 'less', 'saved']);
});

test('a text that was too large is sent again once a file was deleted', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const store = open();
  server.refuses = true;
  store.type(1, 'too much');
  await wait(context);
  const { fetch } = globalThis;
  globalThis.fetch = (path, request) => {
    if (request.method === 'POST') server.refuses = false;
    return fetch(path, request);
  };
  await store.change('remove', { path: 'b.py' });
  await wait(context);
  assert.deepEqual([server.files.get(1).content, told.state], ['too much', 'saved']);
});

/** A minute. */
async function wait({ mock }) {
  for (let second = 0; second < 60; second += 1) {
    mock.timers.tick(1000);
    await new Promise(setImmediate);
  }
}

test('a text that is locked out waits here, and goes out after the next login', async () => {
  const store = open();
  server.isOthers = true;
  store.type(1, 'locked out');
  await store.save();
  assert.equal(told.state, 'locked');
  server.isOthers = false;
  await store.save();
  assert.deepEqual([server.files.get(1).content, told.state], ['locked out', 'saved']);
});

test('a text that this browser has no room for is told of until the server has it', async () => {
  const store = open();
  globalThis.localStorage.setItem = () => {
    throw new Error('QuotaExceededError');
  };
  store.type(1, 'long');
  assert.deepEqual([told.state, told.isKept], ['saving', false]);
  await store.save();
  assert.deepEqual([told.state, told.isKept], ['saved', true]);
});

test('two tabs keep a text each, and who comes after them has both in turn', async () => {
  server.reachable = false;
  const isGone = () => false;
  open({ id: 'a', isGone }).type(1, 'first');
  const second = open({ id: 'b', isGone });
  assert.equal(second.get(1).text, null);
  second.type(1, 'second');
  assert.equal(open({ id: 'a', isGone }).get(1).text, 'first');
  assert.equal(open({ id: 'b', isGone }).get(1).text, 'second');
  server.reachable = true;
  const heir = open({ id: 'c', isGone: () => true });
  await heir.save();
  const [text, saved] = [heir.get(1).text, server.files.get(1).content];
  assert.deepEqual([[saved, text].sort(), told.state], [['first', 'second'], 'conflict']);
  assert.deepEqual([told.conflicts, told.replaced.length], [1, 1]);
  await heir.keepMine(heir.get(1));
  assert.deepEqual([server.files.get(1).content, told.state], [text, 'saved']);
});

test('texts that several tabs have left of a file that is gone come up in turn', async () => {
  server.reachable = false;
  const isGone = () => false;
  open({ id: 'a', isGone }).type(1, 'first');
  open({ id: 'b', isGone }).type(1, 'second');
  server.reachable = true;
  server.files.delete(1);
  const heir = open({ id: 'c', isGone: () => true });
  const { text } = heir.get(1);
  await heir.keepMine(heir.get(1));
  assert.deepEqual([told.removed, told.conflicts], [['main.py'], 3]);
  heir.takeTheirs(heir.get(1));
  assert.deepEqual([server.list.map(({ content }) => content), told.state], [[text], 'saved']);
});

test('a browser without room for what is typed says so', async () => {
  const store = open();
  localStorage.setItem = () => {
    throw new Error('QuotaExceededError');
  };
  server.reachable = false;
  store.type(1, 'two');
  await store.save();
  assert.deepEqual([told.state, told.isKept], ['offline', false]);
  server.reachable = true; // else it is tried for ever
  await store.save();
});
