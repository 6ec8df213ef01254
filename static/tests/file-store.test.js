import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { FileStore } from '../js/files/file-store.js';

/** Keeps files as the server does; the test says when it cannot be reached. */
class FakeServer {
  files = new Map();
  reachable = true;
  answersGetLost = false;
  refuses = false;
  isOthers = false;
  puts = 0;

  put(id, path, content, version = 1) {
    this.files.set(id, { id, path, content, version, encoding: 'utf-8' });
  }

  get list() {
    return [...this.files.values()].map((file) => ({ ...file }));
  }

  async fetch(path, { method, body }) {
    if (!this.reachable) throw new TypeError('Failed to fetch');
    const answer = this.#answer(path, method, body && JSON.parse(body));
    if (this.answersGetLost) throw new TypeError('Failed to fetch');
    const { status = 200, ...content } = answer;
    return { ok: status < 400, status, headers: new Headers(), json: async () => content };
  }

  #answer(path, method, body) {
    if (method === 'GET') return { files: this.list, tree: '' };
    if (method === 'POST') return this.#create(body);
    this.puts += 1;
    const file = this.files.get(Number(path.split('/').at(-1)));
    if (this.isOthers) return { status: 404, code: 'not_found', detail: 'No such workspace.' };
    if (this.refuses) return { status: 413, detail: 'Too much.' };
    if (!file) return { status: 404, code: 'file_gone', detail: 'This file was deleted.' };
    if (body.version !== file.version) {
      return { status: 409, detail: 'It was changed.', file: { ...file } };
    }
    file.content = body.content;
    file.version += 1;
    return { version: file.version };
  }

  #create({ path, content }) {
    this.put(this.files.size + 10, path, content);
    return { tree: '', files: this.list, file: this.list.at(-1) };
  }
}

let server;
let told;

beforeEach(() => {
  server = new FakeServer();
  server.put(1, 'main.py', 'one');
  globalThis.window = { addEventListener() {} };
  globalThis.document = { cookie: 'csrftoken=abc' };
  globalThis.fetch = (path, request) => server.fetch(path, request);
  globalThis.localStorage = Object.create({
    getItem(key) {
      return this[key] ?? null;
    },
    setItem(key, value) {
      this[key] = value;
    },
    removeItem(key) {
      delete this[key];
    },
  });
});

/** A page that is opened now, alone, or in a tab among others. */
function open(tab) {
  told = { state: '', conflicts: 0, replaced: [], removed: [], moved: [] };
  const hooks = {
    onState: (state, { isKept }) => {
      told.state = state;
      told.isKept = isKept;
    },
    onConflict: () => {
      told.conflicts += 1;
    },
    onReplaced: (file) => told.replaced.push(file.base),
    onRemoved: (file) => told.removed.push(file.path),
    onMoved: (file) => told.moved.push(file.path),
  };
  const store = new FileStore('w', server.list, hooks, tab);
  store.begin();
  return store;
}

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

test('a file that was deleted elsewhere is a conflict when it is saved, too', async () => {
  const store = open();
  store.type(1, 'mine');
  server.files.delete(1);
  await store.save();
  assert.deepEqual([told.state, store.get(1).text], ['conflict', 'mine']);
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
  const texts = [server.files.get(1).content];
  const next = open({ id: 'c', isGone: () => true });
  assert.equal(told.state, 'conflict');
  texts.push(next.get(1).text);
  assert.deepEqual(texts.sort(), ['first', 'second']);
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
